"""The answer at a kiosk: what it shows, what its buttons send, and when it says that it was shown."""

import msgspec
import pytest

from kiosk.config import Role
from kiosk.i18n import Texts
from kiosk.model.command import CallHelp, ChooseLanguage, DeclineOffer, EndVisit, EnlargeText, KeepScreen, ReadAloud
from kiosk.model.ids import EpochMs, ScanId
from kiosk.model.step import ActionKind, Tone
from kiosk.screens.pilot import find, tap
from kiosk.screens.theme import TONES
from kiosk.screens.widgets.wrapping import as_typed
from tests.fakes.clock import NOON
from tests.screens import scenes
from tests.screens.conftest import Opener
from tests.screens.theatre import Theatre


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(color[1:]))


def _texts(theatre: Theatre) -> list[str]:
    return [as_typed(text) for text in theatre.texts()]


def test_everything_of_the_step_is_said(open_theatre: Opener) -> None:
    """Headline, who, the next step, where, by when, the way, why, and both pickups."""
    theatre = open_theatre(Role.KIOSK)
    step = scenes.go(scenes.EN, pickups=True, why=True)
    theatre.show(scenes.answer(step))
    said = _texts(theatre)
    wanted = [step.headline, step.detail, step.lead, step.place, step.when, step.why, "in 24 min", "You are here"]
    wanted += ["A17", "Ready", "Collect it at the shop desk", "A21", "Being prepared", "Ready by 17:10"]
    wanted += ["Follow the blue line · 120 m · about 2 min", "Call for help", "Read aloud", "Larger text", "Language"]
    assert [text for text in wanted if text not in said] == []


def test_the_way_is_told_turn_by_turn_the_first_one_largest(open_theatre: Opener) -> None:
    """As many as there is room for, in their order; with pickups above there is less."""
    theatre = open_theatre(Role.KIOSK)
    texts = [turn.text for turn in scenes.turns(scenes.EN)]
    theatre.show(scenes.answer(scenes.go()))
    theatre.picture("kiosk-turns")
    sizes = {as_typed(words.text): words.drawn_size for words in theatre.words() if as_typed(words.text) in texts}
    assert list(sizes) == texts[: len(sizes)]
    assert 2 <= len(sizes) <= 4
    assert sizes[texts[0]] == max(sizes.values()) > sizes[texts[1]]
    theatre.show(scenes.answer(scenes.go(pickups=True, why=True), 1.6, "s2"))
    assert texts[0] in _texts(theatre)
    assert texts[3] not in _texts(theatre)


def test_an_offer_stands_below_the_step_and_one_tap_declines_it(open_theatre: Opener) -> None:
    """Smaller than the next step, and gone when the view has none."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.answer(scenes.go(offered=True)))
    offer = scenes.offer(scenes.EN)
    assert {offer.text, offer.why, "Not for me"} <= set(_texts(theatre))
    screen = theatre.stage.current
    assert screen is not None
    place, text = screen.ids.place, screen.ids.strip.ids.text
    assert text.top < place.y
    assert text.drawn_size < place.drawn_size / 2
    theatre.tap("Not for me")
    assert theatre.sent == [DeclineOffer()]
    theatre.show(scenes.answer(scenes.go()))
    assert {offer.text, offer.why, "Not for me"} & set(_texts(theatre)) == set()


@pytest.mark.parametrize("tone", list(Tone))
def test_band_has_the_colour_of_the_tone(open_theatre: Opener, tone: Tone) -> None:
    """Green goes, amber waits, red stops, blue informs."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.answer(scenes.stop(tone=tone)))
    pixels = theatre.picture(f"kiosk-tone-{tone}")
    assert tuple(pixels[4, 4]) == _rgb(TONES[tone].ground)
    icons = {
        piece.name for piece in theatre.cells() if getattr(piece, "name", "") in {"check", "hourglass", "close", "info"}
    }
    assert TONES[tone].icon in icons


def test_without_a_way_there_is_no_empty_map(open_theatre: Opener) -> None:
    """The card is left out, and the words take the room."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.answer(scenes.go()))
    band_with_map = theatre.stage.current.ids.band.height  # type: ignore[union-attr]
    theatre.show(scenes.answer(scenes.stop(), scan="s2"))
    screen = theatre.stage.current
    assert screen is not None
    assert screen.ids.route.parent is None
    assert screen.ids.band.height > band_with_map * 1.3
    assert "You are here" not in theatre.texts()


def test_only_offered_actions_have_a_button(open_theatre: Opener) -> None:
    """What a step does not offer is not there to be tapped."""
    theatre = open_theatre(Role.KIOSK)
    step = msgspec.structs.replace(scenes.go(), actions=(ActionKind.CALL_HELP,))
    theatre.show(scenes.answer(step))
    assert "Call for help" in theatre.texts()
    assert {"Read aloud", "Larger text", "Language"} & set(theatre.texts()) == set()


def test_buttons_send_what_they_say(open_theatre: Opener) -> None:
    """Real touches through the window reach the session as commands."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.answer(scenes.go()))
    for words in ("Call for help", "Read aloud", "Larger text", "Done"):
        theatre.tap(words)
    assert theatre.sent == [CallHelp(), ReadAloud(), EnlargeText(), EndVisit()]


def test_language_is_chosen_in_its_own_name(open_theatre: Opener) -> None:
    """The four names take the place of the buttons; a reader of Estonian alone finds Eesti."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.answer(scenes.go(scenes.FI)))
    theatre.tap("Kieli")
    theatre.picture("kiosk-languages")
    assert {"Suomi", "Svenska", "English", "Eesti"} <= set(theatre.texts())
    theatre.tap("Eesti")
    assert theatre.sent == [KeepScreen(), ChooseLanguage(scenes.ET)]
    assert "Eesti" not in theatre.texts()


def test_a_touch_beside_the_buttons_keeps_the_screen(open_theatre: Opener) -> None:
    """Whoever is still reading touches anywhere."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.answer(scenes.go()))
    tap(540, 1700)
    theatre.settle()
    assert theatre.sent == [KeepScreen()]


def test_states_of_help_and_speech_are_seen(open_theatre: Opener) -> None:
    """A button that did something says so."""
    theatre = open_theatre(Role.KIOSK)
    view = scenes.answer(scenes.go())
    theatre.show(msgspec.structs.replace(view, help_called=True, speaking=True, text_scale=1.6))
    assert {"Help is coming", "Stop reading", "Normal text"} <= set(theatre.texts())


def test_shown_is_reported_once_for_each_scan(open_theatre: Opener) -> None:
    """A larger text or another language is no second answer to the scan."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.answer(scenes.go(), scan="s1"))
    theatre.show(scenes.answer(scenes.go(), 1.3, "s1"))
    theatre.show(scenes.answer(scenes.go(scenes.FI), scan="s1"))
    theatre.show(scenes.answer(scenes.stop(), scan="s2"))
    theatre.show(scenes.attract())
    assert theatre.reported == [ScanId("s1"), ScanId("s2")]


def test_shown_is_reported_after_the_pixels(open_theatre: Opener) -> None:
    """Not before the answer is drawn and flipped."""
    theatre = open_theatre(Role.KIOSK)
    seen: list[list[str]] = []
    theatre.on_report = lambda: seen.append(theatre.texts())
    theatre.show(scenes.answer(scenes.go(), scan="s1"))
    assert ["Checked in" in texts for texts in seen] == [True]
    assert theatre.draws_at_report > theatre.draws_before_show


def test_newest_of_two_views_wins(open_theatre: Opener) -> None:
    """What was overtaken before it was drawn is never reported as shown."""
    theatre = open_theatre(Role.KIOSK)
    theatre.app.post(scenes.answer(scenes.go(), scan="s1"))
    theatre.show(scenes.answer(scenes.stop(), scan="s2"))
    assert theatre.reported == [ScanId("s2")]


def test_time_left_counts_down(open_theatre: Opener) -> None:
    """To the deadline in minutes, to the clearing in seconds, without a new view."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.answer(scenes.go()))
    assert "This screen clears in 20 s · Touch to keep it" in theatre.texts()
    theatre.clock.advance(61_000)
    theatre.until(lambda: "in 23 min" in theatre.texts())
    assert "This screen clears in 0 s · Touch to keep it" in theatre.texts()


@pytest.mark.parametrize(
    ("left_ms", "words"),
    [
        (75 * 60_000, "in 1 h 15 min"),
        (59 * 60_000 + 1, "in 1 h"),
        (90_000, "in 2 min"),
        (0, "now"),
        (-60_000, None),
    ],
)
def test_time_left_in_words(open_theatre: Opener, left_ms: int, words: str | None) -> None:
    """Hours when there are hours, now when it is now, nothing when it is over."""
    theatre = open_theatre(Role.KIOSK)
    step = msgspec.structs.replace(scenes.go(), deadline=EpochMs(NOON + left_ms))
    theatre.show(scenes.answer(step))
    said = {text for text in theatre.texts() if text.startswith("in ") or text == "now"}
    assert said == (set() if words is None else {words})


def test_age_of_the_data_is_told_only_when_it_is_old(open_theatre: Opener, texts: Texts) -> None:
    """A mark appears while the hub is not heard, in the reader's language."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.answer(scenes.go(scenes.FI)))
    assert not any("takaa" in text for text in theatre.texts())
    theatre.show(scenes.answer(scenes.go(scenes.FI), freshness=scenes.OLD))
    assert "Tiedot ovat 7 minuutin takaa" in theatre.texts()


def test_markup_from_outside_stays_text(open_theatre: Opener) -> None:
    """A name is never an instruction to the screen."""
    theatre = open_theatre(Role.KIOSK)
    name = "[b]Bo[/b] [color=ff0000]X"
    theatre.show(scenes.answer(scenes.go(name=name)))
    assert f"Welcome, {name}" in theatre.texts()


def test_a_dead_key_is_no_command(open_theatre: Opener) -> None:
    """A finger that slides off a button before it is lifted changed its mind."""
    theatre = open_theatre(Role.KIOSK)
    theatre.show(scenes.answer(scenes.go()))
    button = find(theatre.stage, "help")
    assert button is not None
    theatre.slide(button.center, (540, 1000))
    assert CallHelp() not in theatre.sent

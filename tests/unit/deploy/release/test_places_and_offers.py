"""Places out of reach and offers in a pack's source: what is refused, what may be declared, and how it is told."""

import json
import shutil
from pathlib import Path

import pytest

from deploy.release.checking import as_json, check, open_pack, summary
from deploy.release.finding import PackRefused
from deploy.release.fit import fit_flaws
from deploy.release.gates import gate_flaws, out_of_reach
from deploy.release.pack import build_pack
from deploy.release.speakable import speech_flaws
from kiosk.model.customer import Purpose

PACKS = Path(__file__).resolve().parents[4] / "assets" / "packs"
_GATES = ("gate-5", "gate-6", "gate-7", "gate-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The terminal's source, to be changed."""
    return Path(shutil.copytree(PACKS / "terminal", tmp_path / "terminal"))


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


def _append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def _with_deck(folder: Path) -> None:
    """A sun deck that only stairs lead to."""
    _append(folder / "stops.csv", "deck,place.deck,pier,96,19,\n")
    _append(folder / "pathways.csv", "w-deck,bend-6,deck,stairs,,,no,yes,,\n")
    _append(folder / "messages.csv", "place.deck,Kansi,Däcket,Sun deck,Tekk\n")
    _append(folder / "messages.csv", "place.deck.to,kannelle,till däcket,to the sun deck,tekile\n")


_DECLARED = '\n[[unreachable]]\nid = "deck"\nwhy = "Only stairs lead up, until 2028."\nmessage = "deck.only_stairs"\n'
_TEXT = "deck.only_stairs,{place}: vain portaita.,{place}: endast trappor.,{place}: only by stairs.,{place}: ainult trepist.\n"


def _found(folder: Path) -> list[str]:
    with pytest.raises(PackRefused) as caught:
        build_pack(folder)
    return [f"{each.file}: {each.what} {each.todo}" for each in caught.value.findings]


def _gates(folder: Path) -> list[str]:
    """What the gates of ways, fit and speech find, without the proof of all answers, which has nothing to do with them."""
    try:
        pack = open_pack(folder)
    except PackRefused as refused:
        return [str(each) for each in refused.findings]
    flaws = (*gate_flaws(pack), *fit_flaws(pack), *speech_flaws(pack))
    return [f"{flaw.key}: {flaw.what} {flaw.todo}" for flaw in flaws]


def test_a_place_without_a_step_free_way_is_refused_with_how_to_declare_it(folder: Path) -> None:
    """From each touchpoint that answers."""
    _with_deck(folder)
    found = _gates(folder)
    assert len(found) == 3
    assert all("deck: There is no open step-free way to it from terminal-" in what for what in found)
    assert all("declare it in [[unreachable]]" in what for what in found)


def test_a_declared_exception_is_taken_listed_and_told_to_people(folder: Path) -> None:
    """On the screen in the author's words, in the check for the author's colleagues."""
    _with_deck(folder)
    _append(folder / "pack.toml", _DECLARED)
    _append(folder / "messages.csv", _TEXT)
    report = check(folder)
    assert report.findings == []
    line = 'deck can\'t be reached without steps: Only stairs lead up, until 2028. People are told: "{place}: vain portaita."'
    assert [each.strip() for each in summary(report)][-2:] == ["Out of reach, as declared:", line]
    assert json.loads(as_json(report))["out_of_reach"] == [line]


@pytest.mark.parametrize(
    ("declared", "text", "what"),
    [
        (_DECLARED.replace('"deck"', '"cafe"'), _TEXT, "cafe: It is declared out of reach, but there is always a way"),
        (_DECLARED.replace('"deck"', '"moon"'), _TEXT, 'moon: There is no place "moon" to be sent to.'),
        (_DECLARED.replace("Only stairs lead up, until 2028.", " "), _TEXT, "deck: It does not say why."),
        (_DECLARED, "", 'deck: The text "deck.only_stairs" is missing'),
        (_DECLARED, _TEXT.replace("{place}", "{gate}"), "which has no value there"),
        (_DECLARED + "step_fre = true\n", _TEXT, "unknown field `step_fre`"),
    ],
)
def test_a_declaration_that_is_wrong_is_refused(folder: Path, declared: str, text: str, what: str) -> None:
    """Also one that is not needed any more: it would hide the next mistake."""
    _with_deck(folder)
    _append(folder / "pack.toml", declared)
    _append(folder / "messages.csv", text)
    assert any(what in each for each in _gates(folder)), _gates(folder)


def test_a_place_that_nobody_reaches_needs_the_stronger_declaration(folder: Path) -> None:
    """A missing way is more than a missing step-free one."""
    _with_deck(folder)
    _replace(folder / "pathways.csv", "w-deck,bend-6,deck,stairs,,,no,yes,,", "w-deck,bend-6,deck,stairs,,,no,no,,")
    _append(folder / "messages.csv", _TEXT)
    _append(folder / "pack.toml", _DECLARED)
    assert any("deck: There is no open way to it from" in each for each in _gates(folder))
    _append(folder / "pack.toml", "step_free = false\n")
    assert _gates(folder) == []
    assert next(out_of_reach(open_pack(folder))).startswith("deck can't be reached at all: ")


def test_a_lift_closed_for_a_time_may_be_declared_too(folder: Path) -> None:
    """All the gates lie behind it; the declaration is needed at that time only."""
    table = folder / "pathways.csv"
    _replace(
        table, "signposted_as,reversed_signposted_as", "signposted_as,reversed_signposted_as,closed_from,closed_until"
    )
    _replace(
        table, "lift,lift-1,lift-2,lift,5,45,yes,yes,,", "lift,lift-1,lift-2,lift,5,45,yes,yes,,,2026-12-01,2026-12-03"
    )
    assert any(
        "gate-7: There is no open step-free way to it from terminal-kiosk-1 from 2026-12-01" in each
        for each in _gates(folder)
    )
    for place in (*_GATES, "ticket-gate"):
        _append(folder / "pack.toml", _DECLARED.replace('"deck"', f'"{place}"'))
    for place in ("entrance", "check-in", "info", "hall", "shop-desk", "cafe", "toilets"):
        _append(folder / "pack.toml", _DECLARED.replace('"deck"', f'"{place}"'))
    _append(folder / "messages.csv", _TEXT)
    assert _gates(folder) == []


def test_the_demos_offers_are_compiled_with_purpose_topic_and_place() -> None:
    """Both need the consent for personalisation."""
    for site, place in (("terminal", "cafe"), ("shop", "garden")):
        (offer,) = open_pack(PACKS / site).offers
        assert (offer.purpose, offer.place, bool(offer.topic)) == (Purpose.PERSONALISATION, place, True)


_LINE = "coffee-and-bun,personalisation,offer.bun,journey.state is checked_in,coffee,cafe,15,,"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (_LINE.replace("personalisation", "fun"), "Invalid enum value 'fun'"),
        (_LINE.replace("personalisation", ""), "missing required field `purpose`"),
        (_LINE.replace(",cafe,", ",moon,"), 'coffee-and-bun: There is no place "moon" to go to.'),
        (_LINE.replace(",cafe,", ",bend-1,"), 'There is no place "bend-1" to go to.'),
        (_LINE.replace(",15,", ",-1,"), "It takes less than no time."),
        (_LINE.replace(",15,", ",soon,"), 'Column takes_min: "soon" is no number.'),
        (_LINE.replace("journey.state", "journey.stat"), "Column when:"),
        (_LINE.replace("offer.bun", "offer.pie"), 'The text "offer.pie.text" is missing'),
        (_LINE[:-1] + "2026-12-02,2026-12-01", "It ends before it begins."),
        (f"{_LINE}\n{_LINE}", 'The id "coffee-and-bun" stands in line 2 too.'),
    ],
)
def test_an_offer_that_is_wrong_is_refused_where_it_stands(folder: Path, line: str, what: str) -> None:
    """In its file."""
    _replace(folder / "offers.csv", _LINE, line)
    found = _found(folder)
    assert any(what in each and each.startswith("offers.csv") for each in found), found


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("offer.bun.why,", "offer.bun.wy,", "offer.bun.why"),
        ("offer.bun.why_inferred,", "offer.bun.why_guessed,", "offer.bun.why_inferred"),
        ("Come {to_place}.", "Come {gate}.", "which has no value there"),
        ("for 4 euros.", "for 4 €.", 'A voice can\'t say "€"'),
        ("Coffee and a bun", "Coffee and a bun " * 20, "has no room on the kiosk (offer)"),
    ],
)
def test_the_texts_of_an_offer_are_complete_speakable_and_fit(folder: Path, old: str, new: str, what: str) -> None:
    """A text of its own for what is only thought of somebody."""
    _replace(folder / "messages.csv", old, new)
    found = _gates(folder)
    assert any(what in each for each in found), found


def test_a_pack_without_offers_has_none(folder: Path) -> None:
    """The file may be left out."""
    (folder / "offers.csv").unlink()
    lines = (folder / "messages.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("offer.")]
    (folder / "messages.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert open_pack(folder).offers == ()
    assert _gates(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('offer = "coffee-and-bun"', 'offer = ""', 'offer is "coffee-and-bun", not ""'),
        ('closed = ["lift"]', 'closed = ["lif"]', 'There is no pathway "lif" to close.'),
        ('turn = "Turn round', 'turn = "Turn left', 'the first turn is "Turn round and go 5 metres."'),
    ],
)
def test_scenarios_hold_offers_turns_and_closed_ways_to_their_word(folder: Path, old: str, new: str, what: str) -> None:
    """As they hold everything else."""
    _replace(folder / "scenarios.toml", old, new)
    assert any(what in each for each in _found(folder))


def test_a_touchpoint_that_faces_nowhere_is_refused(folder: Path) -> None:
    """Degrees go round once."""
    _replace(folder / "pack.toml", "facing = 90", "facing = 360")
    assert any("360 is no direction" in each for each in _found(folder))

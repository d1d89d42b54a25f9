"""An author tries situations: each choice changes the picture, the row and the reasons, and an edited pack shows at once."""

import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.fakes.quay import line_of, write_quay
from tests.integration.preview.running import Author, RunningPreview, until

CHECKED_IN = (
    "?at=terminal-kiosk-1&outcome=checked_in&lang=en&time=2026-11-21+15:00&ticket.state=valid&journey.state=checked_in"
    "&departure.state=on_time&departure.gate=gate-7&departure.minutes_to_departure=60"
)
GO, STOP = (6, 95, 56), (163, 22, 22)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A source to be edited."""
    return write_quay(tmp_path / "quay")


@pytest.fixture
def preview(folder: Path) -> Iterator[RunningPreview]:
    """The preview of that folder."""
    made = RunningPreview(folder)
    yield made
    made.close()


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPreview]:
    """The preview of a folder that nobody edits: what is tried in it stands in the address alone."""
    made = RunningPreview(write_quay(tmp_path_factory.mktemp("source") / "quay"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Author]:
    """One browser for all tests: it takes longer to start than they do."""
    made = Author(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


@pytest.fixture
def author(browser: Author) -> Author:
    """An author before an empty page."""
    browser.begin()
    return browser


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _ground(preview: RunningPreview, author: Author) -> tuple[int, ...]:
    """The colour at the top of the screen that the picture shows."""
    picture = Image.open(io.BytesIO(preview.get("picture/" + author.picture().rpartition("/")[2])))
    pixel = picture.convert("RGB").getpixel((5, 5))
    assert isinstance(pixel, tuple)
    return pixel


def test_choices_change_the_screen_the_row_and_the_reasons(steady: RunningPreview, author: Author) -> None:
    """By clicking alone, without a new page; every situation can be shared, and the way back leads through them."""
    author.open(steady.address + CHECKED_IN)
    author.until_row("k-in-vessel")
    first, here = author.picture(), author.driver.current_url
    assert _ground(steady, author) == GO
    assert "{name} has no value: nobody's name is known" in author.text()
    author.driver.execute_script("window.sameDocument = true")

    author.unfold("departure")
    author.press("departure.minutes_to_gate", "0–9")
    author.until_row("k-in-hurry")
    assert author.picture() != first
    assert "departure.minutes_to_gate=0" in author.driver.current_url
    author.choose("departure.state", "cancelled")
    author.choose("outcome", "informed")
    author.until_row("cancelled")
    assert _ground(steady, author) == STOP
    assert "departure.state is cancelled" in author.text()
    author.choose("lang", "et")
    author.until_text("tühistatud")
    assert author.find("#words dl").get_attribute("lang") == "et"
    author.choose("shape", "wide")
    author.until_text("1920 × 1080")
    assert author.driver.execute_script("return window.sameDocument") is True

    shared = author.driver.current_url
    for _ in range(5):
        author.driver.back()
    author.until_row("k-in-vessel")
    assert (author.picture(), author.driver.current_url) == (first, here)
    author.open(shared)
    author.until_row("cancelled")
    author.save("preview-cancelled")


def test_the_reasons_name_the_failing_part_and_where_each_row_stands(
    preview: RunningPreview, author: Author, folder: Path
) -> None:
    """With the value that was there, and the line of the table."""
    author.open(f"{preview.address}{CHECKED_IN}&name=Anna+K.&order.state=preparing")
    author.until_row("k-in-named")
    assert line_of(folder, "k-in-named") in author.find("#answer").text
    assert "ticket.product in (car, van, motorcycle): it is foot_passenger" in author.text()
    assert "departure.minutes_to_gate < departure.walk + 5: it is 50 min, and departure.walk is" in author.text()
    assert "Hello, Anna K." in author.find("#words").text
    assert not author.find("#below .row").is_displayed()
    author.find("#below > summary").click()
    assert author.find("#below .row").is_displayed()


def test_an_edited_pack_shows_at_once(preview: RunningPreview, author: Author, folder: Path) -> None:
    """Texts and rows, without a hand on the page."""
    author.open(preview.address + CHECKED_IN)
    author.until_row("k-in-vessel")
    before = author.picture()
    _edit(folder / "messages.csv", ",Welcome: {vessel},", ",Come in: {vessel},")
    author.until_text("Come in: MS Aallotar")
    until(lambda: author.picture() not in {"", before}, "another picture")
    _edit(folder / "rows.csv", "\nk-in-vessel,kiosk,checked_in,,", "\nk-in-vessel,kiosk,checked_in,subject.step_free,")
    author.until_row("k-in")
    author.until_text("subject.step_free: it is not so")


def test_a_row_switches_at_its_time(preview: RunningPreview, author: Author, folder: Path) -> None:
    """The moments at which the pack changes are offered; a row that is not in force says so, with its time."""
    head, _, rest = (folder / "rows.csv").read_text(encoding="utf-8").partition("\n")
    names = [*head.split(","), *({"valid_from"} - set(head.split(",")))]
    row = {"id": "new", "at": "kiosk", "outcome": "checked_in", "tone": "go", "message": "quay_in"}
    row |= {"lead": "lead.help", "place": "info", "valid_from": "2026-11-21 16:00"}
    lines = (",".join(names), ",".join(row.get(name, "") for name in names), rest)
    (folder / "rows.csv").write_text("\n".join(lines), encoding="utf-8")
    author.open(preview.address + CHECKED_IN)
    author.until_row("k-in-vessel")
    assert "not in force: from 2026-11-21 16:00" in author.text()
    links = {link.text: link for link in author.driver.find_elements("css selector", ".moments a")}
    links["from 2026-11-21 16:00"].click()
    author.until_row("new")
    assert author.find("input[name='time']").get_property("value") == "2026-11-21T16:00"


def test_a_broken_pack_tells_what_is_wrong_until_it_is_mended(
    preview: RunningPreview, author: Author, folder: Path
) -> None:
    """File, line, column, and the nearest valid word, in place of the picture; the situation is kept."""
    author.open(preview.address + CHECKED_IN)
    author.until_row("k-in-vessel")
    whole = (folder / "rows.csv").read_text(encoding="utf-8")
    _edit(folder / "rows.csv", "departure.state is delayed", "departure.stat is delayed")
    author.until_text('There is no fact "departure.stat".')
    assert 'Did you mean "departure.state"?' in author.text()
    assert f"{line_of(folder, 'k-in-delayed')}:1" in author.text()
    assert not author.has("#picture")
    author.save("preview-broken")
    (folder / "rows.csv").write_text(whole, encoding="utf-8")
    author.until_row("k-in-vessel")


def test_a_mistyped_value_keeps_the_form_to_be_corrected(steady: RunningPreview, author: Author) -> None:
    author.open(steady.address + CHECKED_IN)
    author.until_row("k-in-vessel")
    author.unfold("departure")
    field = author.find("input[name='departure.minutes_to_gate']")
    field.clear()
    field.send_keys("soon\n")
    author.until_text('departure.minutes_to_gate: "soon" is no number here.')
    field = author.find("input[name='departure.minutes_to_gate']")
    field.clear()
    field.send_keys("3\n")
    author.until_row("k-in-hurry")


def test_a_scenario_leads_to_its_situation(steady: RunningPreview, author: Author) -> None:
    author.open(steady.address)
    until(lambda: bool(author.picture()), "the first picture")
    author.find("#scenarios > summary").click()
    names = [each.text.partition("\n")[0] for each in author.driver.find_elements("css selector", ".stories > li")]
    place = names.index("The sailing is cancelled")
    author.driver.find_elements("css selector", ".stories > li")[place].find_element("css selector", "a").click()
    author.until_row("cancelled")


def test_without_scripts_it_is_a_plain_form(steady: RunningPreview, author: Author) -> None:
    """Groups unfold, buttons send another value, and links lead on."""
    author.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    author.open(steady.address + CHECKED_IN)
    author.unfold("departure")
    author.press("departure.minutes_to_gate", "0–9")
    until(lambda: "k-in-hurry" in author.find("#answer").text, "the hurried row")
    author.choose("outcome", "forged")
    author.find("button[type='submit']:not([name])").click()
    until(lambda: "forged" in author.find("#answer").text, "the forged row")


@pytest.mark.parametrize("width", [1440, 1000, 400, 320])
def test_nothing_is_cut_off_at_any_width(steady: RunningPreview, author: Author, width: int) -> None:
    """Nobody has to scroll sideways (WCAG 1.4.10), with everything unfolded; the console tells of no error."""
    author.resize(width)
    author.open(f"{steady.address}{CHECKED_IN}&order.state=ready&shape=wide")
    until(lambda: bool(author.picture()), "the picture")
    author.driver.execute_script("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert author.driver.execute_script("return document.documentElement.scrollWidth") <= width
    author.save(f"preview-{width}")
    assert author.driver.get_log("browser") == []  # type: ignore[no-untyped-call]


def test_a_drawing_process_that_ends_is_started_anew_and_that_is_told(preview: RunningPreview, author: Author) -> None:
    author.open(preview.address + CHECKED_IN)
    author.until_row("k-in-vessel")
    (painter,) = preview.painters()
    os.kill(painter, signal.SIGKILL)
    author.choose("lang", "sv")
    author.until_text("The drawing process was ended by signal 9; it was started anew.")
    until(lambda: bool(author.picture()), "the picture")
    assert preview.painters() != [painter]


def test_ctrl_c_ends_it_and_leaves_no_drawing_process(preview: RunningPreview) -> None:
    """Also while the terminal's Ctrl-C reaches only the preview itself."""
    assert b"k-in-vessel" in preview.get(CHECKED_IN.replace(" ", "+"))
    (painter,) = preview.painters()
    assert preview.interrupt() == (0, "")
    with pytest.raises(ProcessLookupError):
        os.kill(painter, 0)


def test_a_preview_that_is_killed_takes_its_drawing_process_along(preview: RunningPreview) -> None:
    """Its input ends, and so does it."""
    preview.get(CHECKED_IN)
    (painter,) = preview.painters()
    preview.process.kill()

    def gone() -> bool:
        try:
            state = Path(f"/proc/{painter}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except OSError:
            return True
        return state == "Z"

    until(gone, "the drawing process has ended")

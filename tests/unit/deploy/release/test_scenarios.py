"""Scenarios are replayed by the real guide, and what differs is named with its line."""

import shutil
from pathlib import Path

import pytest

from deploy.release.checking import check

PACKS = Path(__file__).resolve().parents[4] / "assets" / "packs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shop's source, to be changed."""
    return Path(shutil.copytree(PACKS / "shop", tmp_path / "shop"))


def _line_of(folder: Path, before: str) -> int:
    """The line of the step whose text has just been changed."""
    lines = (folder / "scenarios.toml").read_text(encoding="utf-8").splitlines()
    pairs = zip(lines, before.splitlines(), strict=False)
    hit = next(number for number, (line, was) in enumerate(pairs, 1) if line != was)
    return max(number for number, line in enumerate(lines[:hit], 1) if line.startswith("[[scenarios.steps]]"))


@pytest.mark.parametrize(
    ("old", "new", "said", "todo"),
    [
        ('row = "k-here"', 'row = "k-waiting"', 'row is "k-here" (row "k-here"), not "k-waiting".', "Correct the rows"),
        ('when = "Ready by 15:25"', 'when = "Now"', 'when is "Ready by 15:25"', "Correct the rows"),
        ('tone = "go", way = true', 'tone = "go", way = false', "a way is drawn", "Correct the rows"),
        ('at = "shop-desk-1"', 'at = "shop-desk-2"', 'There is no touchpoint "shop-desk-2"', '"shop-desk-1"'),
        ('lang = "sv"', 'lang = "sw"', 'The pack does not speak "sw"', "Write one of: fi, sv, en, et."),
        ('lang = "fi"', 'lang = "fi"\ntime = "noon"', '"noon" is no time', "Write it as"),
    ],
)
def test_a_step_that_is_answered_otherwise_is_named(folder: Path, old: str, new: str, said: str, todo: str) -> None:
    path = folder / "scenarios.toml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace(old, new, 1), encoding="utf-8")
    found = check(folder).findings[0]
    assert said in found.what
    assert todo in found.todo
    assert (found.file, found.gate, found.line) == (
        "scenarios.toml",
        "scenarios",
        _line_of(folder, before),
    )


def test_a_changed_row_fails_the_scenario_that_it_changes(folder: Path) -> None:
    rows = (folder / "rows.csv").read_text(encoding="utf-8")
    here = next(line for line in rows.splitlines() if line.startswith("k-here,"))
    (folder / "rows.csv").write_text(rows.replace(f"{here}\n", ""), encoding="utf-8")
    messages = (folder / "messages.csv").read_text(encoding="utf-8")
    kept = [line for line in messages.splitlines() if not line.startswith("order_here.")]
    (folder / "messages.csv").write_text("\n".join(kept), encoding="utf-8")
    assert any('row is "k-waiting"' in each.what for each in check(folder).findings)


@pytest.mark.parametrize(
    ("old", "new", "todo"),
    [
        ('state = "ready"', 'state = "redy"', 'Did you mean "ready"?'),
        ("[[scenarios.steps]]", "[[scenarios.step]]", 'Did you mean "steps"?'),
        ('outcome = "arrived"', 'outcome = "arived"', 'Did you mean "arrived"?'),
    ],
)
def test_a_misspelt_word_is_named_with_its_line(folder: Path, old: str, new: str, todo: str) -> None:
    path = folder / "scenarios.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new) if "step" in new else text.replace(old, new, 1), encoding="utf-8")
    (found,) = check(folder).findings
    assert (found.file, found.todo) == ("scenarios.toml", todo)
    assert found.line > 0


@pytest.mark.parametrize("text", ["scenarios = 1", "[[scenarios]]\nname = 'x'\nsteps = 3", "scenarios = [1]"])
def test_what_is_no_scenario_is_refused(folder: Path, text: str) -> None:
    (folder / "scenarios.toml").write_text(text, encoding="utf-8")
    assert [each.gate for each in check(folder).findings] == ["schema"]


def test_a_pack_may_have_no_scenarios(folder: Path) -> None:
    (folder / "scenarios.toml").unlink()
    report = check(folder)
    assert (report.findings, report.scenarios) == ([], 0)


def test_none_takes_something_away_again(folder: Path) -> None:
    (folder / "scenarios.toml").write_text(
        """
[[scenarios]]
name = "gone"
[[scenarios.steps]]
at = "shop-kiosk-1"
outcome = "informed"
name = "Elsa L."
ticket = "valid"
lang = "en"
orders = [{ number = "S41", state = "ready", place = "pickup-desk" }]
says = { row = "k-ready-named" }
[[scenarios.steps]]
orders = "none"
at = "shop-kiosk-1"
says = { row = "k-welcome-named" }
[[scenarios.steps]]
name = "none"
says = { row = "k-welcome" }
""",
        encoding="utf-8",
    )
    assert check(folder).findings == []

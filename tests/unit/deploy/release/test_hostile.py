"""Hostile and broken sources are refused with a clear error, in bounded time and memory, and never with a traceback."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.release.checking import check
from deploy.release.finding import Finding
from deploy.release.tables import MAX_FILE_BYTES, MAX_TOML_CHARACTERS

PACKS = Path(__file__).resolve().parents[4] / "assets" / "packs"
Spoil = Callable[[Path], object]


def _with(file: str, text: str) -> Spoil:
    """The file with `text` at its end."""

    def spoil(folder: Path) -> None:
        with (folder / file).open("a", encoding="utf-8", newline="") as out:
            out.write(text)

    return spoil


def _instead(file: str, old: str, new: str) -> Spoil:
    def spoil(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


_DISTINCT = "".join(
    f"r{at},kiosk,informed,order.minutes_left < {at - 900} and departure.minutes_to_gate < {at - 800},go,unknown\n"
    for at in range(1900)
)
_MANY = "".join(f"r{at},kiosk,informed,order.here,go,unknown\n" for at in range(2100))


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (_with("rows.csv", "x,kiosk,,,go,a\n" * (MAX_FILE_BYTES // 12)), "larger than 5000000 bytes"),
        (_with("rows.csv", "".join(f"{at:x},,,,go,a\n" for at in range(21_000))), "more than 20000 lines"),
        (_with("rows.csv", _MANY), "too many situations apart to be proved"),
        (_instead("rows.csv", "k-welcome-named,", f"{_DISTINCT}k-welcome-named,"), "too many situations apart"),
        (_with("rows.csv", "x" * 200_000), "field larger than"),
        (_with("rows.csv", '"' + "\n" * 1000), "no CSV"),
        (_with("rows.csv", "a\x00b,kiosk\n"), ""),
        (
            _instead("rows.csv", "k-ready-named,", "r,kiosk,,not " + "not " * 500 + "order.here,go,a\nk-ready-named,"),
            "deep",
        ),
        (
            _instead(
                "rows.csv", "k-ready-named,", "r,kiosk,," + " or ".join(["order.here"] * 500) + ",go,a\nk-ready-named,"
            ),
            "too long or nests too deep",
        ),
        (_with("floor.toml", "\nx = " + "[" * 100_000), "nests too deep"),
        (_with("floor.toml", "\nx = [" + "1," * MAX_TOML_CHARACTERS + "]\n"), "more than 500000 characters"),
        (_instead("floor.toml", "left = 0", "left = nan"), "got `null` in levels[1].left"),
        (_instead("floor.toml", "left = 0", "left = inf"), "got `null` in levels[1].left"),
        (_instead("floor.toml", "left = 0", f"left = {'9' * 5000}"), "too many digits"),
        (_instead("floor.toml", "left = 0", "left = [0]"), "Expected `float`, got `array`"),
        (_instead("pack.toml", 'id = "shop"', 'id = "shop"\nid = "other"'), "Cannot overwrite a value"),
        (_instead("pack.toml", 'id = "shop"', "id = 2026-01-01"), "Expected `str`, got `date`"),
        (_instead("pack.toml", 'id = "shop"', 'id = "shop"\nformat = 2'), '"format" is no part of it'),
        (_instead("pack.toml", "[settings]", "[settings"), "no TOML"),
        (lambda folder: (folder / "messages.csv").write_bytes(b"\x00\xff"), "not UTF-8"),
        (lambda folder: (folder / "stops.csv").write_bytes((folder / "stops.csv").read_bytes()[:300]), ""),
        (_with("scenarios.toml", '[[scenarios]]\nname="x"\nsteps=[' + "{}," * 5001 + "]\n"), "more than 5000 steps"),
    ],
)
def test_it_is_refused_with_what_is_wrong(tmp_path: Path, spoil: Spoil, what: str) -> None:
    folder = Path(shutil.copytree(PACKS / "shop", tmp_path / "shop"))
    spoil(folder)
    report = check(folder)
    assert report.findings
    assert any(what in each.what for each in report.findings), report.findings[0]
    assert all(each.todo for each in report.findings)


def test_what_a_pack_holds_is_printed_and_not_obeyed_by_the_terminal() -> None:
    told = str(Finding("rows.csv", 3, 0, "\x1b[2J is no row.", "Write\u202e one."))
    assert "\x1b" not in told
    assert "\\x1b[2J is no row." in told
    assert "\u202e" not in told


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.sampled_from(
        ["pack.toml", "floor.toml", "rows.csv", "pickups.csv", "stops.csv", "pathways.csv", "scenarios.toml"]
    ),
    at=st.integers(0, 6000),
    put=st.sampled_from(["", '"', "[", "=", ",", "\n", "\x00", "9e999", "nan", "@", "ready", "not ", "(", "\ufeff"]),
    cut=st.integers(0, 30),
)
def test_a_source_with_anything_anywhere_is_built_or_refused(
    tmp_path: Path, file: str, at: int, put: str, cut: int
) -> None:
    folder = tmp_path / "fuzzed"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PACKS / "shop", folder)
    text = (folder / file).read_text(encoding="utf-8")
    at %= len(text)
    (folder / file).write_text(text[:at] + put + text[at + cut :], encoding="utf-8")
    report = check(folder)
    assert bool(report.findings) is (report.body == b"" or bool(report.findings))
    assert all(str(each) for each in report.findings)

"""Where values stand in a TOML text, and how the schema's complaints are led back there."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from deploy.release.checking import check
from deploy.release.tomlplaces import place_of, places

PACKS = Path(__file__).resolve().parents[4] / "assets" / "packs"
_TEXT = '''# a comment with [brackets] and key = value
id = "a # no comment [x]"
"quoted key" = 1
a.b = 'literal'

[settings]
speed = 70 # fast
text = """
[not a table]
key = 1
"""

[[touchpoints]]
kind = "kiosk"
actions = [
  "call_help", # first
  "language",
]

[[touchpoints]]
kind = "gate"
shapes = [{ rect = [1, 2], label = "x" }, { label = "y" }]
[touchpoints.extra]
deep = true
'''


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("id",), (2, 1)),
        (("quoted key",), (3, 1)),
        (("a", "b"), (4, 1)),
        (("settings",), (6, 1)),
        (("settings", "speed"), (7, 1)),
        (("settings", "text"), (8, 1)),
        (("touchpoints", 0), (13, 1)),
        (("touchpoints", 0, "kind"), (14, 1)),
        (("touchpoints", 0, "actions", 0), (16, 3)),
        (("touchpoints", 0, "actions", 1), (17, 3)),
        (("touchpoints", 1, "kind"), (21, 1)),
        (("touchpoints", 1, "shapes", 0, "rect", 1), (22, 24)),
        (("touchpoints", 1, "shapes", 0, "label"), (22, 28)),
        (("touchpoints", 1, "shapes", 1, "label"), (22, 45)),
        (("touchpoints", 1, "extra", "deep"), (24, 1)),
        (("touchpoints", 1, "none", "deeper"), (20, 1)),
        (("none",), (0, 0)),
    ],
)
def test_every_value_has_its_line_and_column(path: tuple[str | int, ...], place: tuple[int, int]) -> None:
    assert place_of(places(_TEXT), path) == place


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return [path, *(each for key, inner in value.items() for each in _paths(inner, (*path, key)))]
    if isinstance(value, list):
        return [path, *(each for at, inner in enumerate(value) for each in _paths(inner, (*path, at)))]
    return [path]


@pytest.mark.parametrize("file", sorted(PACKS.glob("*/*.toml")), ids=lambda file: f"{file.parent.name}-{file.name}")
def test_every_value_of_the_demo_packs_is_found(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    found = places(text)
    assert [path for path in _paths(tomllib.loads(text))[1:] if path not in found] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("floor.toml", 'label = "shape.service"', 'lable = "x"', 'Did you mean "label"?'),
        ("pack.toml", 'kind = "kiosk"', 'kind = "kisk"', 'Did you mean "kiosk"?'),
        ("pack.toml", '"read_aloud"', '"read_alout"', 'Did you mean "read_aloud"?'),
        ("pack.toml", "clear_after_s", "clear_after", 'Did you mean "clear_after_s"?'),
        ("rows.csv", "k-ready,kiosk", "k-ready,kisk", 'Did you mean "kiosk"?'),
        ("rows.csv", ",go,order_ready,", ",gone,order_ready,", 'Did you mean "go"?'),
        ("rows.csv", "call_due,time.call", "call_du,time.call", 'Did you mean "call_due"?'),
    ],
)
def test_the_nearest_valid_word_is_named(file: str, old: str, new: str, said: str, tmp_path: Path) -> None:
    for source in (PACKS / "shop").iterdir():
        (tmp_path / source.name).write_bytes(source.read_bytes())
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    (finding,) = check(tmp_path).findings
    assert (finding.todo, finding.gate) == (said, "schema")
    lines = (tmp_path / file).read_text(encoding="utf-8").splitlines()
    assert new.split(" = ", maxsplit=1)[0].strip('"') in lines[finding.line - 1]

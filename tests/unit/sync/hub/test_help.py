"""The `--help` pages of the hub's commands: one style, so that whoever has read one knows the others."""

import re

import pytest

from sync.hub.cli import COMMANDS, main

_PAGES: list[tuple[str, ...]] = [(name,) for name in COMMANDS if name not in {"consent", "pathway"}]
_PAGES += [("consent", action) for action in ("show", "withdraw")]
_PAGES += [("pathway", action) for action in ("close", "open", "clear", "list")]
_CONFIG = "--config FILE the hub's settings (default: hub.toml)"


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """The paragraphs of a page, each in one line."""
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    return [re.sub(r"\s+", " ", part).strip() for part in capsys.readouterr().out.split("\n\n")]


@pytest.mark.parametrize("words", [*_PAGES, ("consent",), ("pathway",)], ids=" ".join)
def test_a_page_says_in_a_sentence_what_its_command_does(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """Without what the line of usage has said already."""
    usage, does, *_ = shown(capsys, *words)
    assert usage.startswith(f"usage: opas hub {' '.join(words)} [-h]")
    assert re.fullmatch(r"[A-Z][^`]*\.", does)
    assert "opas hub" not in does


@pytest.mark.parametrize("words", _PAGES, ids=" ".join)
def test_what_is_asked_for_stands_in_capitals_and_says_what_it_is(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """Every command finds its hub the same way."""
    parts = shown(capsys, *words)
    assert any(_CONFIG in part for part in parts)
    for part in parts[2:]:
        if part.startswith("positional arguments:"):
            assert re.fullmatch(r"positional arguments:( [A-Z]+ [a-z][^A-Z]*)+", part)

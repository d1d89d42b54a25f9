"""The documents tell the truth: what they tell a reader to type exists."""

import re
from pathlib import Path

import pytest

from deploy.cli import COMMANDS
from tests.laws.tree import ROOT, project_files

_DOCUMENTS = [path for path in project_files() if path.suffix == ".md"]
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)|src=\"(?!https?:)([^\"]+)\"")
_OPTIONS = {"--help", "--version", "-h", "-V"}


def _code(path: Path) -> str:
    return "\n".join(_CODE.findall((ROOT / path).read_text(encoding="utf-8")))


def _targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))


def test_the_readme_names_the_commands() -> None:
    """A document that names none would pass the rest unread."""
    code = _code(Path("README.md"))
    for command in ("make demo", "make test", "make check", "make bench", "opas doctor", "opas scan"):
        assert command in code


@pytest.mark.parametrize("path", _DOCUMENTS, ids=str)
def test_every_make_target_named_exists(path: Path) -> None:
    """`make something` in any document is a target of the Makefile."""
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", _code(path)))
    assert named - _targets() == set()


@pytest.mark.parametrize("path", _DOCUMENTS, ids=str)
def test_every_opas_command_named_exists(path: Path) -> None:
    """`opas something` in any document is a command of deploy/cli.py."""
    named = set(re.findall(r"\bopas ([a-z-]+)", _code(path)))
    assert named - COMMANDS.keys() - _OPTIONS == set()


@pytest.mark.parametrize("path", _DOCUMENTS, ids=str)
def test_every_file_linked_exists(path: Path) -> None:
    """A link or a picture in any document leads to a file of the project."""
    text = (ROOT / path).read_text(encoding="utf-8")
    links = [one or other for one, other in _LINK.findall(text)]
    assert [link for link in links if not (ROOT / path.parent / link).exists()] == []


def test_every_target_says_what_it_does() -> None:
    """`make` alone lists every command."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    explained = set(re.findall(r"^([a-z][a-z-]*):.*## \S", makefile, re.MULTILINE))
    assert _targets() == explained

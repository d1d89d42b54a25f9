"""A changed practice: the lines of one table join a content pack's texts and hold from an instant on."""

import csv
import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

from deploy.demo.seeding import PackFile
from deploy.errors import DeployError
from deploy.release.checking import compiled
from deploy.release.finding import PackRefused
from deploy.release.source import read_source

_MESSAGES = "messages.csv"
_FROM = "valid_from"
_COMMENT = "#"
_MS = 1000


def write_changed(source: Path, change: Path, target: Path, at_ms: int) -> None:
    """Copy the pack's source to `target` with the lines of `change` in force from `at_ms` (epoch ms) on.

    Raises `DeployError` for a change in other languages than the pack's.
    """
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target)
    messages = target / _MESSAGES
    moment = datetime.fromtimestamp(at_ms / _MS, UTC).isoformat(sep=" ", timespec="seconds")
    lines = _table(messages)
    header = [*lines[0], _FROM]
    if _table(change)[0] != lines[0]:
        what = f"{change} has the columns {', '.join(_table(change)[0])}; {messages} has others."
        raise DeployError(what, f"Give it {', '.join(lines[0])}.")
    changed = [{**line, _FROM: moment} for line in _lines(change)]
    text = io.StringIO()
    writer = csv.DictWriter(text, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows([*_lines(messages), *changed])
    messages.write_text(text.getvalue(), encoding="utf-8")


def changed_pack(source: Path, change: Path, target: Path, at_ms: int) -> PackFile:
    """The same compiled. Its texts are proved where they are written, so that seconds are enough here.

    Raises `DeployError` with what is wrong.
    """
    write_changed(source, change, target, at_ms)
    try:
        pack, body = compiled(read_source(target), target)
    except PackRefused as refused:
        raise DeployError(f"{target} can't be compiled:\n{refused}", "Correct the change.") from refused
    return PackFile(str(pack.site), body, {})


def _table(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def _lines(path: Path) -> list[dict[str, str]]:
    """The lines of a table by column, without comments."""
    header, *rest = _table(path)
    return [dict(zip(header, line, strict=False)) for line in rest if line and not line[0].startswith(_COMMENT)]

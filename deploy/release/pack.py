"""`opas pack build DIR OUT`, `check DIR`, `preview DIR`, `diff OLD NEW`: from a source folder to one canonical document."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.release.answers import nothing_told
from deploy.release.checking import Report, as_json, build_pack, check, open_pack, summary
from deploy.release.difference import compare, told
from deploy.release.finding import PackRefused
from deploy.release.past import read_events, would_have_seen
from deploy.release.preview.command import PORT, Options, preview
from deploy.release.proof.prove import Told
from deploy.release.proof.space import TooManyCases
from deploy.release.schemas import write

__all__ = ["build_pack", "main"]
_LAST_PORT = 65_535


def main(arguments: Sequence[str]) -> int:
    """Run the command; the exit status is 0 only when nothing is wrong with the pack."""
    options = _parser().parse_args(arguments)
    other = _OTHERS.get(options.action)
    if other is not None:
        return other(options)
    pictures = Path(options.pictures) if options.pictures else Path(tempfile.gettempdir()) / "opas-pack-check"
    report = check(options.folder, _progress(), pictures)
    if options.action == "check" and options.json:
        sys.stdout.buffer.write(as_json(report) + b"\n")
        sys.stdout.flush()
        return bool(report.findings)
    if report.findings or report.pack is None:
        print("\n".join(map(str, report.findings)), file=sys.stderr)
        print(f"\n{len(report.findings)} to correct.", file=sys.stderr)
        return 1
    if options.action == "build" and not _write(options.out, report.body):
        return 1
    _tell(report)
    against = options.against if options.action == "check" else None
    return _diff(against, options.folder, options.events) if against else 0


def _schema(options: argparse.Namespace) -> int:
    write(options.folder)
    return 0


def _diff(old: Path, new: Path, events: Path | None) -> int:
    """Tell the difference, and with `events` who would have seen something else."""
    try:
        before, after = open_pack(old), open_pack(new)
        shown = read_events(events) if events else None
        found = compare(before, after)
    except PackRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    except TooManyCases as error:
        print(f"The packs tell too many situations apart to be compared ({error}).", file=sys.stderr)
        return 1
    print(f"From {before.version} to {after.version}:")
    print("\n".join(told(found, after)))
    if shown is not None:
        print("\n".join(would_have_seen(shown, found, before, after)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="opas pack", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    for action, says in (("build", "compile a pack to one file"), ("check", "prove a pack, or say what is wrong")):
        command = actions.add_parser(action, help=says, description=says)
        command.add_argument("folder", type=Path, metavar="DIR", help="the pack's source folder")
        command.add_argument("--pictures", metavar="FOLDER", help="where to draw the holes of a table")
        if action == "build":
            command.add_argument("out", type=Path, metavar="OUT", help="the JSON file to write")
        else:
            command.add_argument("--json", action="store_true", help="print the findings as JSON")
            command.add_argument("--against", type=Path, metavar="OLD", help="tell the difference from this pack")
            command.add_argument("--events", type=Path, metavar="FILE", help="past events, to tell who it concerns")
    show = actions.add_parser("preview", help="try situations on a local page, and see the screen and why it says so")
    show.add_argument("folder", type=Path, metavar="DIR", help="the pack's source folder")
    show.add_argument("--port", type=_port, default=PORT, metavar="N", help=f"on this machine only ({PORT}; 0: any)")
    show.add_argument("--open", action=argparse.BooleanOptionalAction, default=True, help="open it in a browser")
    schema = actions.add_parser("schema", help="write the JSON Schema of each source file")
    schema.add_argument("folder", type=Path, metavar="FOLDER", help="where to")
    diff = actions.add_parser("diff", help="tell the difference of two packs in words")
    diff.add_argument("old", type=Path, metavar="OLD", help="a source folder or a compiled pack")
    diff.add_argument("new", type=Path, metavar="NEW", help="the same")
    diff.add_argument("--events", type=Path, metavar="FILE", help="past events, to tell who would have seen otherwise")
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > _LAST_PORT:
        msg = f"{text!a} is no port: write a number from 0 to {_LAST_PORT}"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _tell(report: Report) -> None:
    version = report.pack.version if report.pack else ""
    print(f"{version}: nothing wrong.")
    for line in summary(report):
        print(line)


def _progress() -> Told:
    """How far the proof is, on one line of a terminal; nothing where nobody watches."""
    if not sys.stderr.isatty():
        return nothing_told

    def told(where: str, situations: int) -> None:
        print(f"\r\033[K{situations:,} situations proved; {where}", end="\r", file=sys.stderr, flush=True)

    return told


def _write(out: Path, body: bytes) -> bool:
    """Write all or nothing; say so when it can't be."""
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
            Path(name).chmod(0o644)
            Path(name).replace(out)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        print(f"{out}: can't be written ({error.strerror}).", file=sys.stderr)
        print("  What to do: name a file in a folder that exists and is yours.", file=sys.stderr)
        return False
    return True


_OTHERS: dict[str, Callable[[argparse.Namespace], int]] = {
    "diff": lambda options: _diff(options.old, options.new, options.events),
    "preview": lambda options: preview(Options(options.folder, options.port, options.open)),
    "schema": _schema,
}
"""The commands that prove nothing."""

"""`opas pack build DIR OUT` and `opas pack check DIR`: from a source folder to one canonical JSON document."""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from deploy.release.finding import Finding, PackRefused
from deploy.release.gates import gate_flaws
from deploy.release.source import Source, read_source
from kiosk.guidance.load import MAX_PACK_BYTES, canonical, version_of
from kiosk.guidance.references import Flaw, flaws_of
from kiosk.model.outcome import Outcome
from kiosk.model.pack import Pack

_FILES = {
    "pack": "pack.toml",
    "touchpoints": "pack.toml",
    "levels": "floor.toml",
    **{table: f"{table}.csv" for table in ("stops", "pathways", "rows", "pickups", "messages")},
}
_SHAPES = "Compare it with the packs in assets/packs."


def main(arguments: Sequence[str]) -> int:
    """Run the command; the exit status is 0 only when nothing is wrong with the pack."""
    parser = argparse.ArgumentParser(prog="opas pack", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    for action, says in (("build", "compile a pack to one file"), ("check", "say what is wrong with a pack")):
        command = actions.add_parser(action, help=says, description=says)
        command.add_argument("folder", type=Path, metavar="DIR", help="the pack's source folder")
        if action == "build":
            command.add_argument("out", type=Path, metavar="OUT", help="the JSON file to write")
    options = parser.parse_args(arguments)
    try:
        body = build_pack(options.folder)
        if options.action == "build":
            _write(options.out, body)
    except PackRefused as refused:
        print(refused, file=sys.stderr)
        print(f"\n{len(refused.findings)} to correct.", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{options.out}: can't be written ({error.strerror}).", file=sys.stderr)
        print("  What to do: name a file in a folder that exists and is yours.", file=sys.stderr)
        return 1
    pack = msgspec.json.decode(body, type=Pack)
    print(
        f"{pack.version}: {len(pack.rows)} rows, {len(Outcome)} outcomes, {', '.join(pack.languages)}: nothing wrong."
    )
    return 0


def build_pack(folder: Path) -> bytes:
    """The compiled pack as canonical JSON, after every check. Raises `PackRefused` with all that is wrong."""
    source = read_source(folder)
    try:
        pack = msgspec.convert({**source.body, "version": ""}, Pack)
    except msgspec.ValidationError as error:
        raise PackRefused([_misfit(source, str(error))]) from error
    body = canonical({**source.body, "version": version_of(source.body)})
    if len(body) > MAX_PACK_BYTES:
        what = f"The compiled pack has {len(body)} bytes; devices read at most {MAX_PACK_BYTES}."
        raise PackRefused([Finding(folder.name, 0, 0, what, "Take out what the site does not need.")])
    findings = sorted({_located(source, flaw) for flaw in _flaws(pack)})
    if findings:
        raise PackRefused(findings)
    return body


def _flaws(pack: Pack) -> Iterator[Flaw]:
    """The gates only once the references hold: they build on them."""
    flaws = list(flaws_of(pack))
    yield from flaws
    if not flaws:
        yield from gate_flaws(pack)


def _located(source: Source, flaw: Flaw) -> Finding:
    line = source.lines.get((flaw.table, flaw.key))
    what = f"{flaw.key}: {flaw.what}" if flaw.key else flaw.what
    return Finding(_FILES[flaw.table], line.number if line else 0, 0, what, flaw.todo)


def _misfit(source: Source, error: str) -> Finding:
    """The schema's complaint, led back to the line where there is one: `$.rows[3].tone` is the fourth row."""
    what, _, path = error.partition(" - at `$.")
    table, _, rest = path.rstrip("`").partition("[")
    number = rest.partition("]")[0]
    keys = {"places": "stops", "pickup_rows": "pickups"}
    name = keys.get(table, table)
    if number.isdigit() and isinstance(source.body.get(table), list):
        part = source.body[table][int(number)]
        key = str(part.get("id", "")) if isinstance(part, dict) else ""
        return _located(source, Flaw(name, key, f"{what} in {path.rstrip('`')}", _SHAPES))
    return Finding(_FILES.get(name.partition(".")[0], "pack.toml"), 0, 0, f"{what} at {path.rstrip('`')}", _SHAPES)


def _write(out: Path, body: bytes) -> None:
    """Write all or nothing."""
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
        Path(name).chmod(0o644)
        Path(name).replace(out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

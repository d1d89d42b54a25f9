"""`opas wire schema DEST`: write the wire's AsyncAPI document and JSON Schema into a folder."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sync.wire.schema import documents

_CANT_WRITE = 73


def main(argv: Sequence[str]) -> int:
    """Do what `argv` says; the exit status."""
    parser = argparse.ArgumentParser(prog="opas wire", description="What device and hub agree on, as documents.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    schema = commands.add_parser("schema", help="write asyncapi.json and schema.json")
    schema.add_argument("dest", type=Path, help="the folder to write into")
    folder: Path = parser.parse_args(argv).dest
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in documents().items():
            (folder / name).write_bytes(body)
    except OSError as error:
        sys.stderr.write(f"opas wire: {folder}: can't be written ({error.strerror}).\n  What to do: name another.\n")
        return _CANT_WRITE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

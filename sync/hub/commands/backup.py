"""`opas hub backup DEST`: copy database and keys into a new folder, while the hub runs."""

from collections.abc import Sequence
from pathlib import Path

from sync.hub.backup import back_up
from sync.hub.clock import SystemClock
from sync.hub.commands.pages import add_config, page
from sync.hub.settings import load_settings


def main(argv: Sequence[str]) -> int:
    """Back up as the arguments `argv` say; the exit status."""
    parser = page("backup", __doc__)
    parser.add_argument("dest", type=Path, metavar="DEST", help="a folder that is not there yet")
    add_config(parser)
    asked = parser.parse_args(argv)
    contents = back_up(load_settings(asked.config), asked.dest, SystemClock().now().wall_ms)
    print(f"{asked.dest}: {', '.join(contents.files)}. Whoever can read it can sign codes: keep it like a key.")
    return 0

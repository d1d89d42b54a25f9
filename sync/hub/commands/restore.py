"""`opas hub restore BACKUP`: put a backup back into an empty place; the devices send again what it lacks."""

from collections.abc import Sequence
from pathlib import Path

from sync.hub.backup import restore
from sync.hub.commands.pages import add_config, page
from sync.hub.settings import load_settings


def main(argv: Sequence[str]) -> int:
    """Restore as the arguments `argv` say; the exit status."""
    parser = page("restore", __doc__)
    parser.add_argument("backup", type=Path, metavar="BACKUP", help="the folder that opas hub backup made")
    add_config(parser)
    asked = parser.parse_args(argv)
    contents = restore(load_settings(asked.config), asked.backup)
    print(f"{', '.join(contents.files)} are back. Start the hub: the devices send again what came after.")
    print("Erasures asked for since then must be asked for again.")
    return 0

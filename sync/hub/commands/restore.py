"""`opas hub restore BACKUP`: put a backup back into an empty place; the devices send again what it lacks."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from sync.hub.backup import restore
from sync.hub.settings import load_settings


def main(argv: Sequence[str]) -> int:
    """Restore as the arguments `argv` say; the exit status."""
    parser = argparse.ArgumentParser(prog="opas hub restore", description=__doc__)
    parser.add_argument("backup", type=Path, help="the folder that `opas hub backup` made")
    parser.add_argument("--config", type=Path, default=Path("hub.toml"), help="the hub's settings (default: hub.toml)")
    asked = parser.parse_args(argv)
    contents = restore(load_settings(asked.config), asked.backup)
    print(f"{', '.join(contents.files)} are back. Start the hub: the devices send again what came after.")
    print("Erasures asked for since then must be asked for again.")
    return 0

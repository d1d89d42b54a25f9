"""`opas hub backup DEST`: copy database and keys into a new folder, while the hub runs."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from sync.hub.backup import back_up
from sync.hub.clock import SystemClock
from sync.hub.settings import load_settings


def main(argv: Sequence[str]) -> int:
    """Back up as the arguments `argv` say; the exit status."""
    parser = argparse.ArgumentParser(prog="opas hub backup", description=__doc__)
    parser.add_argument("dest", type=Path, help="a folder that is not there yet")
    parser.add_argument("--config", type=Path, default=Path("hub.toml"), help="the hub's settings (default: hub.toml)")
    asked = parser.parse_args(argv)
    contents = back_up(load_settings(asked.config), asked.dest, SystemClock().now().wall_ms)
    print(f"{asked.dest}: {', '.join(contents.files)}. Whoever can read it can sign codes: keep it like a key.")
    return 0

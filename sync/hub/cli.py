"""The command line of the hub: which part of it is asked for, and what is wrong and what to do where that can't be done."""

import importlib
import sys
from collections.abc import Sequence

from sync.hub.errors import HubError

COMMANDS = {
    "backup": "copy database and keys into a new folder, while the hub runs",
    "restore": "put a backup back into an empty place",
    "consent": "show what a person consented to at a site, and take it back for them",
    "export": "every event as a CloudEvent, into a file or to a webhook",
    "pathway": "close or open a way on every screen of a site, at once",
    "replay": "take in what lies in quarantine, as far as this release can read it",
}
"""What else there is beside running the hub, each a module of `sync.hub.commands`."""


def main(argv: Sequence[str]) -> int:
    """Do what the arguments `argv` ask for, which is to run the hub unless they begin with a command; the exit status."""
    name = argv[0] if argv and argv[0] in COMMANDS else ""
    try:
        # Loaded here: the server takes ten times as long as a command that only asks it something.
        if name:
            return int(importlib.import_module(f"sync.hub.commands.{name}").main(argv[1:]))
        also = "\n".join(("Also:", *(f"  opas hub {name:<8} {says}" for name, says in COMMANDS.items())))
        return int(importlib.import_module("sync.hub.serving").main(argv, also))
    except HubError as error:
        sys.stderr.write(f"opas hub{name and f' {name}'}: {error}\n")
        return error.exit_status

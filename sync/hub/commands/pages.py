"""What the `--help` pages of the hub's commands have in common: whoever has read one knows the others."""

import argparse
from collections.abc import Iterable
from pathlib import Path


def page(name: str, doc: str | None) -> argparse.ArgumentParser:
    """The parser of a command. It says what its module's `doc` says, but for what the line of usage says already."""
    first, _, more = (doc or "").partition("\n")
    does, said = sentence(first.partition(": ")[2]), more.strip().replace("`", "")
    return argparse.ArgumentParser(prog=f"opas hub {name}", description=does, epilog=said)


def actions_of(
    parser: argparse.ArgumentParser, actions: Iterable[tuple[str, str]]
) -> Iterable[tuple[str, argparse.ArgumentParser]]:
    """The parsers of a command's actions, each about a site; `actions` are their names and what they do."""
    added = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, does in actions:
        action = added.add_parser(name, help=does, description=sentence(does))
        action.add_argument("site", metavar="SITE", help="the site's id")
        yield name, action


def add_config(parser: argparse.ArgumentParser) -> None:
    """Every command finds the hub by its settings."""
    default = Path("hub.toml")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", default=default, help=f"the hub's settings (default: {default})"
    )


def sentence(says: str) -> str:
    """With a capital letter and a full stop."""
    return f"{says[:1].upper()}{says[1:].rstrip('.')}."

"""Runs the hub until it is told to stop."""

import argparse
import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from sync.hub.broker import make_link
from sync.hub.clock import SystemClock
from sync.hub.commands.pages import add_config
from sync.hub.errors import HubError
from sync.hub.hub import Hub
from sync.hub.settings import load_settings

_log = logging.getLogger(__name__)


def main(argv: Sequence[str], also: str) -> int:
    """Run the hub that the arguments `argv` name; the exit status. `also` is what the help tells of other commands.

    Raises `HubError` where it can't run.
    """
    parser = argparse.ArgumentParser(
        prog="opas hub",
        description="Run the hub: ingest, device port and console.",
        epilog=also,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_config(parser)
    path: Path = parser.parse_args(argv).config
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Its two lines for each server repeat ours.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    settings = load_settings(path)
    return asyncio.run(serve(Hub(settings, make_link(settings), SystemClock())))


async def serve(hub: Hub) -> int:
    """Run `hub` until a signal comes, or one of its threads breaks; returns the exit status."""
    until = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, until.set)
    broken: list[str] = []

    def give_up(args: threading.ExceptHookArgs) -> None:
        # Half a hub that looks alive is worse than one that its service manager starts again.
        broken.append(args.thread.name if args.thread is not None else "a thread")
        _log.critical("%s broke; the hub ends", broken[0], exc_info=args.exc_value)
        loop.call_soon_threadsafe(until.set)

    def ready() -> None:
        devices, console = hub.urls
        _log.info("devices: %s", devices)
        _log.info("console: %s", console)

    before, threading.excepthook = threading.excepthook, give_up
    try:
        await hub.run(until, ready)
    finally:
        threading.excepthook = before
    _log.info("stopped")
    return HubError.exit_status if broken else 0

"""`python -m sync.agent --config device.toml`: the agent of one device, until SIGTERM or Ctrl-C."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from kiosk.errors import ConfigurationError, OpasError
from kiosk.model.clock import Clock
from kiosk.store import SystemClock
from kiosk.store.lock import Sole
from sync.agent.life import Life
from sync.agent.settings import AgentSettings, FreshSettings, load_fresh, load_settings

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until told to stop; the exit status is 0, or that of the error that kept it from going on."""
    parser = argparse.ArgumentParser(
        prog="python -m sync.agent", description="Carries events to the hub and data down."
    )
    parser.add_argument("--config", type=Path, required=True, help="the device's TOML file")
    config: Path = parser.parse_args(arguments).config
    try:
        _log_to_stderr(os.environ.get("OPAS_LOG", "INFO"))
        fresh = load_fresh(config, os.environ)
        if fresh is None:
            run(load_settings(config, os.environ), SystemClock())
        else:
            live(fresh, config, SystemClock())
    except OpasError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    return 0


def run(settings: AgentSettings, clock: Clock) -> None:
    """Put the agent together and let it work until a signal ends it. Raises `OpasError`."""
    life = Life(clock, _release())
    _on_signals(life.stop)
    life.work(settings)


def live(fresh: FreshSettings, config: Path, clock: Clock) -> None:
    """The same for a device that is to be claimed, is claimed, or was turned out. Raises `OpasError`."""
    life = Life(clock, _release())
    _on_signals(life.stop)
    try:
        fresh.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        todo = "Name a folder that this user may write to in device.data, or change its owner."
        raise ConfigurationError(f"{fresh.data}: can't be made ({error.strerror}).", todo) from error
    with closing(Sole(fresh.data / "identity.lock", "agent")):
        life.belong(fresh, lambda granted: load_settings(config, os.environ, granted))


def _on_signals(stop: Callable[[], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())


def _release() -> str:
    try:
        return version("opas")
    except PackageNotFoundError:
        return "unknown"


def _log_to_stderr(level: str) -> None:
    if level.upper() not in _LEVELS:
        raise ConfigurationError(f'OPAS_LOG = "{level}" is no level.', f"Write one of {', '.join(_LEVELS)}.")
    logging.basicConfig(
        stream=sys.stderr, level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )


if __name__ == "__main__":
    sys.exit(main())

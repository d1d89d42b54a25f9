"""`python -m sync.agent --config device.toml`: the agent of one device, until SIGTERM or Ctrl-C."""

import argparse
import logging
import os
import random
import signal
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from kiosk.errors import ConfigurationError, OpasError
from kiosk.model.clock import Clock
from kiosk.store import SystemClock
from kiosk.store.agentside import AgentStore
from kiosk.store.database import Place
from sync.agent.agent import Agent
from sync.agent.heartbeat import last_will
from sync.agent.hub import HubClient
from sync.agent.settings import AgentSettings, load_settings
from sync.agent.surroundings import Surroundings
from sync.link import LinkSettings, MqttLink

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
        run(load_settings(config, os.environ), SystemClock())
    except OpasError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    return 0


def run(settings: AgentSettings, clock: Clock) -> None:
    """Put the agent together and let it work until a signal ends it. Raises `OpasError`."""
    device = settings.device
    link = MqttLink(LinkSettings(settings.address, client_id=device.id, will=last_will(device.id)))
    around = Surroundings(device.id, device.site, device.role, _release(), link, clock, random.SystemRandom().random)
    store = AgentStore(Place(settings.database, device.id, device.site, clock, device.max_megabytes))
    hub = HubClient(settings.hub, settings.database.parent)
    try:
        agent = Agent(store, hub, around, settings.keep_ms)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: agent.stop())
        agent.run()
    finally:
        hub.close()
        store.close()


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

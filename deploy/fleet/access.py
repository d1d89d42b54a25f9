"""Where the hub's admin API is and which token opens it: from the hub's own file, or said on the command line."""

import argparse
import os
import tomllib
from pathlib import Path

from deploy.errors import DeployError
from deploy.web import HubApi

_TOKEN = "OPAS_ADMIN_TOKEN"  # noqa: S105 - the name of a variable
_DEFAULT_CONSOLE = "127.0.0.1:8601"


class NoAccess(DeployError):
    """Nothing says where the hub is, or with which token."""

    exit_status = 78


def add_access(parser: argparse.ArgumentParser) -> None:
    """The options that every command towards the admin API takes."""
    parser.add_argument("--config", type=Path, default=Path("hub.toml"), help="the hub's settings (default: hub.toml)")
    parser.add_argument("--console", help=f"the console's address, instead; the token then comes from ${_TOKEN}")


def open_access(options: argparse.Namespace) -> HubApi:
    """The admin API that the options name. Raises `NoAccess`."""
    token = os.environ.get(_TOKEN, "")
    if options.console:
        if not token:
            raise NoAccess(f"${_TOKEN} is not set.", "Put the hub's admin token into it, as a file of yours says.")
        return HubApi(options.console if "//" in options.console else f"http://{options.console}", token)
    try:
        hub = tomllib.loads(options.config.read_text(encoding="utf-8")).get("hub", {})
    except OSError as error:
        todo = f"Name the hub's settings with --config, or give --console and ${_TOKEN}."
        raise NoAccess(f"{options.config}: can't be read ({error.strerror}).", todo) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NoAccess(f"{options.config}: is not TOML ({error}).", "Correct the line it names.") from error
    console = os.environ.get("OPAS_HUB_CONSOLE") or hub.get("console", _DEFAULT_CONSOLE)
    return HubApi(f"http://{console}", token or str(hub.get("admin_token", "")))

"""`opas …`: a table of commands; what a command needs is imported, or started, when it is asked for."""

import difflib
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata

from deploy.errors import DeployError

_USAGE_STATUS = 2
_INTERRUPTED_STATUS = 130


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `module` has `main(arguments) -> status`; with `own_process` it is run as `python -m module`."""

    module: str
    says: str
    own_process: bool = False


COMMANDS: dict[str, Command] = {
    "demo": Command("deploy.demo.command", "run a whole terminal and a shop on this machine"),
    "doctor": Command("deploy.doctor.command", "say what of camera, display, sound, broker, clock and disk is fine"),
    "scan": Command("kiosk.scanning", "decode pictures of codes, as a table or as JSON lines", own_process=True),
    "pack": Command("deploy.release.pack", "build and check content packs"),
    "fleet": Command("deploy.fleet.command", "let devices in by claim codes, list them, renew them, turn them out"),
    "broker": Command("deploy.broker.command", "make and run a broker that lets in whom the hub lets in"),
    "cluster": Command(
        "deploy.broker.cluster", "write configuration and access rules for EMQX, HiveMQ or AWS IoT Core"
    ),
    "kiosk": Command("kiosk", "run the app of a device: --config device.toml", own_process=True),
    "agent": Command("sync.agent", "run the agent of a device: --config device.toml", own_process=True),
    "hub": Command("sync.hub", "run the hub: --config hub.toml", own_process=True),
    "wire": Command("sync.hub.contract", "write down what device and hub agree on: schema FOLDER", own_process=True),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that `arguments` (without the program's name) ask for; the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in {"-h", "--help", "help"}:
        print(_help())
        return 0 if words else _USAGE_STATUS
    if words[0] in {"-V", "--version"}:
        print(f"opas {metadata.version('opas')}")
        return 0
    command = COMMANDS.get(words[0])
    if command is None:
        print(_unknown(words[0]), file=sys.stderr)
        return _USAGE_STATUS
    return _run(command, words[1:])


def _run(command: Command, arguments: list[str]) -> int:
    if command.own_process:
        # In this process's place, so that signals and exit status are the program's own.
        os.execv(sys.executable, [sys.executable, "-m", command.module, *arguments])  # noqa: S606 - there is none
    try:
        run: Callable[[Sequence[str]], int] = importlib.import_module(command.module).main
        return run(arguments)
    except DeployError as error:
        print(f"opas: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        return _INTERRUPTED_STATUS


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {command.says}" for name, command in COMMANDS.items()]
    return "\n".join(
        (
            "usage: opas COMMAND …     (opas COMMAND --help says more)",
            "",
            *lines,
            "",
            "  --version  the version;  --help  this",
        )
    )


def _unknown(word: str) -> str:
    near = difflib.get_close_matches(word, COMMANDS, n=1, cutoff=0.5)
    hint = f"Did you mean `opas {near[0]}`?" if near else "`opas --help` lists what there is."
    return f"opas: there is no command {word!a}. {hint}"


if __name__ == "__main__":
    sys.exit(main())

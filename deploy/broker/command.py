"""`opas broker new|run FOLDER`: a broker that lets in whom the hub lets in, and nobody else."""

import argparse
import contextlib
import queue
import re
import secrets
import signal
import ssl
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from deploy.broker.files import write_private
from deploy.broker.secure import BrokerSettings, Home, fresh_request, lives_at, mosquitto
from deploy.clock import wall_ms
from deploy.errors import DeployError, ProcessDied
from deploy.fleet.access import add_access, open_access
from deploy.web import HubApi

_LOOK_S = 2.0
_RENEW_AT = 2 / 3
_GOODBYE_S = 10
_OK, _NOT_MODIFIED = 200, 304


class Misused(DeployError):
    """Options that don't go together."""

    exit_status = 64


def main(arguments: Sequence[str]) -> int:
    """Do what `arguments` ask for; the exit status. Raises `DeployError`."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def make(home: Home, admin: HubApi, settings: BrokerSettings, form: Mapping[str, object]) -> None:
    """Ask the hub's administration for a certificate and write everything that `follow` and mosquitto need.

    `form` says by which names the broker is called, and for a site's own one which site.
    """
    key, request = fresh_request()
    given = admin.post(f"/v1/brokers/{settings.name}", {"csr": request, **form})
    home.prepare(settings)
    write_private(home.chain, given["chain"])
    write_private(home.identity, key + given["certificate"])
    follow(home, "")


def follow(home: Home, tag: str) -> str:
    """Write down whom the hub lets in, when that is not what has `tag`; the tag of what stands there then.

    Raises `Unreachable` or another `DeployError`; what stands there stays.
    """
    answer = _device_port(home).ask("GET", "/v1/broker/access", tag=tag)
    if answer.status == _NOT_MODIFIED:
        return tag
    if answer.status != _OK:
        raise DeployError(f"The hub refuses this broker (status {answer.status}).", "Make it anew: opas broker new")
    try:
        home.take_access(answer.json())
    except (KeyError, TypeError, ValueError) as error:
        raise DeployError("The hub's answer can't be used.", "Bring hub and broker to the same release.") from error
    return answer.tag


def renew(home: Home) -> bool:
    """Get a new key and certificate when two thirds of the old one's life are over; whether there is one."""
    if lives_at(home, wall_ms()) < _RENEW_AT:
        return False
    key, request = fresh_request()
    given = _device_port(home).post("/v1/identity/renewal", {"csr": request})
    write_private(home.identity, key + given["certificate"])
    return True


class Following:
    """A mosquitto, and what the hub says about it, brought together every two seconds."""

    def __init__(self, home: Home, say: Callable[[str], None]) -> None:
        self._home = home
        self._say = say
        self._tag = ""
        self._told = ""
        self._renewed = False
        self._stopped = False
        # A signal's handler may ring it whatever the thread that it interrupts is doing.
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()

    def stop(self) -> None:
        """End `run`, from any thread."""
        self._stopped = True
        self._bell.put(None)

    def run(self) -> int:
        """Run the broker until it is told to stop, or ends by itself. Raises `DeployError`."""
        self._look()
        broker = self._started()
        try:
            while not self._rung():
                if broker.poll() is not None:
                    raise ProcessDied(f"mosquitto has ended ({broker.returncode}).", "Its last words stand above.")
                if self._look():
                    broker.send_signal(signal.SIGHUP)
                if self._renewed and self._home.settings().central:
                    # A bridge keeps the certificate that it began with.
                    _end(broker)
                    broker = self._started()
        finally:
            _end(broker)
        return 0

    def _started(self) -> subprocess.Popen[bytes]:
        self._renewed = False
        return subprocess.Popen([mosquitto(), "-c", str(self._home.configuration)])

    def _rung(self) -> bool:
        with contextlib.suppress(queue.Empty):
            self._bell.get(timeout=_LOOK_S)
        return self._stopped

    def _look(self) -> bool:
        """Whether the broker has something new to read. While the hub is away everything stays as it is."""
        before = self._tag
        try:
            renewed = renew(self._home)
            self._renewed = self._renewed or renewed
            self._tag = follow(self._home, self._tag)
        except DeployError as error:
            if error.what != self._told:
                self._told = error.what
                self._say(f"{error}\n  Until then it goes on with what it was told last.")
            return False
        if self._told:
            self._told = ""
            self._say("the hub answers again")
        return renewed or self._tag != before


def _end(broker: subprocess.Popen[bytes]) -> None:
    broker.terminate()
    broker.wait(_GOODBYE_S)


def _device_port(home: Home) -> HubApi:
    settings = home.settings()
    try:
        context = ssl.create_default_context(cafile=str(home.chain))
        context.load_cert_chain(home.identity)
    except OSError as error:
        raise DeployError(f"{home.folder}: keys can't be read ({error}).", "Make it anew: opas broker new") from error
    return HubApi(settings.hub, tls=context)


def _new(options: argparse.Namespace) -> int:
    home = Home(options.folder)
    name = f"broker-{secrets.token_hex(4)}"
    if options.central and not re.fullmatch(r"[^\s:]+:[1-9]\d{0,4}", options.central):
        raise Misused(f"{options.central!a} is no address.", "Write it as HOST:PORT, as in broker.example:8883.")
    if bool(options.central) != bool(options.site):
        raise Misused("A site's broker has both a site and a way up.", "Give --site and --central, or neither.")
    settings = BrokerSettings(name, options.bind, options.port, options.hub.rstrip("/"), options.central)
    form: dict[str, object] = {"names": options.name}
    make(home, open_access(options), settings, form | ({"site": options.site} if options.site else {}))
    print(f"{home.folder} holds a broker for port {options.port}. Run it: opas broker run {home.folder}")
    if options.site:
        print(f"The devices of {options.site} come to it first with [sitebroker] host and port in device.toml.")
        return 0
    print("The hub joins it with [broker] host and port and certificate = true in hub.toml.")
    return 0


def _run(options: argparse.Namespace) -> int:
    home = Home(options.folder)
    home.settings()
    following = Following(home, lambda words: print(f"opas broker: {words}", file=sys.stderr, flush=True))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: following.stop())
    return following.run()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="opas broker", description="A broker for the hub's fleet, with certificates.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    new = commands.add_parser("new", help="make the folder of a broker, with a certificate of the hub's authority")
    new.add_argument("folder", type=Path)
    new.add_argument(
        "--name", action="append", required=True, help="a host name or address by which it is called; several may stand"
    )
    new.add_argument("--hub", required=True, help="the hub's device port, as in https://hub.example:8600")
    new.add_argument("--port", type=int, default=8883, help="where it listens (default: 8883)")
    new.add_argument("--bind", default="0.0.0.0", help="on which address (default: all)")  # noqa: S104 - devices come from outside
    new.add_argument("--site", default="", help="it is a site's own: only that site's devices are let in")
    new.add_argument(
        "--central", default="", help="HOST:PORT of the central broker to which it passes on what they say"
    )
    add_access(new)
    new.set_defaults(run=_new)
    run = commands.add_parser("run", help="run mosquitto from there, and keep it at what the hub says")
    run.add_argument("folder", type=Path)
    run.set_defaults(run=_run)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The link against a real mosquitto that takes certificates only."""

import datetime as dt
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.broker.secure import BrokerSettings, Home, mosquitto
from deploy.demo.ports import listens
from kiosk.model.ids import EpochMs
from sync.hub.identity.authority import Gone, open_authority, own_request
from sync.hub.identity.keyfiles import key_pem
from sync.hub.identity.kinds import Holder, Kind
from sync.link import Backoff, BrokerAddress, LinkSettings, MqttLink
from tests.integration.sync.test_mqtt_link import Ear
from tests.ports import steady_ports

_DAY = 86_400_000
GATE = Holder(Kind.DEVICE, "gate-1", "harbour")


class Certified:
    """A mosquitto whose own certificate was made `off_days` from now, and devices' certificates for it."""

    def __init__(self, folder: Path, off_days: int = 0) -> None:
        self.folder = folder
        self.now = EpochMs(int(dt.datetime.now(dt.UTC).timestamp() * 1000))  # noqa: TID251 - what OpenSSL goes by
        self.authority = open_authority(folder / "ca", EpochMs(self.now + min(0, off_days) * _DAY))
        (self.port,) = steady_ports(1)
        self.home = Home(folder / "broker")
        self.home.prepare(BrokerSettings("broker-1", "127.0.0.1", self.port, "https://hub.example"))
        self.home.chain.write_bytes(self.authority.chain_pem)
        key = ec.generate_private_key(ec.SECP256R1())
        at = EpochMs(self.now + off_days * _DAY)
        issued = self.authority.issue_server(own_request(key), Holder(Kind.BROKER, "broker-1"), at, ["127.0.0.1"])
        self.home.identity.write_bytes(key_pem(key) + issued.pem.encode())
        self.let_in()
        self._process: subprocess.Popen[bytes] | None = None

    def let_in(self, *gone: str) -> None:
        """The gate, and nobody with a certificate of these serial numbers."""
        listed = self.authority.revocations([Gone(serial, self.now) for serial in gone], self.now)
        account = {"user": "gate-1", "rights": "device", "site": "harbour"}
        self.home.take_access({"revocations": listed.decode(), "accounts": [account]})

    def start(self) -> None:
        self._process = subprocess.Popen([mosquitto(), "-c", str(self.home.configuration)], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not listens(self.port):
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def end(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)

    def pem(self) -> tuple[bytes, str]:
        """A fresh key and certificate of the gate, and the serial number."""
        key = ec.generate_private_key(ec.SECP256R1())
        issued = self.authority.issue(own_request(key), GATE, self.now, 90)
        return key_pem(key) + issued.pem.encode(), issued.serial

    def link(self, *, check_time: bool) -> tuple[MqttLink, Ear]:
        root = self.folder / "root.pem"
        root.write_bytes(self.authority.root_pem)
        address = BrokerAddress(
            "127.0.0.1", self.port, "gate-1", "", root, self.folder / "device.pem", check_time=check_time
        )
        link, ear = MqttLink(LinkSettings(address, "gate-1"), Backoff(0.05, 0.2)), Ear()
        link.subscribe("cx/1/gate-1/ack")
        link.start(ear)
        return link, ear


Make = Callable[..., Certified]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Certified] = []

    def maker(off_days: int = 0) -> Certified:
        made.append(Certified(tmp_path, off_days))
        made[-1].start()
        return made[-1]

    yield maker
    for each in made:
        each.end()


# paho leaves a socket whose handshake fails to the garbage collector, which closes it and says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("off_days", [-400, 400])
def test_a_device_speaks_whatever_its_clock_says_and_a_hub_does_not(make: Make, off_days: int) -> None:
    """Seen from a clock that is off, the broker's certificate has run out or is of the future."""
    broker = make(off_days)
    (broker.folder / "device.pem").write_bytes(broker.pem()[0])
    link, ear = broker.link(check_time=False)
    ear.wait_for("up")
    link.stop()
    link, ear = broker.link(check_time=True)
    ear.wait_for("down")
    link.stop()
    assert "is not trusted" in ear.reasons[0].what
    assert "clock" in ear.reasons[0].todo


def test_it_comes_anew_with_the_certificate_that_is_there_then(make: Make) -> None:
    """A renewed one takes over at once, and nobody is told that anything was wrong."""
    broker = make()
    first, serial = broker.pem()
    (broker.folder / "device.pem").write_bytes(first)
    link, ear = broker.link(check_time=False)
    ear.wait_for("up")
    (broker.folder / "device.pem").write_bytes(broker.pem()[0])
    link.come_anew()
    ear.wait_for("up", 2)
    assert ear.reasons == []
    # The old one is of no use any more, and nobody needs it.
    broker.let_in(serial)
    broker.end()
    broker.start()
    ear.wait_for("up", 3)
    link.stop()


def test_a_certificate_that_can_t_be_read_is_told_and_waited_for(make: Make) -> None:
    broker = make()
    link, ear = broker.link(check_time=False)
    ear.wait_for("down")
    assert "our certificate" in ear.reasons[0].what
    assert "claim the device anew" in ear.reasons[0].todo
    (broker.folder / "device.pem").write_bytes(broker.pem()[0])
    ear.wait_for("up")
    link.stop()

"""The demo's devices and the file that tells each what it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.broker.files import write_private
from deploy.demo.ports import LOOPBACK
from deploy.demo.tomltext import Table, toml_text
from deploy.demo.windows import Window

UPRIGHT, WIDE = "1080x1920", "1920x1080"
_CAMERA_FPS = 10
"""Seven apps and their cameras share one machine here."""


@dataclass(frozen=True, slots=True)
class Device:
    """One device; `reads_codes` says whether it has a camera."""

    id: str
    site: str
    role: str
    name: str
    size: str
    language: str = "fi"

    @property
    def reads_codes(self) -> bool:
        """A board looks at nobody."""
        return self.role != "board"


DEVICES = (
    Device("terminal-kiosk-1", "terminal", "kiosk", "Check-in, main hall", UPRIGHT),
    Device("terminal-gate-1", "terminal", "gate", "Ticket gate", UPRIGHT, "en"),
    Device("terminal-board-1", "terminal", "board", "Main hall", WIDE),
    Device("terminal-desk-1", "terminal", "desk", "Pre-orders", WIDE),
    Device("shop-kiosk-1", "shop", "kiosk", "Entrance", WIDE),
    Device("shop-board-1", "shop", "board", "Pickup", WIDE),
    Device("shop-desk-1", "shop", "desk", "Pickup", WIDE),
)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a device must know and nobody else."""

    site_key: str
    token: str
    broker_password: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where this run's hub and broker listen, all on loopback."""

    hub: int
    console: int
    broker: int

    @property
    def hub_url(self) -> str:
        """For devices."""
        return f"http://{LOOPBACK}:{self.hub}"

    @property
    def console_url(self) -> str:
        """For people, and for the admin API."""
        return f"http://{LOOPBACK}:{self.console}"


@dataclass(frozen=True, slots=True)
class DeviceFolder:
    """The places of one device below the demo's folder."""

    root: Path
    device: str

    @property
    def home(self) -> Path:
        """Where its file and its data lie."""
        return self.root / "devices" / self.device

    @property
    def config(self) -> Path:
        """Its file."""
        return self.home / "device.toml"

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.home / "data"

    @property
    def database(self) -> Path:
        """The SQLite file of app and agent."""
        return self.data / "opas.db"

    @property
    def camera(self) -> Path:
        """The folder that is its camera; what is dropped into `hold` below it is held up."""
        return self.home / "camera"

    @property
    def pilot(self) -> Path:
        """The file of taps that are played to it."""
        return self.home / "pilot"

    @property
    def shots(self) -> Path:
        """A picture of every screen it has shown."""
        return self.root / "shots" / self.device

    @property
    def strip(self) -> Path:
        """The codes that are shown beside its window."""
        return self.home / "strip"


@dataclass(frozen=True, slots=True)
class Showing:
    """How a device shows itself: in a window or, without one, offscreen; through a real camera or the folder."""

    window: Window | None = None
    camera: str = ""
    strip: bool = False
    shots: bool = True
    """Whether a picture of every screen is saved; it takes time that a measurement must not see."""


OFFSCREEN = Showing()


def write_device(
    device: Device, folder: DeviceFolder, addresses: Addresses, secrets: Secrets, showing: Showing
) -> Path:
    """Write the device's file, mode 0600, with all the folders that it names; returns its path."""
    for place in (folder.data, folder.shots, folder.camera / "hold"):
        place.mkdir(parents=True, exist_ok=True)
    folder.home.chmod(0o700)
    folder.pilot.touch()
    tables: dict[str, Table | list[Table]] = {
        "device": {
            "id": device.id,
            "site": device.site,
            "role": device.role,
            "data": str(folder.data),
            "site_key": secrets.site_key,
        },
        "screen": _screen(device, showing),
        "speech": {"enabled": showing.window is not None},
        "demo": _demo(folder, showing),
        "hub": {"url": addresses.hub_url, "token": secrets.token},
        "broker": {"host": LOOPBACK, "port": addresses.broker, "password": secrets.broker_password},
        "sources": _sources(device, folder, showing),
    }
    text = toml_text(tables)
    # A board looks at nobody; an empty array says so, where none at all would mean a camera.
    write_private(folder.config, text if device.reads_codes else f"sources = []\n{text}")
    return folder.config


def environment(showing: Showing) -> Mapping[str, str]:
    """What is laid over the environment of the device's app: one without a window draws offscreen, display or not."""
    return {} if showing.window is not None else {"SDL_VIDEODRIVER": "offscreen", "SDL_AUDIODRIVER": "dummy"}


def _screen(device: Device, showing: Showing) -> Table:
    table: dict[str, str | int | bool] = {"language": device.language, "fullscreen": False, "size": device.size}
    if showing.window is not None:
        table |= {"size": showing.window.size, "position": showing.window.position}
    return table


def _demo(folder: DeviceFolder, showing: Showing) -> Table:
    table = {"pilot": str(folder.pilot)}
    if showing.shots:
        table["shots"] = str(folder.shots)
    if showing.strip:
        table["strip"] = str(folder.strip)
    return table


def _sources(device: Device, folder: DeviceFolder, showing: Showing) -> list[Table]:
    if not device.reads_codes:
        return []
    if showing.camera:
        return [{"kind": "camera", "device": showing.camera}, {"kind": "keys"}]
    staged: Table = {"kind": "files", "folder": str(folder.camera), "stage": True, "fps": _CAMERA_FPS}
    return [staged, {"kind": "keys"}]

"""What a device's file says of its cameras and scanners, for `opas scan`: the app reads the whole file, this only that."""

import tomllib
from pathlib import Path

import msgspec

from kiosk.errors import ConfigurationError
from kiosk.model.nearest import nearest_word
from kiosk.model.source import DEFAULT_SOURCES, ScanningConfig, SourceConfig


class Site(msgspec.Struct, frozen=True):
    """The tables `[[sources]]` and `[scanning]`; the others are not this command's business."""

    sources: tuple[SourceConfig, ...] = DEFAULT_SOURCES
    scanning: ScanningConfig = ScanningConfig()


def read_site(path: Path) -> Site:
    """The file's sources and symbologies. Raises `ConfigurationError`."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(tables, Site, strict=False)
    except OSError as error:
        todo = "Name the device's file, and run this as the user who runs the app."
        raise ConfigurationError(f"{path}: can't be read ({error.strerror}).", todo) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: is not TOML ({error}).", "Correct the line it names.") from error
    except msgspec.ValidationError as error:
        todo = f"Correct that value; deploy/device.toml shows every one. {nearest_word(error, Site)}".rstrip()
        raise ConfigurationError(f"{path}: {error}", todo) from error

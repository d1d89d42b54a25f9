"""The files by which a device knows who it is, in the folder `identity` below its data: the agent writes, the app reads.

`device.pem` key and certificate in force, `ca.pem` the authority it trusts, `settings.json` what the hub granted,
`request.json` the claim under way, `next.pem` the renewal under way, `notice.json` what the screen is to tell. Each is
written whole, durable and for this user only; killed at any moment, the next start goes on with what is there.
"""

import contextlib
import os
from pathlib import Path
from typing import TypeVar

import msgspec

from kiosk.errors import StoreError
from kiosk.model.identity import FOLDER, NOTICE_FILE, SETTINGS_FILE, Granted, Notice
from kiosk.store.faults import unusable

_NOBODY_ELSE = 0o600
_NOBODY_ELSE_FOLDER = 0o700
_Kept = TypeVar("_Kept", bound=msgspec.Struct)


class Request(msgspec.Struct, frozen=True):
    """A claim under way: the private key (PEM) and the nonce (hex)."""

    key: str
    nonce: str


class IdentityFiles:
    """The files of one device. Every method that writes raises `StoreError`."""

    def __init__(self, data: Path) -> None:
        """`data` is the device's data folder."""
        self.folder = data / FOLDER
        self.certificate = self.folder / "device.pem"
        self.trusted = self.folder / "ca.pem"
        self.next = self.folder / "next.pem"
        self._settings = self.folder / SETTINGS_FILE
        self._request = self.folder / "request.json"
        self._notice = self.folder / NOTICE_FILE

    def granted(self) -> Granted | None:
        """What the hub granted, None before."""
        return _kept(self._settings, Granted)

    def put_granted(self, granted: Granted) -> None:
        """Remember what the hub granted."""
        self.write(self._settings, msgspec.json.encode(granted))

    def request(self) -> Request | None:
        """The claim under way."""
        return _kept(self._request, Request)

    def put_request(self, request: Request) -> None:
        """Remember the claim under way."""
        self.write(self._request, msgspec.json.encode(request))

    def drop_request(self) -> None:
        """The claim is over."""
        self.remove(self._request)

    def notice(self) -> Notice | None:
        """What the screen is to tell, None for nothing."""
        return _kept(self._notice, Notice)

    def put_notice(self, notice: Notice) -> None:
        """Have the screen tell something."""
        if self.notice() != notice:
            self.write(self._notice, msgspec.json.encode(notice))

    def drop_notice(self) -> None:
        """There is nothing to tell."""
        self.remove(self._notice)

    def read(self, path: Path) -> bytes | None:
        """The content of one of the files, None when it is not there."""
        with contextlib.suppress(OSError):
            return path.read_bytes()
        return None

    def write(self, path: Path, content: bytes) -> None:
        """Write one of the files in one move, for this user only; durable when this returns."""
        draft = path.with_name(f".{path.name}.new")
        try:
            self.folder.mkdir(mode=_NOBODY_ELSE_FOLDER, parents=True, exist_ok=True)
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _NOBODY_ELSE), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            self._make_durable()
        except OSError as error:
            raise unusable(path, error) from error

    def promote(self) -> None:
        """Let the renewed certificate take the place of the old one, in one move."""
        try:
            self.next.replace(self.certificate)
            self._make_durable()
        except OSError as error:
            raise unusable(self.certificate, error) from error

    def remove(self, path: Path) -> None:
        """Remove one of the files, there or not."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise unusable(path, error) from error

    def _make_durable(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _kept(path: Path, kind: type[_Kept]) -> _Kept | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unusable(path, error) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        todo = f"Remove {path} and claim the device anew; its data stay."
        raise StoreError(f"{path}: is damaged.", todo) from error

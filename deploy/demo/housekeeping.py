"""The demo's folder: one demo at a time in it, and every run starts from an empty one."""

import fcntl
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.errors import DeployError


class DemoFolder:
    """Holds `folder` for one demo. Raises `DeployError` when another demo has it, or when it can't be written."""

    def __init__(self, folder: Path) -> None:
        self.path = folder.resolve()
        # Beside the folder, because what is in it goes; and it stays, or two demos could each lock a file of that name.
        self._lock = self.path.with_name(f"{self.path.name}.lock")
        self._handle: int | None = None

    def __enter__(self) -> Self:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._empty()
        except BlockingIOError as error:
            self._let_go()
            raise DeployError(f"Another demo runs in {self.path}.", "End it first (Ctrl-C there).") from error
        except OSError as error:
            self._let_go()
            raise DeployError(
                f"{self.path} can't be written ({error.strerror}).",
                f"Give this user the right to write to {self.path}.",
            ) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._let_go()

    def _empty(self) -> None:
        if self.path.exists():
            shutil.rmtree(self.path)
        self.path.mkdir(mode=0o755)

    def _let_go(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

"""A camera's controls as the kernel keeps them, asked by the kernel's own structs."""

import errno
import os
from dataclasses import dataclass, field

from kiosk.scanning import v4l2


@dataclass
class FakeControls:
    """`have` gives, by control, the least, the most and the step that it takes; `refuses` those that can't be set now."""

    have: dict[int, tuple[int, int, int]]
    now: dict[int, int] = field(default_factory=dict)
    refuses: frozenset[int] = frozenset()
    flags: dict[int, int] = field(default_factory=dict)

    def __call__(self, request: int, data: bytes) -> bytes:
        if request == v4l2.QUERY:
            control = v4l2.QUERY_STRUCT.unpack(data)[0]
            least, most, step = self._limits(control)
            return v4l2.QUERY_STRUCT.pack(control, 1, b"a control", least, most, step, 0, self.flags.get(control, 0))
        control, value = v4l2.CONTROL_STRUCT.unpack(data)
        least, most, _ = self._limits(control)
        if request == v4l2.SET:
            if control in self.refuses:
                raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
            self.now[control] = min(max(value, least), most)
        return v4l2.CONTROL_STRUCT.pack(control, self.now.get(control, least))

    def _limits(self, control: int) -> tuple[int, int, int]:
        if control not in self.have:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return self.have[control]

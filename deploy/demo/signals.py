"""What ends the demo from outside: Ctrl-C, a polite kill, a closed terminal. All three end it the same orderly way."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ending_on_signals(say: Callable[[str], None]) -> Iterator[None]:
    """Raise `KeyboardInterrupt` in the main thread at the first signal; a second one does not disturb the ending."""

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        for each in _ENDINGS:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, end) for each in _ENDINGS}
    try:
        yield
    except KeyboardInterrupt:
        say("Ended; nothing is left running.")
        raise
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)

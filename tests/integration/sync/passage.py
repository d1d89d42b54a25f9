"""A way through the network that can be cut: whoever connects here is passed on to a port of this machine."""

import contextlib
import socket
import threading

_PIECE = 65_536


class Passage:
    """Always on one port. What it does when it is cut looks as in a real network: nobody there, or no answer ever."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._open = threading.Event()
        self._open.set()
        self._refusing = False
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """Who is connected is thrown out, and so is whoever comes."""
        with self._changed:
            self._refusing = True
            for pair in self._pairs:
                _end(*pair)

    def swallow(self) -> None:
        """Connections stand, and nothing comes through any more."""
        self._open.clear()

    def heal(self) -> None:
        self._refusing = False
        self._open.set()

    def close(self) -> None:
        self.cut()
        self._open.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._listening.close()
        with self._changed:
            assert self._changed.wait_for(lambda: not self._pairs, 10)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                threading.Thread(target=self._pass_on, args=(near,), daemon=True).start()

    def _pass_on(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._to), 5) as far:
            far.settimeout(None)
            pair = (near, far)
            with self._changed:
                if self._refusing:
                    return
                self._pairs.add(pair)
            back = threading.Thread(target=self._pump, args=(far, near), daemon=True)
            back.start()
            self._pump(near, far)
            back.join()
            with self._changed:
                self._pairs.discard(pair)
                self._changed.notify_all()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(_PIECE):
                self._open.wait()
                sink.sendall(piece)
        _end(source, sink)


def _end(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)

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
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def cut(self) -> None:
        """Who is connected is thrown out, and so is whoever comes."""
        self._refusing = True
        self._hang_up()

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
        for thread in self._threads:
            thread.join(10)
        self._listening.close()
        for pair in self._pairs:
            for end in pair:
                end.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                self._pass_on(near)

    def _pass_on(self, near: socket.socket) -> None:
        if self._refusing:
            near.close()
            return
        try:
            far = socket.create_connection(("127.0.0.1", self._to), 5)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        with self._lock:
            self._pairs.append((near, far))
        for ends in ((near, far), (far, near)):
            thread = threading.Thread(target=self._pump, args=ends, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(_PIECE):
                self._open.wait()
                sink.sendall(piece)
        _end(source, sink)

    def _hang_up(self) -> None:
        with self._lock:
            for pair in self._pairs:
                _end(*pair)


def _end(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)

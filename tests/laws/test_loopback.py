"""Tests, and what they start, stay on this machine."""

import os
import socket
import subprocess
import sys

import pytest

from tests.laws.loopback.sitecustomize import LeftTheMachine, is_local

# 192.0.2.0/24 and 2001:db8::/32 are set aside for documentation: nobody answers there.
_ELSEWHERE = "192.0.2.1"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "localhost", "", None, "0.0.0.0", b"127.0.0.1"])  # noqa: S104 - not bound
def test_this_machine_is_local(host: object) -> None:
    """Every way to write this machine is let through."""
    assert is_local(host)


@pytest.mark.parametrize("host", [_ELSEWHERE, "2001:db8::1", "example.test", "10.0.0.1", b"192.0.2.1", 7])
def test_another_machine_is_not(host: object) -> None:
    """Private networks, names and numbers are all elsewhere."""
    assert not is_local(host)


def test_a_connection_to_another_machine_is_refused() -> None:
    """It is refused before the first packet, not after a time-out."""
    with pytest.raises(LeftTheMachine, match=_ELSEWHERE), socket.socket() as plug:
        plug.connect((_ELSEWHERE, 9))


def test_a_datagram_to_another_machine_is_refused() -> None:
    """UDP needs no connection and is refused just so."""
    with pytest.raises(LeftTheMachine, match=_ELSEWHERE), socket.socket(type=socket.SOCK_DGRAM) as plug:
        plug.sendto(b"hello", (_ELSEWHERE, 9))


def test_a_connection_to_this_machine_is_let_through() -> None:
    """The broker and the hub of a test are on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as plug:
        assert plug.getpeername() == server.getsockname()


def test_processes_started_by_a_test_are_held_too() -> None:
    """A child process that inherits the environment refuses as well."""
    program = f"import socket; socket.create_connection(('{_ELSEWHERE}', 9), timeout=1)"
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=os.environ)
    assert child.returncode != 0
    assert "LeftTheMachine" in child.stderr

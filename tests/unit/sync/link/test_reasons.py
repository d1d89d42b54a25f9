"""Every way of having no link is told with an address and something to do."""

import socket
import ssl

import pytest

from sync.link import BrokerAddress, LinkSettings
from sync.link.reasons import ended, refused, unreachable

BROKER = BrokerAddress("broker.example", 8883, "desk-1", "s3cret")


def untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (refused(BROKER, 0x86, "Bad user name or password"), 'refuses user "desk-1" or the password'),
        (refused(BROKER, 0x87, "Not authorized"), 'refuses user "desk-1" or the password'),
        (refused(BROKER, 0x89, "Server busy"), "is too busy"),
        (refused(BROKER, 0x8A, "Banned"), "refuses the connection (Banned)"),
        (ended(BROKER, 0x8E, "Session taken over"), "taken our place"),
        (ended(BROKER, 0x8B, "Server shutting down"), "is shutting down"),
        (ended(BROKER, 0x80, "Unspecified error"), "has ended (Unspecified error)"),
        (unreachable(BROKER, untrusted()), "is not trusted (self-signed certificate)"),
        (unreachable(BROKER, ssl.SSLError(1, "wrong version number")), "does not speak TLS as we do"),
        (unreachable(BROKER, socket.gaierror(-2, "x")), "the name is not known"),
        (unreachable(BROKER, ConnectionRefusedError()), "nothing listens there"),
        (unreachable(BROKER, TimeoutError()), "does not answer"),
        (unreachable(BROKER, OSError(101, "Network is unreachable")), "Network is unreachable"),
    ],
)
def test_each_reason(error: Exception, words: str) -> None:
    """Never with the password."""
    assert words in str(error)
    assert "broker.example:8883" in str(error)
    assert "What to do:" in str(error)
    assert "s3cret" not in str(error)


@pytest.mark.parametrize(
    ("host", "retry_max_s", "longest"),
    [("127.0.0.1", None, 2), ("::1", None, 2), ("localhost", None, 2), ("10.0.0.1", None, 30), ("broker", 7, 7)],
)
def test_a_broker_on_this_machine_is_asked_again_soon(host: str, retry_max_s: float | None, longest: float) -> None:
    """No fleet can stampede there."""
    settings = LinkSettings(BrokerAddress(host, 1883, "u", "p"), "u", retry_max_s=retry_max_s)
    assert settings.longest_retry_s == longest

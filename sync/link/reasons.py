"""Why there is no link, in words that say what to do; the codes are those of MQTT 5, section 2.4."""

import socket
import ssl

from kiosk.errors import LinkError
from sync.link.settings import BrokerAddress

_BAD_USER = 0x86
_NOT_AUTHORIZED = 0x87
_SERVER_BUSY = 0x89
_SHUTTING_DOWN = 0x8B
_TAKEN_OVER = 0x8E
_WAIT = "Nothing to do here: it is tried again. If this lasts, look at the broker's log."


def refused(broker: BrokerAddress, code: int, name: str) -> LinkError:
    """The broker answered our CONNECT with a reason."""
    if code in {_BAD_USER, _NOT_AUTHORIZED}:
        return LinkError(
            f'Broker {broker}: refuses user "{broker.user}" or the password.',
            "Copy the password that was given to this user into [broker] password; the user equals the device's id.",
        )
    if code == _SERVER_BUSY:
        return LinkError(f"Broker {broker}: is too busy.", _WAIT)
    return LinkError(f"Broker {broker}: refuses the connection ({name}).", _WAIT)


def ended(broker: BrokerAddress, code: int, name: str) -> LinkError:
    """A connection that was up has ended."""
    if code == _TAKEN_OVER:
        return LinkError(
            f'Broker {broker}: another client of the name "{broker.user}" has connected and taken our place.',
            "Find the second device with this id, a cloned card perhaps, and give it an id of its own.",
        )
    if code == _SHUTTING_DOWN:
        return LinkError(f"Broker {broker}: is shutting down.", _WAIT)
    # Not every broker says so when it throws a client out for another one of its name.
    return LinkError(
        f"Broker {broker}: the connection has ended ({name}).",
        "Nothing to do here: it is tried again. If it ends again and again, look for a second client of the name "
        f'"{broker.user}", a cloned card perhaps, and then at the broker\'s log.',
    )


def no_identity(broker: BrokerAddress, error: OSError) -> LinkError:
    """Our own certificate can't be shown."""
    return LinkError(
        f"{broker.identity}: our certificate for broker {broker} can't be read ({error}).",
        "Give this user read access to it; if it is damaged, remove it and claim the device anew.",
    )


def unreachable(broker: BrokerAddress, error: OSError | ValueError) -> LinkError:
    """No connection came about at all."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return LinkError(
            f"Broker {broker}: its certificate is not trusted ({error.verify_message}).",
            "Name the file of the authority that signed it in [broker] tls_ca, and check this device's clock.",
        )
    if isinstance(error, ssl.SSLError):
        return LinkError(f"Broker {broker}: does not speak TLS as we do ({error}).", "Correct [broker] port or tls_ca.")
    if isinstance(error, socket.gaierror):
        return LinkError(f"Broker {broker}: the name is not known.", "Correct [broker] host, or check the name server.")
    if isinstance(error, ConnectionRefusedError):
        return LinkError(
            f"Broker {broker}: nothing listens there.", "Start the broker, or correct [broker] host and port."
        )
    if isinstance(error, TimeoutError):
        return LinkError(
            f"Broker {broker}: does not answer.", "Check the network and firewalls between here and there."
        )
    return LinkError(f"Broker {broker}: can't be reached ({error}).", "Check this device's network connection.")

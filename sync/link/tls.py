"""TLS towards the broker and the hub: whom we trust, and how we show who we are.

A device need not know what time it is: after a power cut many a small computer believes that it is 1970. Whom it trusts
is an authority of its own fleet, so with a certificate of that authority it leaves the time out and asks for the rest.
Whether a device's own certificate has run out is for the other end to judge, by a clock that somebody looks after.
"""

import ssl
from pathlib import Path

_NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME, which Python's `ssl` does not name."""


def client_context(trusted: Path, identity: Path | None = None, *, check_time: bool = True) -> ssl.SSLContext:
    """A context that trusts the PEM certificates in `trusted` and shows the key and certificate in `identity`.

    Raises `OSError` (which `ssl.SSLError` is) when one of them can't be read.
    """
    context = ssl.create_default_context(cafile=str(trusted))
    if identity is not None:
        context.load_cert_chain(identity)
    if not check_time:
        context.verify_flags |= _NO_CHECK_TIME
    return context

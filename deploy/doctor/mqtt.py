"""One MQTT 5 greeting: CONNECT, CONNACK, DISCONNECT. Enough to know whether a broker is there and lets a user in."""

import secrets
import socket
import ssl
import struct
from dataclasses import dataclass

ACCEPTED = 0
_CONNECT, _CONNACK = 0x10, 0x20
_DISCONNECT = bytes((0xE0, 0x00))
_MQTT_5 = 5
_USER_PASSWORD_CLEAN = 0x80 | 0x40 | 0x02
_KEEP_ALIVE_S = 10
_HIGH_BIT = 0x80


@dataclass(frozen=True, slots=True)
class Address:
    """Where a broker is; with `ca_file` it is spoken to through TLS."""

    host: str
    port: int
    ca_file: str = ""


def greet(address: Address, user: str, password: str, timeout_s: float) -> int:
    """The reason code of the broker's answer. Raises `OSError` when nothing answers, or nothing that is a broker.

    The client id is our own: the device's would throw its agent out.
    """
    with socket.create_connection((address.host, address.port), timeout=timeout_s) as plain:
        if not address.ca_file:
            return _greet(plain, user, password)
        context = ssl.create_default_context(cafile=address.ca_file)
        with context.wrap_socket(plain, server_hostname=address.host) as secure:
            return _greet(secure, user, password)


def _greet(line: socket.socket, user: str, password: str) -> int:
    line.sendall(_connect_packet(user, password))
    head = line.recv(4)
    # MQTT 5, 3.2: fixed header (type, length), acknowledge flags, reason code.
    if len(head) < len(b"TLFR") or head[0] != _CONNACK:
        raise ConnectionError("that is no MQTT 5 broker")
    if head[3] == ACCEPTED:
        line.sendall(_DISCONNECT)
    return head[3]


def _connect_packet(user: str, password: str) -> bytes:
    # MQTT 5, 3.1: protocol name and level, flags, keep alive, no properties; then the payload.
    header = _text("MQTT") + bytes((_MQTT_5, _USER_PASSWORD_CLEAN)) + struct.pack(">HB", _KEEP_ALIVE_S, 0)
    body = header + _text(f"opas-doctor-{secrets.token_hex(4)}") + _text(user) + _text(password)
    return bytes((_CONNECT,)) + _length(len(body)) + body


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack(">H", len(data)) + data


def _length(value: int) -> bytes:
    # MQTT 5, 1.5.5: seven bits a byte, the lowest first.
    out = bytearray()
    while True:
        value, low = divmod(value, _HIGH_BIT)
        out.append(low | (_HIGH_BIT if value else 0))
        if not value:
            return bytes(out)

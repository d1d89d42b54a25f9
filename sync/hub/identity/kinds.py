"""What a certificate of this fleet says about its holder, and how that is written into it and read back.

The common name is what a broker takes as the user. The role of the holder stands in URIs of its own, so that a broker's
certificate can never pass for a device's, whatever its name.
"""

from enum import StrEnum

import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID

_SITE = "opas:site/"
_KIND = "opas:kind/"


class Kind(StrEnum):
    """What the holder of a certificate is."""

    DEVICE = "device"
    BROKER = "broker"
    HUB = "hub"


class Holder(msgspec.Struct, frozen=True):
    """Whom a certificate names. `site` is a device's, or that of a site's own broker; else empty."""

    kind: Kind
    name: str
    site: str = ""

    def uris(self) -> list[x509.UniformResourceIdentifier]:
        """The alternative names that say so."""
        texts = [f"{_KIND}{self.kind}", *([f"{_SITE}{self.site}"] if self.site else [])]
        return [x509.UniformResourceIdentifier(text) for text in texts]


class Peer(msgspec.Struct, frozen=True):
    """Who has shown a certificate of ours. `serial` is hex."""

    holder: Holder
    serial: str


def peer_of(certificate: x509.Certificate) -> Peer | None:
    """Whom a certificate of ours names, None when it says nothing that we would have written."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    try:
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        uris = alternative.get_values_for_type(x509.UniformResourceIdentifier)
        kinds = [Kind(uri.removeprefix(_KIND)) for uri in uris if uri.startswith(_KIND)]
    except (x509.ExtensionNotFound, ValueError):
        return None
    sites = [uri.removeprefix(_SITE) for uri in uris if uri.startswith(_SITE)]
    if len(names) != 1 or len(kinds) != 1 or len(sites) > 1:
        return None
    return Peer(Holder(kinds[0], str(names[0].value), sites[0] if sites else ""), serial_of(certificate))


def serial_of(certificate: x509.Certificate) -> str:
    """The serial number as it is stored."""
    return f"{certificate.serial_number:x}"

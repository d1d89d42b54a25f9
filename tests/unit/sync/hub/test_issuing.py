"""Signed codes and sealed names."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.model.ids import EpochMs, SubjectId
from kiosk.model.opascode import TEXT_LENGTH, CodeKind, OpasCode, signed_part, unpack
from sync.hub.errors import DataError
from sync.hub.issuing import open_issuer
from sync.hub.names import Names, shown_name
from tests.fakes.clock import NOON


def test_a_code_bears_the_signature_of_the_published_key(tmp_path: Path) -> None:
    """A device needs nothing else to trust it, also after the hub's restart."""
    issuer = open_issuer(tmp_path, NOON)
    code = OpasCode(CodeKind.TICKET, issuer.key_id, "00000000000000aa", EpochMs(1000), EpochMs(2000), 7)
    payload = issuer.sign(code)
    unpacked, signature = unpack(payload)
    assert unpacked == code
    assert len(payload) == TEXT_LENGTH
    Ed25519PublicKey.from_public_bytes(issuer.public[0].public).verify(signature, signed_part(code))
    again = open_issuer(tmp_path, NOON)
    assert again.public == issuer.public
    assert again.sign(code) == payload


def test_the_key_is_valid_a_little_before_it_was_made(tmp_path: Path) -> None:
    """A device's clock may be slow."""
    assert open_issuer(tmp_path, NOON).public[0].valid_from < NOON


def test_the_newest_key_signs_and_the_older_stay_public(tmp_path: Path) -> None:
    """What they signed stays good."""
    open_issuer(tmp_path, NOON)
    first = (tmp_path / "issuer-1.json").read_text()
    (tmp_path / "issuer-2.json").write_text(first.replace('"id":1', '"id":2'))
    (tmp_path / "issuer-2.json").chmod(0o600)
    issuer = open_issuer(tmp_path, NOON)
    assert issuer.key_id == 2
    assert [key.id for key in issuer.public] == ["1", "2"]


def test_only_the_hubs_user_can_read_the_key(tmp_path: Path) -> None:
    """A file that others can read is refused, with what to do."""
    open_issuer(tmp_path, NOON)
    path = tmp_path / "issuer-1.json"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(DataError, match="read by others") as caught:
        open_issuer(tmp_path, NOON)
    assert "chmod 600" in caught.value.todo


@pytest.mark.parametrize("content", ["", "{}", '{"id":1,"private":"AAAA","made_at":1}'])
def test_a_broken_key_file_is_named_and_kept(tmp_path: Path, content: str) -> None:
    """A new key in its place would orphan every printed code."""
    path = tmp_path / "issuer-1.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(DataError, match="no signing key"):
        open_issuer(tmp_path, NOON)
    assert path.read_text() == content


def test_a_key_under_another_number_is_refused(tmp_path: Path) -> None:
    """Its number is part of what was signed."""
    open_issuer(tmp_path, NOON)
    (tmp_path / "issuer-1.json").rename(tmp_path / "issuer-3.json")
    with pytest.raises(DataError, match="holds key 1"):
        open_issuer(tmp_path, NOON)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Anna Maria Korhonen", "Anna K."),
        ("Anna K.", "Anna K."),
        ("Õie  õunapuu", "Õie Õ."),
        ("Cher", "Cher"),
        ("  ", ""),
        ("", ""),
    ],
)
def test_a_name_is_cut_to_what_a_screen_shows(name: str, shown: str) -> None:
    """More is never stored; cutting twice changes nothing."""
    assert shown_name(name) == shown
    assert shown_name(shown) == shown


def test_a_sealed_name_opens_for_its_subject_and_site_only() -> None:
    """And looks different each time."""
    names, person = Names(b"k" * 32), SubjectId("aa")
    sealed = names.seal(person, "Anna K.")
    assert b"Anna" not in sealed
    assert names.open(person, sealed) == "Anna K."
    assert names.open(SubjectId("bb"), sealed) is None
    assert Names(b"x" * 32).open(person, sealed) is None
    assert names.open(person, b"short") is None
    assert names.seal(person, "Anna K.") != sealed
    assert (names.seal(person, ""), names.open(person, b"")) == (b"", "")

"""A fresh card's way in, step by step, with a hub that says what the test wants."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from kiosk.errors import ConfigurationError, LinkError
from kiosk.model.identity import Fingerprint, Standing, claim_code
from kiosk.model.ids import DeviceId, SiteId
from kiosk.store.identity import IdentityFiles
from sync.agent.identity.asking import Expired, Removed
from sync.agent.identity.enrolling import Card, Enrolling, trust
from sync.agent.identity.keys import public_der
from sync.hub.identity.authority import key_of, open_authority, read_request
from sync.hub.identity.kinds import Holder, Kind
from sync.wire.enrolment import Enrol, Enrolled, EnrolState, Identity
from tests.fakes.clock import NOON

Says = Callable[[Enrol], Enrolled]


class Asked(NamedTuple):
    """What came with one question."""

    csr: str
    nonce: str
    was: str


class FakeHub:
    """Answers each question with the next of `answers`, and the last one again and again."""

    def __init__(self, folder: Path) -> None:
        self.root = open_authority(folder, NOON)
        self.asked: list[Asked] = []
        self.answers: list[Says | LinkError] = []
        self.trouble: LinkError | None = None

    def authority(self, pin: str) -> bytes:
        if pin != self.root.pin:
            raise LinkError("not the hub", "compare")
        return self.root.root_pem

    def enrol(self, form: Enrol) -> Enrolled:
        self.asked.append(Asked(form.csr, form.nonce, form.was))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, LinkError):
            raise answer
        return answer(form)

    def identity(self, certificate: Path) -> Identity:
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise trouble
        return Identity(
            DeviceId("gate-1"), SiteId("harbour"), "gate", "Gate", "key", "broker", 8883, Fingerprint("ab"), NOON, NOON, NOON
        )  # fmt: skip

    def claimed(self, form: Enrol) -> Enrolled:
        holder = Holder(Kind.DEVICE, "gate-1", "harbour")
        return Enrolled(EnrolState.CLAIMED, certificate=self.root.issue(read_request(form.csr), holder, NOON, 90).pem)


def waiting(_: Enrol) -> Enrolled:
    return Enrolled(EnrolState.WAITING, 900, 3)


def expired(_: Enrol) -> Enrolled:
    return Enrolled(EnrolState.EXPIRED)


def contested(_: Enrol) -> Enrolled:
    return Enrolled(EnrolState.CONTESTED)


class Way:
    """One card's files, hub and waits."""

    def __init__(self, folder: Path) -> None:
        self.hub = FakeHub(folder / "ca")
        self.files = IdentityFiles(folder / "data")
        self.waits: list[float] = []
        self.most = 20

    def go(self, **card: str | Standing) -> bool:
        """Whether it is in, after `most` waits at the latest."""

        def wait(seconds: float) -> bool:
            self.waits.append(seconds)
            return len(self.waits) < self.most

        made = Card("https://hub.example", pin=self.hub.root.pin, **card)  # type: ignore[arg-type] # the test's own words
        return Enrolling(self.files, made, wait, self.hub).run() is not None


@pytest.fixture
def way(tmp_path: Path) -> Way:
    return Way(tmp_path)


def test_it_asks_with_one_key_and_code_until_it_is_in(way: Way) -> None:
    """The code on the screen is the one that the hub computes from what it got."""
    way.hub.answers = [waiting, waiting, way.hub.claimed]
    assert way.go()
    assert len({(public_of(ask.csr), ask.nonce) for ask in way.hub.asked}) == 1
    granted = way.files.granted()
    assert granted is not None
    assert (granted.device, granted.broker_port) == ("gate-1", 8883)
    assert way.files.request() is None
    assert way.files.notice() is None
    assert way.waits[:2] == [3.0, 3.0]


def test_the_code_on_the_screen_is_that_of_its_key(way: Way) -> None:
    way.hub.answers = [waiting]
    way.most = 2
    assert not way.go(was="gate-7", standing=Standing.REMOVED)
    request, notice = way.files.request(), way.files.notice()
    assert request is not None
    assert notice is not None
    assert notice.code == claim_code(public_der(request.key), bytes.fromhex(request.nonce))
    assert notice.standing is Standing.REMOVED
    assert {ask.was for ask in way.hub.asked} == {"gate-7"}


def test_a_code_that_ran_out_is_replaced_under_the_same_key_and_a_contested_one_under_another(way: Way) -> None:
    way.hub.answers = [waiting, expired, waiting]
    way.most = 3
    way.go()
    keys = {public_of(ask.csr) for ask in way.hub.asked}
    nonces = [ask.nonce for ask in way.hub.asked]
    assert (len(keys), len(set(nonces))) == (1, 2)
    way.hub.answers = [contested, waiting]
    way.waits.clear()
    way.go()
    assert len({public_of(ask.csr) for ask in way.hub.asked}) == 2


@pytest.mark.parametrize("trouble", [Removed("out", "claim"), Expired("late", "claim")])
def test_one_that_was_turned_out_before_it_was_in_begins_again(way: Way, trouble: LinkError) -> None:
    way.hub.answers = [way.hub.claimed]
    way.hub.trouble = trouble
    assert way.go()
    assert len({public_of(ask.csr) for ask in way.hub.asked}) == 2


def test_trouble_is_shown_with_what_to_do_and_tried_again(way: Way) -> None:
    """Later and later, and never all devices at once."""
    way.hub.answers = [LinkError("Hub: can't be reached.", "Start it.")]
    assert not way.go()
    notice = way.files.notice()
    assert notice is not None
    assert (notice.problem, notice.todo, notice.code) == ("Hub: can't be reached.", "Start it.", "")
    assert max(way.waits) <= 30
    assert len(set(way.waits)) > 10


def test_a_certificate_of_another_authority_is_not_written_down(way: Way, tmp_path: Path) -> None:
    other = FakeHub(tmp_path / "other")
    way.hub.answers = [other.claimed]
    assert not way.go()
    assert way.files.read(way.files.certificate) is None


class TestTrust:
    def test_a_file_on_the_card_is_taken_as_it_is(self, way: Way, tmp_path: Path) -> None:
        file = tmp_path / "hub-ca.pem"
        file.write_bytes(way.hub.root.root_pem)
        trust(way.files, way.hub, Card("https://hub.example", trusted=str(file)))
        assert way.files.read(way.files.trusted) == way.hub.root.root_pem
        with pytest.raises(ConfigurationError, match="can't be read"):
            trust(way.files, way.hub, Card("https://hub.example", trusted=str(tmp_path / "none")))

    def test_a_fingerprint_may_be_written_as_people_write_them(self, way: Way) -> None:
        """With colons, blanks and capitals; another one than before is fetched anew, damage too."""
        pin = ":".join(way.hub.root.pin[at : at + 2] for at in range(0, 64, 2)).upper()
        trust(way.files, way.hub, Card("https://hub.example", pin=pin))
        assert way.files.read(way.files.trusted) == way.hub.root.root_pem
        way.files.write(way.files.trusted, b"damaged")
        trust(way.files, way.hub, Card("https://hub.example", pin=pin))
        assert way.files.read(way.files.trusted) == way.hub.root.root_pem
        with pytest.raises(LinkError):
            trust(way.files, way.hub, Card("https://hub.example", pin="ab" * 32))

    def test_a_card_that_says_neither_is_refused(self, way: Way) -> None:
        """The first answer is not believed for being the first."""
        with pytest.raises(ConfigurationError, match="which hub to trust"):
            trust(way.files, way.hub, Card("https://hub.example"))


def public_of(csr: str) -> bytes:
    return key_of(read_request(csr))

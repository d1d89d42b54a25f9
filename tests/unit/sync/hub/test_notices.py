"""Who is told when."""

import threading

import pytest

from kiosk.model.ids import DeviceId, EpochMs, PackVersion, SiteId
from sync.hub.notices import Notifier
from sync.hub.store.rows import StoredPack
from sync.wire import topics
from sync.wire.codec import decode
from sync.wire.messages import Notice
from tests.unit.sync.hub.world import DESK, GATE, OTHER_SITE, SECOND_GATE, SITE, World


class Post:
    """Collects notices by device."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Notice]] = []
        self._changed = threading.Condition()

    def publish(self, topic: str, payload: bytes) -> None:
        with self._changed:
            self.sent.append((topic, decode(payload, Notice)))
            self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.sent) >= count, 5)


@pytest.fixture
def post() -> Post:
    return Post()


def started(world: World, post: Post, heartbeat_s: float = 60.0) -> Notifier:
    notifier = Notifier(world.store, world.clock, post.publish, heartbeat_s)
    notifier.start()
    return notifier


def test_a_change_is_told_to_the_devices_of_its_site_once(world: World, post: Post) -> None:
    """Changes that come close together make one notice, with the site's version and pack."""
    with world.store.writing() as writing:
        writing.put_pack(StoredPack(SITE, PackVersion("p2"), "", b""), EpochMs(1))
        site = writing.site(SITE)
    assert site is not None
    notifier = Notifier(world.store, world.clock, post.publish, 60.0)
    for _ in range(5):
        notifier.changed({SITE})
    notifier.start()
    post.wait_for(2)
    notifier.stop()
    expected = Notice(site.version, PackVersion("p2"), world.clock.now().wall_ms, notifier.run)
    assert post.sent == [(topics.down(GATE), expected), (topics.down(SECOND_GATE), expected)]


def test_a_device_that_comes_is_greeted_alone(world: World, post: Post) -> None:
    """Its neighbours have nothing to fetch."""
    notifier = started(world, post)
    notifier.greet(OTHER_SITE, DESK)
    post.wait_for(1)
    notifier.stop()
    assert [topic for topic, _ in post.sent] == [topics.down(DESK)]


def test_everyone_is_told_regularly(world: World, post: Post) -> None:
    """So that a lost notice costs one heartbeat, and devices know that the hub is there."""
    notifier = started(world, post, 0.05)
    post.wait_for(6)
    notifier.stop()
    assert {topic for topic, _ in post.sent} == {topics.down(device) for device in (GATE, SECOND_GATE, DESK)}


def test_a_site_without_devices_is_no_trouble(world: World, post: Post) -> None:
    """Its first import comes before its first device."""
    notifier = started(world, post)
    notifier.changed({SiteId("empty")})
    notifier.greet(OTHER_SITE, DeviceId(DESK))
    post.wait_for(1)
    notifier.stop()
    assert [topic for topic, _ in post.sent] == [topics.down(DESK)]


def test_everyone_is_told_at_once_when_the_hub_is_back_at_the_broker(world: World, post: Post) -> None:
    notifier = started(world, post)
    notifier.call_all()
    post.wait_for(3)
    notifier.stop()
    assert sorted(topic for topic, _ in post.sent) == sorted(topics.down(each) for each in (GATE, SECOND_GATE, DESK))

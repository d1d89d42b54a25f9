"""What the screen tells while the device belongs to no fleet, and the moment when it is in."""

import threading
from pathlib import Path

import msgspec
import pytest

from kiosk.config import Config, DeviceConfig, Role, load_config
from kiosk.doorstep import Doorstep
from kiosk.errors import ConfigurationError, StoreError
from kiosk.model.command import CallHelp, ChooseLanguage
from kiosk.model.identity import ClaimCode, Fingerprint, Granted, Notice, Standing
from kiosk.model.ids import DeviceId, Lang, SiteId
from kiosk.model.view import AttractView, ClaimView, Freshness, View
from kiosk.session.claiming import ClaimWatch
from kiosk.store.identity import IdentityFiles, Request

NOTICE = Notice(Standing.UNCLAIMED, ClaimCode("K7QF3M9X"), Fingerprint("ab" * 32), "https://hub.example:8600")
GRANTED = Granted(DeviceId("gate-1"), SiteId("harbour"), "gate", "Gate", "A" * 43 + "=", "broker.example", 8883)
LANGS = (Lang("fi"), Lang("en"))
ATTRACT = AttractView("Welcome", "", Lang("fi"), LANGS, 1.0, Freshness(connected=True, as_of=None))
PATIENCE_S = 60


class Glass:
    """What was shown, and whether the app was asked to leave."""

    def __init__(self) -> None:
        self.shown: list[View | None] = []
        self.left = 0
        self.seen = threading.Condition()

    def show(self, view: View | None) -> None:
        with self.seen:
            self.shown.append(view)
            self.seen.notify_all()

    def leave(self) -> None:
        with self.seen:
            self.left += 1
            self.seen.notify_all()

    def wait_for(self, kind: type[View]) -> None:
        with self.seen:
            assert self.seen.wait_for(lambda: any(isinstance(view, kind) for view in self.shown), PATIENCE_S)


@pytest.fixture
def files(tmp_path: Path) -> IdentityFiles:
    return IdentityFiles(tmp_path)


def watch_of(files: IdentityFiles, glass: Glass) -> ClaimWatch:
    return ClaimWatch(files, LANGS, glass.show, glass.leave)


def test_a_code_is_shown_once_and_again_in_another_language(files: IdentityFiles) -> None:
    glass = Glass()
    watch = watch_of(files, glass)
    assert watch.look()
    assert glass.shown == []
    files.put_notice(NOTICE)
    watch.look()
    watch.look()
    watch.choose(Lang("en"))
    watch.look()
    first, second = (view for view in glass.shown if isinstance(view, ClaimView))
    assert (first.code, first.scanned, first.lang) == ("K7QF-3M9X", f"OPAS:CLAIM:K7QF3M9X:{'AB' * 32}", "fi")
    assert second == msgspec.structs.replace(first, lang=Lang("en"))


def test_a_fresh_card_says_what_it_is_also_before_its_agent_runs(files: IdentityFiles) -> None:
    """Rather than to show nothing; without a code, for there is none yet."""
    glass = Glass()
    watch = ClaimWatch(files, LANGS, glass.show, glass.leave, waits=True)
    watch.look()
    (view,) = glass.shown
    assert isinstance(view, ClaimView)
    assert (view.standing, view.code) == (Standing.UNCLAIMED, "")
    files.put_granted(GRANTED)
    assert not watch.look()


def test_a_claimed_device_begins_anew(files: IdentityFiles) -> None:
    """As soon as the agent has written down who it is and taken its notice away."""
    glass = Glass()
    watch = watch_of(files, glass)
    files.put_notice(NOTICE)
    files.put_granted(GRANTED)
    assert watch.look()
    files.drop_notice()
    assert not watch.look()
    assert glass.left == 1


def test_a_device_that_comes_back_as_what_it_was_just_goes_on(files: IdentityFiles) -> None:
    """Another broker or name is no reason to start anew; the claim's view goes."""
    files.put_granted(GRANTED)
    glass = Glass()
    watch = watch_of(files, glass)
    files.put_notice(msgspec.structs.replace(NOTICE, standing=Standing.REMOVED))
    watch.look()
    files.put_granted(msgspec.structs.replace(GRANTED, broker_host="other.example"))
    files.drop_notice()
    assert watch.look()
    assert glass.left == 0
    assert glass.shown[-1] is None


def test_a_file_that_can_t_be_read_is_waited_for(files: IdentityFiles) -> None:
    files.put_notice(NOTICE)
    (files.folder / "notice.json").write_text("{")
    glass = Glass()
    assert watch_of(files, glass).look()
    assert glass.shown == []


def test_what_is_kept_is_for_this_user_only_and_comes_back(files: IdentityFiles) -> None:
    files.put_request(Request("key", "00"))
    files.put_granted(GRANTED)
    assert (files.request(), files.granted(), files.notice()) == (Request("key", "00"), GRANTED, None)
    assert {path.stat().st_mode & 0o777 for path in files.folder.iterdir()} == {0o600}
    assert files.folder.stat().st_mode & 0o777 == 0o700
    (files.folder / "settings.json").write_bytes(b"nothing")
    with pytest.raises(StoreError, match="damaged"):
        files.granted()


def device(tmp_path: Path, site: str = "harbour") -> Config:
    return Config(DeviceConfig(DeviceId("gate-1"), SiteId(site), Role.GATE, str(tmp_path), "A" * 43 + "="))


def test_a_device_that_is_turned_out_shows_that_until_it_is_in_again(files: IdentityFiles, tmp_path: Path) -> None:
    """What the session shows meanwhile is shown afterwards; taps but for the language reach nobody."""
    files.put_granted(GRANTED)
    glass = Glass()
    doorstep = Doorstep(device(tmp_path), glass.show, glass.leave)
    doorstep.post(ATTRACT)
    assert not doorstep.take(CallHelp())
    doorstep.start()
    files.put_notice(msgspec.structs.replace(NOTICE, standing=Standing.REMOVED))
    glass.wait_for(ClaimView)
    assert doorstep.out
    assert doorstep.take(CallHelp())
    assert doorstep.take(ChooseLanguage(Lang("en")))
    later = msgspec.structs.replace(ATTRACT, hint="later")
    doorstep.post(later)
    assert later not in glass.shown
    files.drop_notice()
    with glass.seen:
        assert glass.seen.wait_for(lambda: glass.shown[-1] == later, PATIENCE_S)
    assert not doorstep.out
    doorstep.stop()


def test_a_device_with_a_token_is_not_watched(tmp_path: Path) -> None:
    glass = Glass()
    doorstep = Doorstep(device(tmp_path), glass.show, glass.leave)
    doorstep.start()
    doorstep.post(ATTRACT)
    doorstep.stop()
    assert glass.shown == [ATTRACT]


def write(tmp_path: Path, extra: str = "") -> Path:
    path = tmp_path / "device.toml"
    path.write_text(f'[device]\ndata = "{tmp_path}"\n{extra}\n[hub]\nurl = "https://hub.example"\nca_sha256 = "ab"\n')
    return path


def test_a_file_without_a_name_is_of_a_device_to_be_claimed(files: IdentityFiles, tmp_path: Path) -> None:
    """Until it is claimed; then it is what the hub granted, with what its own file says above it."""
    fresh = load_config(write(tmp_path), {})
    assert (fresh.claimed, fresh.device.role) == (False, Role.KIOSK)
    files.put_granted(GRANTED)
    claimed = load_config(write(tmp_path, "max_megabytes = 64"), {})
    assert claimed.claimed
    assert (claimed.device.id, claimed.device.site, claimed.device.role) == ("gate-1", "harbour", Role.GATE)
    assert claimed.device.max_megabytes == 64
    (files.folder / "settings.json").write_text("[]")
    with pytest.raises(ConfigurationError, match="damaged"):
        load_config(write(tmp_path), {})

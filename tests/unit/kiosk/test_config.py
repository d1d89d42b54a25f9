"""What an operator may write in device.toml, and what is said about a mistake."""

import base64
import re
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kiosk.config import Role, load_config
from kiosk.errors import ConfigurationError
from kiosk.model.ids import DurationMs
from kiosk.model.source import Also, SourceConfig, SourceKind
from kiosk.model.trust import ClaimsKey, Digest, OrderPattern, RailKey, Trust

KEY = base64.b64encode(bytes(range(32))).decode()
GOOD = f"""
[device]
id = "kiosk-1"
site = "terminal"
role = "kiosk"
data = "DATA"
site_key = "{KEY}"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "device.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_example_loads() -> None:
    """deploy/device.toml is what people copy, so it must be right."""
    config = load_config(Path("deploy/device.toml"), {})
    assert config.device.role is Role.KIOSK
    assert [source.kind for source in config.sources] == [SourceKind.CAMERA, SourceKind.KEYS]


def test_every_setting_of_a_source_that_the_example_shows_can_be_taken_up(tmp_path: Path) -> None:
    """Also those that stand there as comments, to be used by taking the mark away; and it shows every one there is."""
    text = Path("deploy/device.toml").read_text(encoding="utf-8")
    head, marked, rest = text.partition("[[sources]]")
    sources, others, tail = rest.partition("[scanning]")
    used = re.sub(r"^# (?=\[\[sources\]\]|[a-z_]+ = )", "", marked + sources, flags=re.MULTILINE)
    config = load_config(written(tmp_path, head + used + others + tail), {})
    assert [source.kind for source in config.sources] == [
        SourceKind.CAMERA,
        SourceKind.KEYS,
        SourceKind.HID,
        SourceKind.SERIAL,
        SourceKind.FILES,
    ]
    shown = set(re.findall(r"\b[a-z_]+\b", used))
    assert {field.name for field in msgspec.structs.fields(SourceConfig)} - shown == set()


def test_a_short_file_gets_the_defaults(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, GOOD), {})
    assert config.size == (1080, 1920)
    assert config.site_key == bytes(range(32))
    assert config.database == Path("DATA/opas.db")


def test_the_environment_overrides_a_value(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, GOOD), {"OPAS_SCREEN_SIZE": "540x960", "OPAS_DEVICE_MAX_MEGABYTES": "64"})
    assert config.size == (540, 960)
    assert config.device.max_megabytes == 64


def test_other_variables_of_the_environment_are_left_alone(tmp_path: Path) -> None:
    load_config(written(tmp_path, GOOD), {"OPAS_LOG": "debug", "OPAS_HUB_URL": "x", "PATH": "/bin"})


def test_the_agents_tables_are_not_the_apps_business(tmp_path: Path) -> None:
    load_config(written(tmp_path, GOOD + '[hub]\nurl = "http://127.0.0.1"\n[broker]\nhost = "127.0.0.1"\n'), {})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[device", "is not TOML"),
        (GOOD.replace('role = "kiosk"', 'role = "toaster"'), "toaster"),
        (GOOD.replace('id = "kiosk-1"', 'id = "Kiosk 1/../x"'), "device.id"),
        (GOOD.replace('site = "terminal"', 'site = ""'), "device.site"),
        (GOOD.replace('role = "kiosk"\n', ""), "role"),
        (GOOD.replace(KEY, "short"), "site_key"),
        (GOOD.replace(KEY, base64.b64encode(b"x" * 31).decode()), "site_key"),
        (GOOD + '[screen]\nsize = "huge"\n', "screen.size"),
        (GOOD + '[screen]\nlanguage = "de"\n', "screen.language"),
        (GOOD + "[screen]\ncolour = 1\n", "colour"),
        (GOOD + "[[sources]]\nkind = 'nose'\n", "nose"),
        (GOOD + "[[sources]]\nkind = 'camera'\nbaud = 1200\n", "baud"),
        (GOOD + "[scanning]\nalso = ['qr']\n", "scanning.also"),
        (GOOD + "[trust]\norder_patterns = ['']\n", "order pattern"),
        (GOOD + "[trust]\npretix_keys = ['AAEC']\n", "pretix_keys"),
        (GOOD + "[trust]\npretix_keys = ['?']\n", "pretix_keys"),
        (
            GOOD + f"[trust]\npretix_keys = ['{base64.b64encode(b'-----BEGIN PUBLIC KEY-----').decode()}']\n",
            "pretix_keys",
        ),
        (GOOD + "[trust]\nrevoked = ['A17']\n", "revoked"),
        (GOOD + "[trust]\nrotating_tolerance_s = 3600\n", "rotating_tolerance_s"),
        (GOOD + "[[trust.rail_keys]]\nissuer = '1080'\nkey = 'AA=='\n", "rail_keys"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_what_to_do(tmp_path: Path, text: str, names: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        load_config(path, {})
    assert str(path) in caught.value.what
    assert names in caught.value.what
    assert caught.value.todo
    assert caught.value.exit_status == 78


def test_a_mistyped_word_is_answered_with_the_nearest_one(tmp_path: Path) -> None:
    text = GOOD + "[[sources]]\nkind = 'camera'\nexposure = 5\n"
    with pytest.raises(ConfigurationError) as caught:
        load_config(written(tmp_path, text), {})
    assert "Did you mean `exposure_us`?" in caught.value.todo


def test_a_site_turns_on_what_it_reads_beside_the_usual(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, GOOD + "[scanning]\nalso = ['datamatrix', 'other']\n"), {})
    assert config.scanning.also == (Also.DATAMATRIX, Also.OTHER)
    assert [one.value for one in config.scanning.symbologies] == ["qr", "aztec", "pdf417", "datamatrix", "other"]


def test_a_site_that_trusts_nobody_else_says_nothing(tmp_path: Path) -> None:
    assert load_config(written(tmp_path, GOOD), {}).trust.resolved() == Trust()


def test_keys_patterns_and_lists_of_other_houses_are_taken(tmp_path: Path) -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    raw = private.public_key().public_bytes_raw()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    text = f"""
[trust]
order_patterns = ["@##"]
rotating_tolerance_s = 60
pretix_keys = ["{base64.b64encode(raw).decode()}", "{base64.b64encode(pem).decode()}"]
revoked = ["{"a" * 64}"]
blocked = ["{"b" * 64}"]
[[trust.rail_keys]]
issuer = "1080"
key_id = "00001"
public = "AAEC"
digest = "sha256"
[[trust.claims_keys]]
key_id = "AAE="
public = "AAEC"
"""
    assert load_config(written(tmp_path, GOOD + text), {}).trust.resolved() == Trust(
        rotating_tolerance=DurationMs(60_000),
        pretix_keys=(raw, raw),
        revoked=frozenset({"a" * 64}),
        blocked=frozenset({"b" * 64}),
        rail_keys=(RailKey("1080", "00001", b"\0\1\2", Digest.SHA256),),
        claims_keys=(ClaimsKey(b"\0\1", b"\0\1\2"),),
        order_patterns=(OrderPattern("@##"),),
    )


def test_a_missing_and_an_unreadable_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such file"):
        load_config(tmp_path / "none.toml", {})
    with pytest.raises(ConfigurationError, match="can't be read"):
        load_config(tmp_path, {})


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "device.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="is not TOML"):
        load_config(path, {})

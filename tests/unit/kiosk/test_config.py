"""What an operator may write in device.toml, and what is said about a mistake."""

import base64
from pathlib import Path

import pytest

from kiosk.config import Role, SourceKind, load_config
from kiosk.errors import ConfigurationError

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

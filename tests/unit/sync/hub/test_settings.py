"""The settings file: read, overridden, and refused in words that help."""

from pathlib import Path

import pytest

from sync.hub.errors import SettingsError
from sync.hub.settings import load_settings

_GOOD = """
[hub]
data = "/var/lib/opas-hub"
admin_token = "0123456789abcdef"
"""
_EXAMPLE = Path(__file__).parents[4] / "deploy" / "hub.toml"


def written(folder: Path, text: str) -> Path:
    path = folder / "hub.toml"
    path.write_text(text)
    return path


def test_the_example_loads_and_says_what_the_code_does() -> None:
    """Who copies it starts from the defaults."""
    settings = load_settings(_EXAMPLE, {"OPAS_HUB_ADMIN_TOKEN": "0123456789abcdef"})
    assert (settings.listen.port, settings.console.port) == (8600, 8601)
    assert (settings.broker.host, settings.broker.port, settings.broker.user) == ("127.0.0.1", 1883, "hub")


def test_the_examples_own_token_is_refused() -> None:
    """Else a hub might run with one that everybody knows."""
    with pytest.raises(SettingsError, match="admin_token"):
        load_settings(_EXAMPLE, {})


def test_a_short_file_has_defaults_and_the_environment_wins(tmp_path: Path) -> None:
    """Also over numbers."""
    path = written(tmp_path, _GOOD)
    settings = load_settings(path, {"OPAS_BROKER_PORT": "8883", "OPAS_HUB_LISTEN": "[::1]:9000", "OPAS_OTHER_X": "1"})
    assert settings.broker.port == 8883
    assert (settings.listen.host, settings.listen.port, str(settings.listen)) == ("::1", 9000, "[::1]:9000")
    assert settings.data == Path("/var/lib/opas-hub")


@pytest.mark.parametrize(
    ("text", "named", "advice"),
    [
        ("[hub", "is not TOML", "line"),
        ('[hub]\nadmin_token = "0123456789abcdef"', "data", "deploy/hub.toml"),
        (_GOOD + 'listen = "localhost:8600"', "hub.listen", "IP address"),
        (_GOOD + 'listen = "127.0.0.1:99999"', "hub.listen", "port"),
        (_GOOD + 'console = "0.0.0.0:8601"', "hub.console", "SSH tunnel"),
        (_GOOD.replace("0123456789abcdef", "short"), "admin_token", "secrets"),
        (_GOOD.replace("/var/lib/opas-hub", ""), "hub.data", "folder"),
        (_GOOD + 'database = "mysql://opas@db/opas"', "hub.database", "postgresql://"),
        (_GOOD + "[retention]\nreadings_days = 7", "retention.readings_days", "31"),
        (_GOOD + "[broker]\nport = 0", "broker.port", "1883"),
        (_GOOD + "[broker]\nprot = 1", "prot", "deploy/hub.toml"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_write(tmp_path: Path, text: str, named: str, advice: str) -> None:
    """The file, the value, the way out."""
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load_settings(path, {})
    assert str(path) in caught.value.what
    assert named in caught.value.what
    assert advice in caught.value.todo
    assert caught.value.exit_status == 78


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """And so is the example to copy; a folder is no file either."""
    with pytest.raises(SettingsError, match="no such file"):
        load_settings(tmp_path / "hub.toml", {})
    with pytest.raises(SettingsError, match="can't be read"):
        load_settings(tmp_path, {})


def test_the_admin_token_is_in_no_message(tmp_path: Path) -> None:
    """Messages go into logs."""
    with pytest.raises(SettingsError) as caught:
        load_settings(written(tmp_path, _GOOD.replace("0123456789abcdef", "tooshort")), {})
    assert "tooshort" not in str(caught.value)

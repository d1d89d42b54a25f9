"""`opas`: the table of commands."""

import importlib.util
import subprocess
import sys

import pytest

from deploy.cli import COMMANDS, main


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"  {name} " in said for name in COMMANDS)


def test_no_command_shows_the_help_and_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage: opas COMMAND" in capsys.readouterr().out


def test_a_misspelt_command_is_answered_with_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dokter"]) == 2
    assert "Did you mean `opas doctor`?" in capsys.readouterr().err


def test_a_word_like_no_command_points_to_the_help_and_reaches_the_terminal_escaped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["\x1b[31mäxq"]) == 2
    said = capsys.readouterr().err
    assert "`opas --help`" in said
    assert "\x1b" not in said


def test_the_version_is_the_installed_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("opas 0.")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_module_of_each_command_is_there(name: str) -> None:
    command = COMMANDS[name]
    module = f"{command.module}.__main__" if command.own_process else command.module
    assert importlib.util.find_spec(module) is not None


def test_asking_for_the_version_imports_no_command() -> None:
    """A device with a broken part can still say what it runs."""
    code = "import sys, deploy.cli; deploy.cli.main(['--version']); print([m for m in sys.modules if 'deploy.' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['deploy.errors', 'deploy.cli']"

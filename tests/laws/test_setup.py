"""The set-up installs what is missing, says why, and leaves alone what is there."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.laws.tree import ROOT

_TOOLS = ("bash", "cat", "cut", "dirname", "env", "mktemp", "rm", "sed", "sha256sum", "true", "uname")
_OLD_PYTHON = "exit 1\n"
_ANNA = 'case "$1" in -un) echo anna ;; *) echo 1000 ;; esac\n'
_PACKAGES = {"libgl1", "libmtdev1", "libzbar0", "mosquitto", "espeak-ng"}


class Machine:
    """A machine of which the set-up sees only the commands put here: most are real, some play a part."""

    def __init__(self, folder: Path) -> None:
        self._bin = folder
        self.calls = folder / "calls.txt"
        for tool in _TOOLS:
            real = shutil.which(tool)
            assert real, tool
            (folder / tool).symlink_to(real)
        self.put("apt-get", f'echo "$*" >>"{self.calls}"\n')
        self.put("ldconfig", "")
        self.put("id", "echo 0\n")

    def put(self, name: str, script: str) -> None:
        """Let the command `name` do what `script` says."""
        path = self._bin / name
        path.write_text(f"#!/bin/bash\n{script}", encoding="utf-8")
        path.chmod(0o755)

    def run(self, *command: str, stdin: int = subprocess.DEVNULL) -> subprocess.CompletedProcess[str]:
        """Run a script of the project as that machine would; no terminal, no input."""
        return subprocess.run(
            command, cwd=ROOT, env=self._environ(), stdin=stdin, capture_output=True, text=True, check=False
        )

    def run_at_terminal(self, *command: str) -> subprocess.CompletedProcess[str]:
        """The same where somebody could type."""
        master, terminal = os.openpty()
        try:
            return self.run(*command, stdin=terminal)
        finally:
            os.close(master)
            os.close(terminal)

    def _environ(self) -> dict[str, str]:
        # OPAS_SBIN keeps the scripts from looking into this machine's own /usr/sbin.
        return {"PATH": str(self._bin), "OPAS_SBIN": "", "HOME": os.environ.get("HOME", "/")}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A fresh machine: root, apt, and nothing of what Opas needs."""
    return Machine(tmp_path)


def _by_hand(result: subprocess.CompletedProcess[str]) -> set[str]:
    """What the command for an administrator installs."""
    (command,) = (line for line in result.stderr.splitlines() if "apt-get install" in line)
    return set(command.split())


def _apt_calls(machine: Machine) -> list[str]:
    return machine.calls.read_text(encoding="utf-8").splitlines() if machine.calls.exists() else []


def test_missing_packages_are_installed_with_the_reason(machine: Machine) -> None:
    """A fresh machine's lists are brought up to date first, then all is installed in one go, without a question."""
    result = machine.run("deploy/setup/system")
    update, install = _apt_calls(machine)
    assert update.endswith("update")
    assert " install --yes --no-install-recommends " in install
    assert set(install.split()) >= _PACKAGES
    assert "chromium" not in install
    assert "carries the events between devices and hub" in result.stdout


def test_what_is_still_missing_afterwards_is_said(machine: Machine) -> None:
    """An installation that changed nothing is a failure, not a surprise later."""
    result = machine.run("deploy/setup/system")
    assert result.returncode == 1
    assert "still not found" in result.stderr
    assert "mosquitto" in result.stderr


def test_tests_ask_for_a_browser_too(machine: Machine) -> None:
    """Only those who run the tests get one."""
    machine.run("deploy/setup/system", "test")
    assert "chromium" in _apt_calls(machine)[1].split()


def test_without_root_or_sudo_the_command_for_an_administrator_is_shown(machine: Machine) -> None:
    """Nothing is tried that can't work."""
    machine.put("id", _ANNA)
    result = machine.run("deploy/setup/system")
    assert result.returncode == 1
    assert "You are anna, not root, and there is no sudo." in result.stderr
    assert _by_hand(result) >= _PACKAGES
    assert _apt_calls(machine) == []


def test_a_password_that_nobody_can_type_is_not_waited_for(machine: Machine) -> None:
    """Without a terminal sudo is asked only whether it does without one."""
    machine.put("id", _ANNA)
    machine.put("sudo", f'echo "sudo $*" >>"{machine.calls}"\nexit 1\n')
    result = machine.run("deploy/setup/system")
    assert result.returncode == 1
    assert "password nobody can type" in result.stderr
    assert _by_hand(result) >= _PACKAGES
    assert _apt_calls(machine) == ["sudo -n true"]


def test_whom_sudo_refuses_is_told_what_an_administrator_installs(machine: Machine) -> None:
    """At a terminal sudo asks, once, and may say no."""
    machine.put("id", _ANNA)
    machine.put("sudo", f'echo "sudo $*" >>"{machine.calls}"\necho "anna is not in the sudoers file." >&2\nexit 1\n')
    result = machine.run_at_terminal("deploy/setup/system")
    assert result.returncode == 1
    assert "anna is not in the sudoers file." in result.stderr
    assert "sudo does not let anna install them." in result.stderr
    assert _by_hand(result) >= _PACKAGES
    assert _apt_calls(machine) == ["sudo -n true", "sudo true"]


def test_what_apt_can_not_install_is_said_with_the_command(machine: Machine) -> None:
    """Lists that can't be fetched are no reason not to try: the packages may come from elsewhere."""
    machine.put("apt-get", f'echo "$*" >>"{machine.calls}"\necho "E: no network" >&2\nexit 100\n')
    result = machine.run("deploy/setup/system")
    assert result.returncode == 1
    assert len(_apt_calls(machine)) == 2
    assert "apt could not install them; the lines above say why." in result.stderr
    assert _by_hand(result) >= _PACKAGES


def test_without_root_sudo_is_used(machine: Machine) -> None:
    """A Raspberry Pi's first user may use sudo without a password."""
    machine.put("id", "echo 1000\n")
    machine.put("sudo", f'echo sudo >>"{machine.calls}"\n[ "$1" != -n ] || shift\n"$@"\n')
    machine.run("deploy/setup/system")
    assert any("install" in call for call in _apt_calls(machine))
    assert "sudo" in _apt_calls(machine)


def test_another_system_is_told_what_it_lacks(machine: Machine, tmp_path: Path) -> None:
    """Without apt the list is still there, to be installed by other means."""
    (tmp_path / "apt-get").unlink()
    result = machine.run("deploy/setup/system")
    assert result.returncode == 1
    assert "mosquitto" in result.stdout
    assert "not Debian" in result.stderr


def test_where_everything_is_there_apt_is_not_called() -> None:
    """On a machine that is set up this says nothing at all."""
    result = subprocess.run(
        ["deploy/setup/system"], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_an_old_python_is_passed_over(machine: Machine) -> None:
    """The first one of the right age is taken, whatever it is called."""
    for name in ("python3", "python3.13"):
        machine.put(name, _OLD_PYTHON)
    machine.put("python3.12", '[ "$1" = - ] || echo /somewhere/python3.12\n')
    result = machine.run("bash", "-c", "source deploy/setup/python.bash; find_python")
    assert result.stdout == "/somewhere/python3.12\n"


def test_without_a_fitting_python_the_set_up_says_which_it_wants(machine: Machine) -> None:
    """Rather than to fail somewhere in the middle of an installation."""
    machine.put("python3", _OLD_PYTHON)
    result = machine.run("bash", "-c", "source deploy/setup/python.bash; find_python || echo none")
    assert result.stdout == "none\n"

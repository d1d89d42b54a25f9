"""Reading aloud, with a small program in the place of espeak-ng that writes down what it is given."""

import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.access.speech import Speech
from kiosk.model.ids import Lang

FI, EN = Lang("fi"), Lang("en")
TEXT = "Tervetuloa, Kerttu-Liisa V."
_PATIENCE_S = 60


@pytest.fixture
def voice(tmp_path: Path) -> Callable[[str], str]:
    """Makes a program that notes its process, arguments and input in `heard`, then does what it is told."""

    def make(then: str) -> str:
        program = tmp_path / "voice.py"
        program.write_text(
            "import os, sys, time\n"
            f"out = open({str(tmp_path / 'heard')!r}, 'a')\n"
            "out.write(f'{os.getpid()}|{sys.argv[1:]}|{sys.stdin.read()}\\n'); out.flush()\n"
            f"{then}\n",
            encoding="utf-8",
        )
        return f"{sys.executable} {program}"

    return make


def _heard(folder: Path, lines: int = 1) -> list[list[str]]:
    path, deadline = folder / "heard", time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        if path.exists() and len(path.read_text(encoding="utf-8").splitlines()) >= lines:
            return [line.split("|") for line in path.read_text(encoding="utf-8").splitlines()]
        time.sleep(0.01)
    msg = "the voice was never asked"
    raise AssertionError(msg)


def _until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not done():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def test_the_text_goes_in_unseen(voice: Callable[[str], str], tmp_path: Path) -> None:
    """Through standard input, in the language's voice: no process list shows a name."""
    speech = Speech(voice("pass"))
    speech.say(TEXT, FI)
    [[_, arguments, text]] = _heard(tmp_path)
    assert text == TEXT
    assert "'-v', 'fi'" in arguments
    assert "Kerttu" not in arguments
    _until(lambda: not speech.speaking)


def test_stop_silences_at_once(voice: Callable[[str], str], tmp_path: Path) -> None:
    """Nothing of one person is spoken after the visit."""
    speech = Speech(voice("time.sleep(600)"))
    speech.say(TEXT, FI)
    [[process, *_]] = _heard(tmp_path)
    assert speech.speaking
    speech.stop()
    assert not speech.speaking
    with pytest.raises(ProcessLookupError):
        os.kill(int(process), 0)


def test_a_new_text_silences_the_old_one(voice: Callable[[str], str], tmp_path: Path) -> None:
    """Two voices at a time help nobody."""
    speech = Speech(voice("time.sleep(600)"))
    speech.say(TEXT, FI)
    _heard(tmp_path)
    speech.say("Gate 7", EN)
    (first, _, _), (_, arguments, text) = _heard(tmp_path, 2)
    assert (text, "'-v', 'en-gb'" in arguments) == ("Gate 7", True)
    with pytest.raises(ProcessLookupError):
        os.kill(int(first), 0)
    speech.stop()


def test_a_missing_program_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """Without espeak-ng the kiosk goes on; the log says what to install, and no name."""
    speech = Speech("no-such-voice-anywhere")
    with caplog.at_level(logging.WARNING):
        speech.say(TEXT, FI)
        speech.say(TEXT, FI)
    assert len(caplog.messages) == 1
    assert "install espeak-ng" in caplog.messages[0]
    assert "Kerttu" not in caplog.text
    assert not speech.speaking


def test_a_program_that_fails_is_said_once(voice: Callable[[str], str], caplog: pytest.LogCaptureFixture) -> None:
    """No sound card is the usual reason."""
    speech = Speech(voice("sys.exit(3)"))
    with caplog.at_level(logging.WARNING):
        speech.say(TEXT, FI)
        _until(lambda: bool(caplog.messages))
        speech.say(TEXT, FI)
        _until(lambda: not speech.speaking)
    assert caplog.messages == [
        f"nothing can be read aloud: {sys.executable} ended with status 3: check the sound output"
    ]


@pytest.mark.parametrize(("command", "enabled", "text"), [("", True, TEXT), ("x", False, TEXT), ("x", True, "  ")])
def test_nothing_starts_for_nothing(command: str, enabled: bool, text: str, caplog: pytest.LogCaptureFixture) -> None:
    """Speech is switched off, or there is nothing to say."""
    speech = Speech(command, enabled=enabled)
    speech.say(text, FI)
    speech.stop()
    assert not speech.speaking
    assert caplog.messages == []

"""Reading aloud with espeak-ng. The text goes through standard input, so that no process list shows it."""

import logging
import shlex
import subprocess
import threading

from kiosk.model.ids import Lang

log = logging.getLogger(__name__)
_VOICES = {"en": "en-gb", "sv": "sv", "fi": "fi", "et": "et"}
_WORDS_PER_MINUTE = 150
_REAP_S = 2.0


class Speech:
    """Speaks one text at a time; a new one, or `stop`, silences the one before it at once.

    `command` is espeak-ng or a program that takes its options. `enabled` off makes every call do nothing.
    """

    def __init__(self, command: str, *, enabled: bool = True) -> None:
        self._command = shlex.split(command)
        self._enabled = enabled and bool(self._command)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._failed = False

    @property
    def speaking(self) -> bool:
        """Whether something is being said now."""
        with self._lock:
            return self._process is not None and self._process.poll() is None

    def say(self, text: str, lang: Lang) -> None:
        """Begin to speak `text` in the voice of `lang`. A missing program is logged, once."""
        with self._lock:
            self._silence()
            if self._enabled and text.strip():
                self._start(text, lang)

    def stop(self) -> None:
        """Be silent at once."""
        with self._lock:
            self._silence()

    def _start(self, text: str, lang: Lang) -> None:
        voice = _VOICES.get(lang, lang)
        command = [*self._command, "-v", voice, "-s", str(_WORDS_PER_MINUTE), "-b", "1", "--stdin"]
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            self._complain(f"{self._command[0]} can't be started ({error.strerror}): install espeak-ng")
            return
        threading.Thread(target=self._feed, args=(self._process, text.encode()), name="speech", daemon=True).start()

    def _feed(self, process: subprocess.Popen[bytes], text: bytes) -> None:
        """Hand the text over and wait for the end, beside the session, which must not wait for a voice."""
        try:
            process.communicate(text)
        except (OSError, ValueError):
            process.wait()
        if process.returncode > 0:
            self._complain(f"{self._command[0]} ended with status {process.returncode}: check the sound output")

    def _silence(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.kill()
            try:
                process.wait(_REAP_S)
            except subprocess.TimeoutExpired:
                log.warning("%s does not end", self._command[0])

    def _complain(self, problem: str) -> None:
        if not self._failed:
            self._failed = True
            log.warning("nothing can be read aloud: %s", problem)

"""`python -m tests.lanes LANES [what pytest takes]`: every test once; 0 if all is well."""

import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import msgspec

from tests.lanes.lane import Told


class Lanes:
    """The processes; the first one is seen at work, what the others say follows in one piece."""

    def __init__(self, folder: Path, count: int, arguments: list[str]) -> None:
        self._folder = folder
        # The share of one lane would look like a run that never comes to 100 %.
        command = [sys.executable, "-m", "pytest", "-o", "console_output_style=classic", "-p", "tests.lanes.lane"]
        command += [*arguments, "--lanes-folder", str(folder), "--lane"]
        self._processes = [self._begin(command, number) for number in range(count)]

    def wait(self) -> bool:
        """Until all have ended; whether all say that all is well."""
        statuses = [process.wait() for process in self._processes]
        for number in range(1, len(statuses)):
            print(f"\n== lane {number + 1}", self._log(number).read_text(errors="replace"), sep="\n", flush=True)
        return not any(statuses)

    def told(self) -> list[Told]:
        """One that broke off has told nothing."""
        return [msgspec.json.decode(path.read_bytes(), type=Told) for path in self._folder.glob("*.json")]

    def interrupt(self) -> None:
        """As Ctrl-C does: each ends what it has started."""
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)

    def _begin(self, command: list[str], number: int) -> "subprocess.Popen[bytes]":
        if not number:
            return subprocess.Popen([*command, "0"])
        with self._log(number).open("wb") as log:
            return subprocess.Popen([*command, str(number)], stdout=log, stderr=subprocess.STDOUT)

    def _log(self, number: int) -> Path:
        return self._folder / f"lane-{number}.log"


def run(count: int, arguments: list[str]) -> int:
    """The exit status."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="opas-lanes-") as folder:
        lanes = Lanes(Path(folder), count, arguments)
        signal.signal(signal.SIGTERM, lambda *_: lanes.interrupt())
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        well = lanes.wait()
        told = lanes.told()
    came = sum((Counter(each.came) for each in told), Counter())
    collected = max((each.collected for each in told), default=0)
    print(f"== {count} lanes: {', '.join(f'{many} {word}' for word, many in came.items())}", end=" ")
    print(f"in {time.monotonic() - began:.0f} s")
    if left := collected - sum(each.ran for each in told):
        print(f"== {left} of {collected} tests were run by no lane")
    return int(not well or left != 0 or len(told) < count)


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]), sys.argv[2:]))

"""`python -m tests.faults.agent CONFIG SHIFT`: the real agent under a clock that the tests move."""

import logging
import os
import sys
from pathlib import Path

from kiosk.errors import OpasError
from sync.agent.__main__ import live, run
from sync.agent.settings import load_fresh, load_settings
from tests.faults.clock import ShiftedClock

if __name__ == "__main__":
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    try:
        config, clock = Path(sys.argv[1]), ShiftedClock(Path(sys.argv[2]))
        fresh = load_fresh(config, os.environ)
        if fresh is None:
            run(load_settings(config, os.environ), clock)
        else:
            live(fresh, config, clock)
    except OpasError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_status)

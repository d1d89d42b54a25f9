"""`python -m tests.faults [FAULTS] [SEED]`, with a new seed each time; with a folder and a kind of site one leg of it."""

import random
import subprocess
import sys
import tempfile

from tests.faults.ground import Kind
from tests.faults.run import alone, main

_MANY = 1_000

if __name__ == "__main__":
    given = sys.argv[1:]
    if len(given) > 2:
        sys.exit(main(given))
    faults = given[0] if given else str(_MANY)
    seed = given[1] if len(given) > 1 else str(random.SystemRandom().randrange(1_000_000))
    folder = tempfile.mkdtemp(prefix="opas-faults-")
    # Both to the end: what one kind of site shows is worth knowing though the other one failed.
    sys.exit(max(subprocess.run(alone([faults, seed, folder], kind), check=False).returncode for kind in Kind))

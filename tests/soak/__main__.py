"""`python -m tests.soak [MINUTES] [SEED]`, by default an hour, with a new seed each time."""

import sys

from tests.soak.run import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

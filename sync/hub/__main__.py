"""`python -m sync.hub --config hub.toml`."""

import sys

from sync.hub.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

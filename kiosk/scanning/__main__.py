"""`python -m kiosk.scanning FILE…`: what `opas scan` runs."""

import sys

from kiosk.scanning.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

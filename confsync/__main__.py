"""`python -m confsync`."""

import sys

from confsync.cli.main import program

sys.exit(program())

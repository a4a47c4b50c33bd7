"""`python -m confsync`."""

import sys

from confsync.cli.main import main

sys.exit(main())

"""`python -m flows` is the command `cakupan`."""

import sys

from flows.cli import main

sys.exit(main())

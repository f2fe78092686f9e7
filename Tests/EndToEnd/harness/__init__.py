"""What the end-to-end tests are written with: the server as a process, and clients that show the bytes on the wire."""

import os

#: Longest wait for something that has to happen. Tests wait for events, never for time to pass, so it costs nothing when all is well.
PATIENCE = float(os.environ.get("FANFARE_TEST_PATIENCE", "30"))

#: `scripts/test.sh --long`: more rounds and seeds of the same tests.
LONG = os.environ.get("FANFARE_TEST_LONG") == "1"

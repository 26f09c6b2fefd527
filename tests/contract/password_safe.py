"""Holds the Password Safe emulator, and trueup through it, against a client that nobody here wrote: the vendor's own
Python library, `beyondtrust-bips-library`.

Three worlds, each in an emulator of its own:

1. What the library creates, a workspace declares word for word: the plan must be empty, and must see each change.
2. What `trueup apply` creates, the library reads back, field by field, over TLS.
3. Everything else that the library can do with safes, folders, secrets, users and groups, in each version it knows.

Where the library contradicts the vendor's pages or itself, a comment that begins with `Library:` says so, and what
follows holds the emulator to the pages.

    python3 password_safe.py [BINARY]

prints a line for each check and `N passed, M failed` at the end, and exits with 1 if a check failed.
"""

import pathlib
import signal
import sys
import tempfile

sys.dont_write_bytecode = True

from both_ways import library_writes, trueup_writes  # noqa: E402
from harness import ALL, FOREIGN, REPORT, Interrupted, interrupted, stay_here  # noqa: E402
from operations import everything_else  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    binary = str(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/debug/trueup").resolve())
    for number in [signal.SIGALRM, signal.SIGTERM]:
        signal.signal(number, interrupted)
    signal.alarm(ALL)
    sys.addaudithook(stay_here)
    with tempfile.TemporaryDirectory(prefix="trueup-contract-") as name:
        folder = pathlib.Path(name)
        try:
            for part in [library_writes, trueup_writes, everything_else]:
                with REPORT.part(part.__name__):
                    part(binary, folder)
        except Interrupted as error:
            REPORT.check("everything was checked", False, str(error))
    REPORT.same("nobody but 127.0.0.1 was asked", FOREIGN, [])
    print(f"{REPORT.passed} passed, {REPORT.failed} failed")
    return 1 if REPORT.failed else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A direct TLS port with a certificate of our choice, in front of one of a server's ports.

Neither server takes a certificate for one of its ports alone, so the port with the expired certificate is the relay's
(tests/support/relay.h): what a client that accepts it sends reaches the real server.  In front of a port with direct
TLS it is a man in the middle, who reads all and changes nothing.
"""

import os
import subprocess
from pathlib import Path

from certificates import Pair

ROOT = Path(__file__).resolve().parent.parent.parent


def find_program() -> str | None:
    """The relay of the build that runs us, or else the newest one beside the sources."""
    told = os.environ.get("HS_TEST_RELAY")
    built = sorted(ROOT.glob("build*/tests/test-relay"), key=lambda path: path.stat().st_mtime)
    return told or (str(built[-1]) if built else None)


class TlsRelay:
    """Listens on `port` from `start` until `stop`.  Where nothing was built, nobody listens there."""

    def __init__(self, port: int, to_port: int, pair: Pair, to_tls: bool = False):
        self._arguments = [f"--listen={port}", f"--certificate={pair.certificate}", f"--key={pair.key}",
                           *(["--to-tls"] if to_tls else []), str(to_port)]
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        program = find_program()
        if program is None:
            return
        # It ends with us, who hold the other end of its output.
        self._process = subprocess.Popen([program, *self._arguments], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, process_group=0)
        if not self._process.stdout.readline():
            raise OSError("the relay did not start")

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts the round trips that a sign-in takes, and prints them as the table of docs/round-trips.md.

    round-trips.py --build FOLDER [--runs N] [--check] [--document FILE]

The real servers, over real TLS, with a proxy on loopback between that adds 100 milliseconds each way; and
the handshake of TCP, which loopback has for nothing, as the round trip that it is.  What is measured is the
time from the start to a session in which stanzas can be sent, the shortest of N runs (3), over 200
milliseconds: round trips, and with them what both sides have to compute; and for ours the time to the roster.

--check     fails where ours takes more than it is to take
--document  puts the table between the lines `<!-- round trips -->` of a file
"""

import argparse
import asyncio
import json
import math
import os
import subprocess
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
DELAY = 0.1
MARK = "<!-- round trips -->"

# Title, server, options, mode, client, how, round trips to reach; and with the roster.
OLD = ["--option", "passwords=sha1"]
NEW = [*OLD, "--option", "sasl2=yes", "--option", "mam=yes"]
ROWS = [
    ("STARTTLS, SCRAM, old style", "prosody", OLD, "starttls", "headstock", "first", 7, 8),
    ("the same, the second time", "prosody", OLD, "starttls", "headstock", "again", 6, 6),
    ("direct TLS, SCRAM, old style", "prosody", OLD, "direct", "headstock", "first", 6, 7),
    ("the same, the second time", "prosody", OLD, "direct", "headstock", "again", 5, 5),
    ("the same, session resumed", "prosody", OLD, "direct", "headstock", "resume", 5, 5),
    ("direct TLS, SASL2, Bind 2, SCRAM-PLUS", "prosody", NEW, "direct", "headstock", "first", 5, 6),
    ("the same, the second time", "prosody", NEW, "direct", "headstock", "again", 4, 5),
    ("direct TLS, token", "prosody", NEW, "direct", "headstock", "token", 3, 4),
    ("direct TLS, token, session resumed", "prosody", NEW, "direct", "headstock", "resume", 3, 3),
    ("direct TLS, SASL2, Bind 2, SCRAM-PLUS", "ejabberd", NEW, "direct", "headstock", "first", 5, 6),
    ("the same, the second time", "ejabberd", NEW, "direct", "headstock", "again", 4, 5),
    ("direct TLS, token", "ejabberd", NEW, "direct", "headstock", "token", 3, 4),
    ("direct TLS, token, session resumed", "ejabberd", NEW, "direct", "headstock", "resume", 3, 3),
    *((f"{title}, {name}", "prosody", OLD, mode, peer, "first", None, None)
      for peer, name in (("strophe", "libstrophe"), ("slixmpp", "slixmpp"), ("nbxmpp", "nbxmpp"))
      for title, mode in (("STARTTLS", "starttls"), ("direct TLS", "direct"))),
]


class Proxy:
    """Passes bytes on, later."""

    def __init__(self, to_port: int):
        self._to_port = to_port
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", 0), self._loop).result()
        self.port = server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        self._loop.call_soon_threadsafe(
            lambda: [writer.transport.abort() for writer in list(self._writers)])

    async def _serve(self, reader, writer) -> None:
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        pair = {writer, to_writer}
        self._writers |= pair
        # SYN, and what answers it.
        await asyncio.sleep(2 * DELAY)
        await asyncio.gather(self._pipe(reader, to_writer), self._pipe(to_reader, writer),
                             return_exceptions=True)
        self._writers -= pair

    async def _pipe(self, reader, writer) -> None:
        try:
            while data := await reader.read(65536):
                self._loop.call_later(DELAY, writer.write, data)
        finally:
            self._loop.call_later(DELAY, writer.close)


def measure(client: str, mode: str, how: str, build: str, proxy: Proxy) -> list[float]:
    """One sign-in, in milliseconds; and to the roster, where that is told."""
    program = Path(build) / f"tests/performance/trips-{client}"
    command = [str(program)] if program.exists() else ["/usr/bin/python3",
                                                       str(HERE / f"trips-{client}.py")]
    command += [mode, str(proxy.port)]
    if client == "headstock":
        command.append(how)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.strip() == "cut":
                proxy.cut()
            else:
                process.stdout.read()
                process.wait(timeout=60)
                return [float(word) for word in line.split()]
    raise RuntimeError(f"{client} {mode} {how}: no sign-in")


def run_inside(build: str, runs: int, rows: list) -> None:
    """Beside a server: prints the shortest time of each row."""
    ports = {"starttls": "HS_TEST_PORT", "direct": "HS_TEST_TLS_PORT"}
    proxies = {mode: Proxy(int(os.environ[name])) for mode, name in ports.items()}
    result = [[min(times) for times in
               zip(*(measure(client, mode, how, build, proxies[mode]) for _ in range(runs)))]
              for mode, client, how in rows]
    print("RESULT " + json.dumps(result), flush=True)


def run_rows(build: str, runs: int) -> list:
    """All rows, those of one server together."""
    times: dict[int, list[float]] = {}
    groups: dict[tuple, list[int]] = {}
    for number, (_, server, options, _, client, *_) in enumerate(ROWS):
        if client in ("strophe", "slixmpp", "nbxmpp") and not is_there(client, build):
            continue
        groups.setdefault((server, tuple(options)), []).append(number)
    for (server, options), numbers in groups.items():
        rows = [(ROWS[n][3], ROWS[n][4], ROWS[n][5]) for n in numbers]
        command = [sys.executable, str(HERE.parent / "servers/serve.py"), f"--server={server}",
                   *options, "--", sys.executable, __file__, "--build", build, "--runs", str(runs),
                   "--inside", json.dumps(rows)]
        output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        line = next(line for line in output.splitlines() if line.startswith("RESULT "))
        times.update(zip(numbers, json.loads(line.removeprefix("RESULT "))))
    return [(ROWS[number], times[number]) for number in sorted(times)]


def is_there(peer: str, build: str) -> bool:
    if peer == "strophe":
        return (Path(build) / "tests/performance/trips-strophe").exists()
    return subprocess.run(["/usr/bin/python3", "-c", f"import {peer}"], check=False,
                          stderr=subprocess.DEVNULL).returncode == 0


def trips(msec: float) -> float:
    return msec / (2000 * DELAY)


def make_table(results: list) -> str:
    lines = ["| sign-in | server | round trips | milliseconds | with the roster |", "|---|---|---|---|---|"]
    for (title, server, *_), times in results:
        roster = f"{trips(times[1]):.1f}" if len(times) > 1 else ""
        lines.append(f"| {title} | {server.replace('p', 'P', 1) if server == 'prosody' else server}"
                     f" | {trips(times[0]):.1f} | {times[0]:.0f} | {roster} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--document", type=Path)
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        run_inside(arguments.build, arguments.runs, json.loads(arguments.inside))
        return 0
    results = run_rows(str(Path(arguments.build).resolve()), arguments.runs)
    table = make_table(results)
    print(table)
    if arguments.document:
        before, _, rest = arguments.document.read_text().partition(MARK)
        after = rest.partition(MARK)[2]
        arguments.document.write_text(f"{before}{MARK}\n{table}\n{MARK}{after}")
    missed = [f"{title} ({server}): {math.floor(trips(time))}, not {goal}"
              for (title, server, _, _, _, _, *goals), times in results
              for time, goal in zip(times, goals)
              if goal is not None and math.floor(trips(time)) > goal]
    if arguments.check and missed:
        print("\n".join(missed), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The sample examples/js/export.js writes an archive into a file, and goes on where a file ends.

    serve.py --option mam=yes -- test-export.py
"""

import json
import re
import sys
import tempfile
from pathlib import Path

import programs
from programs import ENV, Peer, Program, Tap

# More than the server gives in one page.
MESSAGES = 120


def talk(*bodies: str) -> None:
    """Sends messages, and waits until the server has stored them: it answers what comes after."""
    with Peer(2) as peer:
        for body in bodies:
            peer.say(ENV["USER3"], body)
        peer.send(f"<iq type='get' id='last' to='{ENV['DOMAIN']}'><ping xmlns='urn:xmpp:ping'/></iq>")
        while peer.read().get("id") != "last":
            pass


def export(path: Path, status: int = 0) -> list[str]:
    with Program([*programs.EXPORT_JS, ENV["USER3"], ENV["PASSWORD3"], str(path)]) as program:
        assert program.end() == status, program.lines
        assert not re.search("WARNING|CRITICAL|JS ERROR", "\n".join(program.lines)), program.lines
        return program.lines


def read_bodies(path: Path) -> list[str]:
    return [json.loads(line)["body"] for line in path.read_text().splitlines()]


def check(tap: Tap) -> None:
    with tempfile.TemporaryDirectory(dir=ENV["DIR"]) as folder:
        path = Path(folder) / "archive.jsonl"
        bodies = [f"number {number} ‘ü’" for number in range(MESSAGES)]
        with tap.test("export.js: it writes the whole archive, and tells how far it is"):
            talk(*bodies)
            lines = export(path)
            assert read_bodies(path) == bodies
            # Not every server tells how many there are.
            assert lines.index(lines[-1]) > 1 and re.match(rf"{MESSAGES}( of {MESSAGES})? messages", lines[-2]), lines
            assert lines[-1] == f"messages written: {MESSAGES}", lines
            one = json.loads(path.read_text().splitlines()[0])
            assert one["with"] == ENV["USER2"] and not one["outgoing"] and one["xml"].startswith("<message"), one
        with tap.test("export.js: a second run writes what is new"):
            talk("new")
            assert "messages written: 1" in export(path)
            assert read_bodies(path) == [*bodies, "new"]
            assert "messages written: 0" in export(path)
        with tap.test("export.js: it goes on after a line that was cut"):
            whole = path.read_text()
            path.write_bytes(whole.encode()[:len(whole.encode()) // 3])
            export(path)
            assert path.read_text() == whole
        with tap.test("export.js: it tells that the archive has lost the file's last message"):
            path.write_text(whole + json.dumps({**json.loads(whole.splitlines()[50]), "id": "unknown"}) + "\n")
            before = path.read_text()
            assert any("has lost the message unknown" in line for line in export(path, status=1))
            assert path.read_text() == before


def main() -> int:
    tap = Tap()
    check(tap)
    return tap.plan()


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of the examples share: programs that are run and listened to, and a peer.

The programs come from the environment that meson gives: HS_EXAMPLES_BUILD and
HS_EXAMPLES_SOURCE, the folders of the built and of the other examples.  Without it, the library
is the one that is installed.
"""

import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "servers"))

import probe  # noqa: E402

ENV = probe.ENV
IS_INSTALLED = "HS_EXAMPLES_BUILD" not in os.environ
BUILD = Path(os.environ.get("HS_EXAMPLES_BUILD", "examples"))
SOURCE = Path(os.environ.get("HS_EXAMPLES_SOURCE", "examples"))
PYTHON = os.environ.get("HS_EXAMPLES_PYTHON") or sys.executable
PATIENCE = 20
# What must never be printed, whoever prints.
PASSWORDS = [ENV[name] for name in sorted(ENV) if re.fullmatch(r"PASSWORD\d", name)]

SEND_MESSAGE = [str(BUILD / "c" / "send-message")]
ECHO_BOT = [str(BUILD / "c" / "echo-bot")]
VALA_ECHO_BOT = [str(BUILD / "vala" / "vala-echo-bot")]
VALA_COMMAND_BOT = [str(BUILD / "vala" / "vala-command-bot")]
VALA_ROOM_BOT = [str(BUILD / "vala" / "vala-room-bot")]
BASIC = [PYTHON, "-u", str(SOURCE / "python" / "basic.py")]
DISCO = [PYTHON, "-u", str(SOURCE / "python" / "disco.py")]
BOT = [PYTHON, "-u", str(SOURCE / "python" / "bot.py")]
ROOMBOT = [PYTHON, "-u", str(SOURCE / "python" / "roombot.py")]
ECHO_JS = ["gjs", "-m", str(SOURCE / "js" / "echo.js")]
EXPORT_JS = ["gjs", "-m", str(SOURCE / "js" / "export.js")]
HELLO = [str(BUILD / "gtk" / "hello")]


def where(**changes: str | None) -> dict[str, str]:
    """The environment for an example; None takes something out of it."""
    env = {**os.environ, "HEADSTOCK_HOST": ENV["HOST"], "HEADSTOCK_PORT": ENV["PORT"],
           "HEADSTOCK_CA": ENV["CA"]}
    for name, value in changes.items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    return env


class Program:
    """A program that is running; what it prints can be waited for, line by line."""

    def __init__(self, command: list[str], *arguments: str, env: dict[str, str] | None = None):
        # A test runner may have had us ignore SIGINT, which a program would inherit.
        self.process = subprocess.Popen(
            [*command, *arguments], env=env or where(), text=True, encoding="utf-8",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
        self.lines: list[str] = []
        self._coming: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def _listen(self) -> None:
        for line in self.process.stdout:
            self._coming.put(line.rstrip("\n"))
        self._coming.put(None)

    def _next(self, deadline: float) -> str | None:
        line = self._coming.get(timeout=max(deadline - time.monotonic(), 0.001))
        if line is not None:
            self.lines.append(line)
            for password in PASSWORDS:
                if password in line:
                    raise AssertionError("a password was printed")
        return line

    def expect(self, pattern: str) -> re.Match:
        """Waits for a line that is as the pattern says, and goes on behind it."""
        deadline = time.monotonic() + PATIENCE
        try:
            while (line := self._next(deadline)) is not None:
                if match := re.fullmatch(pattern, line):
                    return match
        except queue.Empty:
            pass
        raise AssertionError(f"no line {pattern!r} in {self.lines}")

    def take_lines(self, seconds: float = 0.5) -> None:
        """Takes what it has printed, until nothing has come for a while."""
        try:
            while self._next(time.monotonic() + seconds) is not None:
                pass
        except queue.Empty:
            pass

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def processor_time(self) -> float:
        """How many seconds of the processor it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> int:
        """Waits for the program's own end; its status."""
        deadline = time.monotonic() + PATIENCE
        try:
            while self._next(deadline) is not None:
                pass
        except queue.Empty:
            raise AssertionError(f"it did not end after {self.lines}") from None
        return self.process.wait(timeout=PATIENCE)


class Peer(probe.Client):
    """Somebody to talk to, who does not use the library."""

    def __init__(self, user: int, resource: str | None = None):
        super().__init__("PLAIN_PORT")
        self.open()
        self.authenticate("PLAIN", probe.local(user), probe.prepared(user))
        self.jid = self.bind(resource)
        self.socket.settimeout(PATIENCE)
        self.send("<presence/>")

    def say(self, to: str, body: str, kind: str = "chat", inside: str = "") -> None:
        self.send(f"<message to='{to}' type='{kind}'><body>{body}</body>{inside}</message>")

    def hear(self) -> tuple[str, str, str]:
        """From whom the next message comes that has a body, its type, and the body."""
        while True:
            element = self.read()
            body = element.findtext("{jabber:client}body")
            if element.tag == "{jabber:client}message" and body is not None:
                return element.get("from"), element.get("type"), body

    def enter(self, room: str, nick: str) -> None:
        """Enters a room; a new one is opened for others."""
        muc, owner = "http://jabber.org/protocol/muc", "http://jabber.org/protocol/muc#owner"
        self.send(f"<presence to='{room}/{nick}'><x xmlns='{muc}'/></presence>")
        codes: set[str | None] = set()
        while "110" not in codes:
            presence = self.read()
            # Errors of others, such as a contact's server that is gone, do not matter.
            assert presence.get("type") != "error" or presence.tag != "{jabber:client}presence" \
                or not (presence.get("from") or "").startswith(room)
            codes = {status.get("code") for status in presence.iter(f"{{{muc}#user}}status")}
        if "201" in codes:
            self.send(f"<iq type='set' id='open' to='{room}'><query xmlns='{owner}'><x xmlns='jabber:x:data' type='submit'/>"
                      "</query></iq>")
            while self.read().get("id") != "open":
                pass

    def hear_in_room(self, nick: str) -> str:
        """What somebody says next in the room."""
        while True:
            sender, kind, body = self.hear()
            if kind == "groupchat" and sender.endswith(f"/{nick}"):
                return body


class Relay(threading.Thread):
    """Passes connections on to the server. When it is cut, they end, and new ones are refused until it is mended."""

    def __init__(self):
        super().__init__(daemon=True)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = []
        self._is_cut = False
        self.start()

    def run(self) -> None:
        while True:
            here, _ = self._listener.accept()
            if self._is_cut:
                here.close()
                continue
            there = socket.create_connection((ENV["HOST"], int(ENV["PORT"])))
            self._sockets += [here, there]
            for source, target in ((here, there), (there, here)):
                threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass

    def cut(self) -> None:
        self._is_cut = True
        for one in self._sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._sockets.clear()

    def mend(self) -> None:
        self._is_cut = False


class Tap(probe.Tap):
    """As a test is left, its number is printed."""

    def plan(self) -> int:
        print(f"1..{self.number}")
        return 1 if self.failed else 0

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Short programs, each of which a feature was designed for, work as they are written.

    dbus-run-session -- serve.py --option rooms=yes --option mam=yes -- test-feature-programs.py

They are changed in one respect: the line that makes the client is followed by lines that say where the server is.
(GJS before 1.76 has no Gio.Application.runAsync(), and is told to use run().)
"""

import importlib
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import programs
from programs import ENV, Peer, Program, Tap

FOLDER = Path(__file__).resolve().parent / "feature-programs"
ROOM = f"feature@{ENV['ROOMS']}"
OTHER = f"invited@{ENV['ROOMS']}"
MAKES_A_CLIENT = r"^(?:const )?(client|component) = Headstock\.(?:Client|Component)\.new\(.*\);?\n"
WHERE = {
    ".py": """from gi.repository import Gio
{name}.props.host, {name}.props.port = "{HOST}", {port}
{name}.props.tls_database = Gio.TlsFileDatabase.new("{CA}")
""",
    ".js": """{name}.host = '{HOST}';
{name}.port = {port};
{name}.tls_database = Gio.TlsFileDatabase.new('{CA}');
""",
}


def adapt(name: str) -> str:
    """The program for the test's server."""
    code = (FOLDER / name).read_text()
    assert len(re.findall(MAKES_A_CLIENT, code, re.MULTILINE)) == 1, name

    def add(match: re.Match) -> str:
        port = ENV["COMPONENT_PORT" if match.group(1) == "component" else "PORT"]
        where = WHERE[Path(name).suffix].format(name=match.group(1), port=port, **ENV)
        # A component's stream is plain.
        lines = [line for line in where.splitlines(True) if match.group(1) == "client" or "CA" not in line and "tls" not in line]
        return match.group(0) + "".join(lines)

    code = re.sub(MAKES_A_CLIENT, add, code, flags=re.MULTILINE)
    if Path(name).suffix == ".js":
        version = subprocess.run(["gjs", "--version"], check=True, capture_output=True, text=True).stdout
        if [int(number) for number in re.findall(r"\d+", version)] < [1, 76]:
            code = code.replace("await app.runAsync(", "app.run(")
    return code


def start(name: str, *arguments: str) -> Program:
    """Runs the program in a folder of its own."""
    path = Path(tempfile.mkdtemp(dir=ENV["DIR"])) / name
    path.write_text(adapt(name))
    command = [programs.PYTHON, "-u"] if path.suffix == ".py" else ["gjs", "-m"]
    return Program([*command, str(path)], *arguments)


def check_calm(tap: Tap, program: Program, what: str) -> None:
    with tap.test(f"{what} has no complaint"):
        assert not any(re.search("Traceback|WARNING|CRITICAL", line) for line in program.lines), program.lines


def check_room_bot(tap: Tap) -> None:
    peer = Peer(2)
    with peer:
        peer.enter(ROOM, "juliet")
        with start("room-bot.py", ENV["USER1"], ENV["PASSWORD1"], ROOM) as bot:
            with tap.test("the room bot joins, and answers"):
                bot.expect(f"joined {re.escape(ROOM)}")
                peer.say(ROOM, "!ping", "groupchat")
                assert peer.hear_in_room("bot") == "pong"
                peer.say(ROOM, "!who", "groupchat")
                assert peer.hear_in_room("bot") == "2 are here"
            with tap.test("the room bot comes when it is invited"):
                peer.enter(OTHER, "juliet")
                peer.send(f"<message to='{OTHER}'><x xmlns='http://jabber.org/protocol/muc#user'>"
                          f"<invite to='{ENV['USER1']}'/></x></message>")
                bot.expect(f"joined {re.escape(OTHER)}")
            bot.signal(signal.SIGINT)
            bot.end()
            check_calm(tap, bot, "the room bot")


def check_exporter(tap: Tap) -> None:
    bodies = [f"page {number}" for number in range(70)]
    with Peer(2) as peer, Peer(1) as own:
        for body in bodies:
            peer.say(ENV["USER1"], body)
        while own.hear()[2] != bodies[-1]:
            pass
    with start("exporter.py", ENV["USER1"], ENV["PASSWORD1"]) as exporter:
        with tap.test("the exporter prints each message of more than one page, in order, and ends"):
            exporter.end()
            found = [match.group(1) for line in exporter.lines if (match := re.search("<body>(page .*?)</body>", line))]
            assert found == bodies, exporter.lines
            identifiers = [line.split()[0] for line in exporter.lines]
            assert len(set(identifiers)) == len(identifiers)
        check_calm(tap, exporter, "the exporter")


def ask_for_information(peer: Peer, address: str) -> list[tuple[str | None, str | None]]:
    """Category and name of each identity of an address."""
    query = "http://jabber.org/protocol/disco#info"
    peer.send(f"<iq type='get' id='{address}' to='{address}'><query xmlns='{query}'/></iq>")
    while (answer := peer.read()).get("id") != address:
        pass
    return [(identity.get("category"), identity.get("name")) for identity in answer.iter(f"{{{query}}}identity")]


def check_gateway(tap: Tap) -> None:
    phone, component = f"123@{ENV['COMPONENT']}", ENV["COMPONENT"]
    with Peer(2) as peer, start("gateway.py", component, ENV["COMPONENT_SECRET"]) as gateway:
        # Who has not asked for the roster is not told of subscriptions (RFC 6121, 2.2).
        peer.send("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>")
        with tap.test("the gateway says what it is, and what each of its addresses is"):
            for _ in range(100):
                if found := ask_for_information(peer, component):
                    break
                gateway.take_lines(0.1)
            assert ("gateway", "Text messages") in found, found
            assert ask_for_information(peer, phone) == [("client", "Phone 123")]
        with tap.test("the gateway takes a subscription"):
            peer.send(f"<presence type='subscribe' to='{phone}'/>")
            while (presence := peer.read()).get("type") != "subscribed" or presence.get("from") != phone:
                pass
        with tap.test("the gateway prints a message for one of its addresses"):
            peer.say(phone, "hello")
            gateway.expect("123 hello")
        peer.send(f"<iq type='set' id='away'><query xmlns='jabber:iq:roster'><item jid='{phone}' subscription='remove'/>"
                  "</query></iq>")
        while peer.read().get("id") != "away":
            pass
        gateway.signal(signal.SIGINT)
        gateway.end()
        check_calm(tap, gateway, "the gateway")


def check_notifier(tap: Tap) -> None:
    desktop = importlib.import_module("test-notifier").Desktop()
    with start("notifier.js", ENV["USER1"], ENV["PASSWORD1"]) as notifier, Peer(2) as peer:
        while not (peer.read().get("from") or "").startswith(ENV["USER1"] + "/"):
            pass
        with tap.test("the notifier shows a message under the name of the contact, and no receipt"):
            peer.send(f"<message to='{ENV['USER1']}'><received xmlns='urn:xmpp:receipts' id='x'/></message>")
            peer.say(ENV["USER1"], "Hello")
            assert desktop.wait(1) == [("User2", "Hello")], desktop.shown
        check_calm(tap, notifier, "the notifier")


CHECKS: dict[str, Callable[[Tap], None]] = {
    "room-bot": check_room_bot, "exporter": check_exporter, "gateway": check_gateway, "notifier": check_notifier}


def main() -> int:
    tap = Tap()
    for name in sys.argv[1:] or CHECKS:
        CHECKS[name](tap)
    return tap.plan()


if __name__ == "__main__":
    sys.exit(main())

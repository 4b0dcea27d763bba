#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every program of the cookbook does what its page says, in each language.

    serve.py -- test-cookbook.py c|python|javascript [PAGE...]

A program is the frame of docs/cookbook/cookbook.md with the code of a section in the place of its comment, an account
of the test server, and lines that say where the server is. Here is what is done to each and what it prints.
"""

import contextlib
import http.client
import importlib
import os
import re
import signal
import socket
import ssl
import sys
import tempfile
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import cookbook_programs
import programs
from programs import ENV, Peer, Program, Tap

first_programs = importlib.import_module("test-readme")
export = importlib.import_module("test-export")

PAGES = Path(__file__).resolve().parent.parent.parent / "docs" / "cookbook"
FRAME = "cookbook"
FENCES = {"c": "c", "python": "python", "javascript": "js"}
PLACE = {"c": "/* The code of the page */", "python": "# The code of the page",
         "javascript": "// The code of the page"}
Scenario = Callable[[Program], None]


def prints(*lines: str) -> Scenario:
    def check(program: Program) -> None:
        for line in lines:
            program.expect(line)
    return check


def sees_who_is_online(program: Program) -> None:
    with Peer(2):
        program.expect("User2 is online")
    program.expect("User2 is offline")


def adds_a_contact(program: Program) -> None:
    with Peer(5) as juliet:
        program.expect("asked Juliet")
        while True:
            stanza = juliet.read()
            if stanza.get("type") == "subscribe":
                break
        assert stanza.findtext("{jabber:client}status") == "It's me, Romeo"


def lets_others_see(program: Program) -> None:
    with Peer(4) as peer:
        peer.send(f"<presence type='subscribe' to='{ENV['USER1']}'/>")
        program.expect(re.escape(ENV["USER4"]) + " may see when I am online")
        while not (peer.read().get("from") or "").startswith(ENV["USER1"] + "/"):
            pass


def is_away(program: Program) -> None:
    with Peer(2) as peer:
        program.expect("away")
        while (stanza := peer.read()).findtext("{jabber:client}show") != "away":
            pass
        assert stanza.findtext("{jabber:client}status") == "Back at noon"


def list_devices() -> set[str]:
    """The account's devices that a contact sees. The server goes on showing one whose program was killed."""
    with Peer(2) as peer:
        peer.send(f"<iq type='get' id='last' to='{ENV['DOMAIN']}'><ping xmlns='urn:xmpp:ping'/></iq>")
        devices = set()
        while (stanza := peer.read()).get("id") != "last":
            devices.add(stanza.get("from"))
        return {device for device in devices if device and device.startswith(ENV["USER1"] + "/")}


class IsNotSeen:
    def prepare(self) -> None:
        self.before = list_devices()

    def __call__(self, program: Program) -> None:
        program.expect("here, and nobody knows")
        assert list_devices() <= self.before


def says_what_it_is(program: Program) -> None:
    jid = program.expect("ready as (.*)").group(1)
    with Peer(2) as peer:
        peer.send(f"<iq type='get' id='q' to='{jid}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
        while (answer := peer.read()).get("id") != "q":
            pass
        info = "{http://jabber.org/protocol/disco#info}"
        assert answer.find(f".//{info}identity").get("name") == "Weather bot"
        assert "urn:example:weather" in {one.get("var") for one in answer.iter(f"{info}feature")}


def asks_for_capabilities(program: Program) -> None:
    with Peer(2) as peer:
        while (request := peer.read()).find("{http://jabber.org/protocol/disco#info}query") is None:
            pass
        peer.send(f"<iq type='result' id='{request.get('id')}' to='{request.get('from')}'>"
                  "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='client' type='pc'/>"
                  "<feature var='urn:xmpp:receipts'/></query></iq>")
        program.expect("receipts: yes")


class Talks:
    """Somebody is there before the program, and speaks when it has come: programs that were killed stay visible."""

    def __init__(self, talk: Callable[[Program, Peer], None]):
        self.talk = talk

    def prepare(self) -> None:
        self.peer = Peer(2)
        self.peer.send(f"<iq type='get' id='last' to='{ENV['DOMAIN']}'><ping xmlns='urn:xmpp:ping'/></iq>")
        while self.peer.read().get("id") != "last":
            pass

    def __call__(self, program: Program) -> None:
        with self.peer as peer:
            while not (peer.read().get("from") or "").startswith(ENV["USER1"] + "/"):
                pass
            self.talk(program, peer)


class SendsFile(Talks):
    """The file is there before the program, and who gets the message can download it."""

    def prepare(self) -> None:
        Path("cat.txt").write_text("miaow")
        super().prepare()


def download(url: str) -> bytes:
    """What is there, from this machine: not each system has a file that says what localhost is."""
    where = urllib.parse.urlsplit(url)
    context = ssl.create_default_context(cafile=ENV["CA"])
    connection = http.client.HTTPConnection(where.hostname, where.port)
    with socket.create_connection(("127.0.0.1", where.port)) as plain:
        connection.sock = context.wrap_socket(plain, server_hostname=where.hostname)
        with contextlib.closing(connection):
            connection.request("GET", where.path)
            answer = connection.getresponse()
            assert answer.status == 200, answer.status
            return answer.read()


def gets_a_file(program: Program, peer: Peer) -> None:
    url = program.expect(r"sent as (https://\S+)").group(1)
    while peer.hear()[2] != url:
        pass
    assert download(url) == b"miaow"


def answers(program: Program, peer: Peer) -> None:
    program.expect("listening")
    peer.say(ENV["USER1"], "Hello")
    while peer.hear()[2] != "You said: Hello":
        pass


def is_told(program: Program, peer: Peer) -> None:
    program.expect("ready")
    peer.say(ENV["USER1"], "Good morning")
    program.expect("User2: Good morning")


def tells_what_becomes(program: Program) -> None:
    program.expect("the server has it")


def sends_in_order(program: Program, peer: Peer) -> None:
    # What another program of the page said to somebody who was not there comes first.
    while (heard := peer.hear()[2]) != "first":
        assert heard == "Are you there?", heard
    assert peer.hear()[2] == "second"
    program.expect("all are on their way")


def shows_who_is_writing(program: Program, peer: Peer) -> None:
    program.expect("listening")
    peer.send(f"<message to='{ENV['USER1']}' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/>"
              "</message>")
    program.expect(re.escape(ENV["USER2"]) + " is writing")


def misses_nothing(program: Program, peer: Peer) -> None:
    program.expect(re.escape(f"up to date: {ENV['USER1']}"))
    peer.say(ENV["USER1"], "Good morrow")
    program.expect("Good morrow")


def says_what_was_read(program: Program, peer: Peer) -> None:
    program.expect("listening")
    marker = "{urn:xmpp:chat-markers:0}displayed"
    peer.send(f"<message to='{ENV['USER1']}' type='chat' id='read-me'><body>Read me</body>"
              "<markable xmlns='urn:xmpp:chat-markers:0'/></message>")
    while (displayed := peer.read().find(marker)) is None:
        pass
    assert displayed.get("id") == "read-me"
    peer.send(f"<message to='{ENV['USER1']}' type='chat'><displayed xmlns='urn:xmpp:chat-markers:0' id='mine'/></message>")
    program.expect(re.escape(ENV["USER2"]) + " has read mine")


class InRoom:
    """Somebody is in the room before the program."""

    def __init__(self, meet: Callable[[Program, Peer], None]):
        self.meet = meet

    def prepare(self) -> None:
        self.peer = Peer(2)
        self.peer.enter(f"verona@{ENV['ROOMS']}", "juliet")

    def __call__(self, program: Program) -> None:
        with self.peer as peer:
            self.meet(program, peer)


def answers_in_room(program: Program, peer: Peer) -> None:
    program.expect(re.escape(f"in verona@{ENV['ROOMS']} as bot"))
    peer.say(f"verona@{ENV['ROOMS']}", "!ping", "groupchat")
    assert peer.hear_in_room("bot") == "pong"


def shows_who_is_in_a_room(program: Program, peer: Peer) -> None:
    program.expect("juliet is there")
    program.expect("that is all")
    with Peer(3) as nurse:
        nurse.enter(f"verona@{ENV['ROOMS']}", "nurse")
        program.expect("nurse has come")
    program.expect("nurse is gone")


def comes_when_invited(program: Program, peer: Peer) -> None:
    peer.enter(f"verona@{ENV['ROOMS']}", "juliet")
    peer.send(f"<message to='verona@{ENV['ROOMS']}'><x xmlns='http://jabber.org/protocol/muc#user'>"
              f"<invite to='{ENV['USER1']}'><reason>dance</reason></invite></x></message>")
    program.expect("invited: dance")
    program.expect("here I am")


class Remembers:
    """Another device of the account remembers a room, and forgets it when the program is there."""

    def change(self, what: str) -> None:
        with Peer(1) as device:
            device.send(f"<iq type='set' id='change'><pubsub xmlns='http://jabber.org/protocol/pubsub'>{what}</pubsub></iq>")
            while (answer := device.read()).get("id") != "change":
                pass
            assert answer.get("type") == "result", answer

    def prepare(self) -> None:
        self.room = f"mantua@{ENV['ROOMS']}"
        self.change(f"<publish node='urn:xmpp:bookmarks:1'><item id='{self.room}'><conference xmlns='urn:xmpp:bookmarks:1'"
                    " autojoin='true'><nick>juliet</nick></conference></item></publish>")

    def __call__(self, program: Program) -> None:
        program.expect(re.escape(f"in {self.room} as juliet"))
        self.change(f"<retract node='urn:xmpp:bookmarks:1' notify='true'><item id='{self.room}'/></retract>")
        program.expect("a room is not remembered any more")


class HasVcard:
    """Somebody has said who they are, with a photo."""

    def __init__(self, line: str):
        self.line = line

    def prepare(self) -> None:
        with Peer(2) as peer:
            peer.send("<iq type='set' id='card'><vCard xmlns='vcard-temp'><FN>Romeo Montague</FN>"
                      "<PHOTO><TYPE>image/png</TYPE><BINVAL>aGVsbG8=</BINVAL></PHOTO></vCard></iq>")
            while (answer := peer.read()).get("id") != "card":
                pass
            assert answer.get("type") == "result"

    def __call__(self, program: Program) -> None:
        program.expect(self.line)


# A page that is about one language.
LANGUAGES = {"asyncio": {"python"}}
# Their programs have done all when the connection is still to come: they are not ended in an orderly way.
WITHOUT_CONNECTION = {"forms", "markup"}
# Pages about what the library was built without.
LEFT_OUT = set(os.environ.get("HS_EXAMPLES_WITHOUT", "").split())
SCENARIOS: dict[tuple[str, str], Scenario] = {
    ("contacts", "See who is online"): sees_who_is_online,
    ("contacts", "List the contacts by group"): prints("Friends:", "  User2"),
    ("contacts", "Add a contact"): adds_a_contact,
    ("contacts", "Let others see you"): lets_others_see,
    ("messages", "Answer messages"): Talks(answers),
    ("messages", "See what becomes of a message"): tells_what_becomes,
    ("messages", "Send before there is a connection"): Talks(sends_in_order),
    ("messages", "Show who is writing"): Talks(shows_who_is_writing),
    ("messages", "Say what was read"): Talks(says_what_was_read),
    ("presence", "Say that you are away"): is_away,
    ("presence", "Sign in without being seen"): IsNotSeen(),
    ("discovery", "See what a server can do"): prints("the server answers pings: yes"),
    ("discovery", "Find a service"): prints("rooms: .*"),
    ("discovery", "Say what your program is"): says_what_it_is,
    ("discovery", "See what a contact's program can do"): asks_for_capabilities,
    ("questions", "Measure the way to a server"): prints(r"the server answered after \d+ ms"),
    ("questions", "Tell your version, and ask for another one"): prints("the server is (Prosody|ejabberd)"),
    ("questions", "Ask what time it is there"): prints(r"it is \d\d:\d\d there"),
    ("questions", "Tell how long you have been away"): prints(r"Romeo was here \d+ seconds ago"),
    ("forms", "Fill in a form"): prints("New room: <x .*Balcony.*"),
    ("forms", "Make a form"): prints("<x .*urn:example:weather.*<value>Verona</value><value>Mantua</value>.*"),
    ("forms", "Make a form for others to fill in"):
        prints("<x .*<title>A forecast</title>.*<required/>.*<value>today</value>.*label=\"Tomorrow\".*"),
    ("forms", "Make a table of results"):
        prints("<x .*<reported>.*</reported><item>.*<value>Juliet</value>.*<value>benvolio@montague.example</value>.*"),
    ("forms", "Read a table of results"): prints("Juliet", "Benvolio"),
    ("markup", "Mark up a message"):
        prints(r"<small>&gt; Two households, both <b>\*alike in <i>_dignity_</i>\*</b> &amp; more</small>"),
    ("archives", "Read the last messages with somebody"): prints("that was all of this page"),
    ("archives", "Write the whole archive out"): prints("that was the whole archive"),
    ("nodes", "Keep something private on the server"): prints("kept: today"),
    ("history", "Miss no message"): Talks(misses_nothing),
    ("history", "Show the newest messages first"): prints("nothing is left in the gap|there is more in the gap"),
    ("rooms", "Answer in a room"): InRoom(answers_in_room),
    ("rooms", "See who is in a room"): InRoom(shows_who_is_in_a_room),
    ("rooms", "Remember rooms"): prints("remembered: Verona"),
    ("rooms", "Join the rooms that you remember"): Remembers(),
    ("rooms", "Make a room of your own"): prints("juliet is invited"),
    ("rooms", "Come when you are invited"): Talks(comes_when_invited),
    ("blocking", "Block somebody"): prints("nobody at spam.example gets through"),
    ("blocking", "See who is blocked, and unblock everybody"): prints("nobody is blocked any more"),
    ("profiles", "Read what somebody says of themself"): HasVcard("Romeo is Romeo Montague"),
    ("profiles", "Say who you are"): prints("stored"),
    ("profiles", "Show an avatar to others"): prints("others see [0-9a-f]{40}"),
    ("profiles", "Look at somebody's avatar"): HasVcard("Romeo's avatar has 5 bytes"),
    ("uploads", "Send a file"): SendsFile(gets_a_file),
    ("uploads", "See whether files can be sent"): prints("files of up to 10 MiB"),
    ("state", "Keep contacts and capabilities"): prints(r"contacts: \d+"),
    ("messenger", "Begin with all that a messenger has"): Talks(is_told),
}


def read_sections(path: Path) -> dict[str, dict[str, str]]:
    """The code of each section of a page, by the language of its fence."""
    sections: dict[str, dict[str, str]] = {}
    for section in re.split(r"^## ", path.read_text(), flags=re.MULTILINE)[1:]:
        title, _, text = section.partition("\n")
        blocks = re.findall(rf"^```({'|'.join(FENCES.values())})\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        if blocks:
            assert len(dict(blocks)) == len(blocks), f"{path.name}, {title}: two programs in one language"
            sections[title] = dict(blocks)
    return sections


def find_code(language: str, blocks: dict[str, str]) -> str:
    """The code of a section for a scenario of cookbook_programs, in the frame unless it is a program by itself."""
    code = blocks[FENCES[language]]
    if cookbook_programs.is_whole(language, code):
        return code
    return read_sections(PAGES / f"{FRAME}.md")["The frame"][FENCES[language]].replace(PLACE[language], code)


def make_program(language: str, code: str, folder: Path) -> list[str]:
    frame = read_sections(PAGES / f"{FRAME}.md")["The frame"][FENCES[language]]
    assert frame.count(PLACE[language]) == 1
    frame = first_programs.adapt(language, frame)
    # The lines that say where the server is import it once more.
    head, separator, tail = frame.partition("const client")
    frame = head + separator + tail.replace("import Gio from 'gi://Gio';\n", "")
    code = code.replace("juliet@domain", ENV["USER5"]).replace("romeo@domain", ENV["USER2"])
    code = code.replace("rooms.domain", ENV["ROOMS"])
    return first_programs.prepare(language, frame.replace(PLACE[language], code), folder)


def check_section(language: str, code: str, scenario: Scenario, connects: bool) -> None:
    with tempfile.TemporaryDirectory(dir=ENV["DIR"]) as folder:
        command = make_program(language, code, Path(folder))
        # State is kept, and files are looked for, where the program runs.
        previous = os.getcwd()
        os.chdir(folder)
        try:
            getattr(scenario, "prepare", lambda: None)()
            with Program(command) as program:
                scenario(program)
                if connects:
                    program.signal(signal.SIGINT)
                    program.end()
                assert not re.search("WARNING|CRITICAL|Traceback|JS ERROR", "\n".join(program.lines)), program.lines
        finally:
            os.chdir(previous)


def main() -> int:
    tap = Tap()
    language, wanted = sys.argv[1], sys.argv[2:]
    found = set()
    for path in [*sorted(PAGES.glob("*.md")), *sorted((PAGES.parent / "coming-from").glob("*.md"))]:
        page = path.stem
        if page in {FRAME, "windows"} | LEFT_OUT or (wanted and page not in wanted):
            continue
        for title, blocks in read_sections(path).items():
            found.add((page, title))
            # The pages for people who come from another library are in its language only.
            languages = LANGUAGES.get(page, set(FENCES)) if path.parent == PAGES else \
                {one for one, fence in FENCES.items() if fence in blocks}
            if language not in languages:
                continue
            with tap.test(f"{page}: {title}"):
                assert set(blocks) == {FENCES[one] for one in languages}, f"it is there in {', '.join(blocks)} only"
                if scenario := cookbook_programs.SCENARIOS.get((page, title)):
                    cookbook_programs.check(language, find_code(language, blocks), scenario, first_programs.prepare)
                else:
                    check_section(language, blocks[FENCES[language]], SCENARIOS[page, title],
                                  page not in WITHOUT_CONNECTION)
    # What a page leads on to, with the server that is there.
    if language == "javascript" and (not wanted or "archives" in wanted):
        export.check(tap)
    if not wanted:
        with tap.test("every page is in the list, and every scenario has its section"):
            index = (PAGES / f"{FRAME}.md").read_text()
            known = {(page, title) for page, title in {*SCENARIOS, *cookbook_programs.SCENARIOS} if page not in LEFT_OUT}
            assert found == known, found ^ known
            assert all(f"({page}.md)" in index for page, _ in found if (PAGES / f"{page}.md").exists())
    return tap.plan()


if __name__ == "__main__":
    sys.exit(main())

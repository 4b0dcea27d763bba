# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is done to the programs of the cookbook that need more than an account, and to those of the guides for people who
come from another library: how each is told where the server is, and what it prints and sends.
"""

import contextlib
import os
import re
import signal
import socket
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from programs import ENV, Peer, Program, probe, where

CLIENT_LINE = {
    "c": r"^( *)g_autoptr \(HsClient\) client = .*;\n",
    "python": r"^( *)client = Headstock\.(?:Client|Component)(?:\.new)?\(.*\)\n",
    "javascript": r"^( *)const client = .*Headstock\.(?:Client|Component).*;\n",
}
SERVER_LINES = {
    "c": '  g_object_set (client, "host", "{HOST}", "port", {port}, NULL);\n',
    "python": 'client.props.host, client.props.port = "{HOST}", {port}\n',
    "javascript": "client.host = '{HOST}';\nclient.port = {port};\n",
}
AUTHORITY_LINES = {
    "c": """  {{
    g_autoptr (GTlsDatabase) database = g_tls_file_database_new ("{CA}", NULL);

    hs_client_set_tls_database (client, database);
  }}
""",
    "python": """import gi.repository.Gio
client.props.tls_database = gi.repository.Gio.TlsFileDatabase.new("{CA}")
""",
    "javascript": "client.tls_database = imports.gi.Gio.TlsFileDatabase.new('{CA}');\n",
}
# What the pages say, and what it is beside the test's server.
PLACES = {
    "romeo@domain": "USER2", "juliet@domain": "USER5", "weather.example.org": "COMPONENT", "/etc/xmpp/ca.pem": "CA",
}


@dataclass
class Scenario:
    """How a program is run: what it is to be told, what is there before it, and what it does then."""

    check: Callable[["Run"], None]
    # Whether it ends when it is told to, with SIGINT; else it has ended by itself.
    is_stopped: bool = True
    knows_authority: bool = True
    is_component: bool = False
    account: Callable[[], tuple[str, str]] = lambda: (ENV["USER1"], ENV["PASSWORD1"])
    arguments: Callable[[], list[str]] = list
    environment: dict[str, str] = field(default_factory=dict)
    files: dict[str, Callable[[], str]] = field(default_factory=dict)
    # Somebody who is there before the program.
    has_peer: bool = True


@dataclass
class Run:
    """A program that is running, and what a scenario needs to run it once more."""

    program: Program
    command: list[str]
    folder: Path
    peer: Peer | None

    def again(self, *arguments: str, **environment: str | None) -> Program:
        return Program(self.command, *arguments, env=where(**environment))


def is_whole(language: str, code: str) -> bool:
    """Whether the code is a program without a frame."""
    sign = {"c": r"^main \(", "python": r"^gi\.require_version", "javascript": r"^import Headstock"}[language]
    return bool(re.search(sign, code, re.MULTILINE))


def place(language: str, code: str, scenario: Scenario) -> str:
    """The program for the test's server."""
    lines = SERVER_LINES[language] + (AUTHORITY_LINES[language] if scenario.knows_authority else "")
    values = ENV | {"port": ENV["COMPONENT_PORT" if scenario.is_component else "PORT"]}
    if scenario.is_component:
        lines = SERVER_LINES[language]
    lines = lines.format(**values)

    def add(match: re.Match) -> str:
        indent = "" if language == "c" else match.group(1)
        return match.group(0) + re.sub(r"^(?=.)", indent, lines, flags=re.MULTILINE)

    code, found = re.subn(CLIENT_LINE[language], add, code, flags=re.MULTILINE)
    assert found == 1, f"{found} lines make the client"
    jid, password = (ENV["COMPONENT"], ENV["COMPONENT_SECRET"]) if scenario.is_component else scenario.account()
    code = re.sub(r"(['\"])secret\1", rf"\g<1>{password}\1", code.replace("user@domain", jid))
    for name, variable in PLACES.items():
        code = code.replace(name, ENV[variable])
    return code.replace("/etc/xmpp/server.pem", str(Path(ENV["CA"]).parent / "server.pem"))


def get_error(peer: Peer) -> "probe.ElementTree.Element":
    """The next message of the type `error` that somebody gets."""
    while (stanza := peer.read()).tag != "{jabber:client}message" or stanza.get("type") != "error":
        pass
    return stanza


def see(peer: Peer, address: str) -> None:
    """Waits until an address is seen to be available."""
    while not ((stanza := peer.read()).tag == "{jabber:client}presence" and stanza.get("type") is None
               and (stanza.get("from") or "").partition("/")[0] == address):
        pass


def hear(peer: Peer, body: str) -> str:
    """Waits for a message; who sent it."""
    while (heard := peer.hear())[2] != body:
        pass
    return heard[0]


def sends_once(run: Run) -> None:
    hear(run.peer, "The backup is done.")
    assert run.program.end() == 0, run.program.lines
    for arguments, password, status in (([ENV["USER2"], "x"], "wrong", os.EX_NOPERM), ([], "", os.EX_USAGE),
                                        (["a@@b", "x"], ENV["PASSWORD1"], os.EX_USAGE)):
        with run.again(*arguments, XMPP_PASSWORD=password) as program:
            assert program.end() == status, (arguments, program.lines)


def echoes(run: Run) -> None:
    run.program.expect("ready")
    run.peer.say(ENV["USER1"], "never", "error")
    run.peer.say(ENV["USER1"], "Hello?")
    hear(run.peer, "Hello?")
    with Peer(5) as stranger:
        stranger.send(f"<presence type='subscribe' to='{ENV['USER1']}'/>")
        see(stranger, ENV["USER1"])
        stranger.send(f"<presence type='unsubscribe' to='{ENV['USER1']}'/>")


def serves(run: Run) -> None:
    """Signs in with the password, then goes on with its session, then signs in with the token alone."""
    run.program.expect("ready")
    run.peer.say(ENV["USER1"], "one")
    hear(run.peer, "one")
    run.program.signal(signal.SIGTERM)
    assert run.program.end() == 0, run.program.lines
    run.peer.say(ENV["USER1"], "two")
    # Without tokens, the password is needed each time.
    has_token = (run.folder / "token").exists()
    assert has_token or ENV["SERVER_VERSION"].startswith("0."), "the server gives tokens"
    credentials = None if has_token else str(run.folder / "credentials")
    with run.again(CREDENTIALS_DIRECTORY=credentials) as program:
        program.expect("resumed")
        hear(run.peer, "two")
        program.signal(signal.SIGTERM)
        assert program.end() == 0, program.lines
    for name in ("token", "session"):
        if (run.folder / name).exists():
            assert (run.folder / name).stat().st_mode & 0o77 == 0, f"everybody can read {name}"
    (run.folder / "session").unlink()
    with run.again(CREDENTIALS_DIRECTORY=credentials) as program:
        program.expect("ready")


def answers_for_many(run: Run) -> None:
    run.program.expect("ready")
    for city, report in (("verona", "Sunny"), ("mantua", "Rain")):
        address = f"{city}@{ENV['COMPONENT']}"
        run.peer.say(address, "Weather?")
        assert hear(run.peer, report) == address
    run.peer.say(f"rome@{ENV['COMPONENT']}", "Weather?")
    assert get_error(run.peer).find(".//{*}item-not-found") is not None
    run.peer.send(f"<presence type='subscribe' to='verona@{ENV['COMPONENT']}'/>")
    see(run.peer, f"verona@{ENV['COMPONENT']}")
    # The programs after this one are not to hear that the component is gone.
    run.peer.send(f"<iq type='set' id='remove'><query xmlns='jabber:iq:roster'>"
                  f"<item jid='verona@{ENV['COMPONENT']}' subscription='remove'/></query></iq>")
    while run.peer.read().get("id") != "remove":
        pass


def thinks(run: Run) -> None:
    run.program.expect("ready")
    run.peer.say(ENV["USER1"], "everything")
    hear(run.peer, "The answer to everything is 42")


def is_sent_from_a_thread(run: Run) -> None:
    hear(run.peer, "The disk is full")


def make_name() -> tuple[str, str]:
    """An account that there is not."""
    return f"new{uuid.uuid4().hex[:8]}@{ENV['DOMAIN']}", "good"


def make_account() -> tuple[str, str]:
    """An account that was made just now."""
    jid, password = make_name()
    with probe.Client("PLAIN_PORT") as client:
        client.open()
        client.send(f"<iq type='set' id='r'><query xmlns='jabber:iq:register'><username>{jid.partition('@')[0]}"
                    f"</username><password>{password}</password></query></iq>")
        answer = client.read()
        assert answer.get("type") == "result", probe.ElementTree.tostring(answer)
    return jid, password


def ends_well(*lines: str) -> Callable[[Run], None]:
    def check(run: Run) -> None:
        for line in lines:
            run.program.expect(line)
        assert run.program.end() == 0, run.program.lines
    return check


def end_by_signal(run: Run) -> None:
    """Ends a program in which Ctrl-C raises KeyboardInterrupt, as in each that asyncio runs."""
    run.program.signal(signal.SIGTERM)
    assert run.program.end() == 0, run.program.lines


def tells_the_year(run: Run) -> None:
    run.program.expect("listening")
    run.peer.say(ENV["USER1"], "Which year is it?")
    run.peer.say(ENV["USER1"], "And now?")
    for _ in range(2):
        hear(run.peer, f"It is the year {time.gmtime().tm_year}")
    end_by_signal(run)


def answers_from_a_coroutine(run: Run) -> None:
    jid = run.program.expect("ready as (.*)").group(1)
    run.peer.send(f"<iq type='get' id='t' to='{jid}'><time xmlns='urn:xmpp:time'/></iq>")
    while (answer := run.peer.read()).get("id") != "t":
        pass
    assert answer.findtext(".//{urn:xmpp:time}utc") == "2026-01-01T00:00:00Z"
    end_by_signal(run)


def takes_lines(run: Run) -> None:
    port = int(run.program.expect(r"listening at port (\d+)").group(1))
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rw") as file:
        file.write("The disk is full\n")
        file.flush()
        assert file.readline() == "sent\n"
    hear(run.peer, "The disk is full")
    end_by_signal(run)


def makes_account(run: Run) -> None:
    run.program.expect("the account was made")
    run.program.expect("signed in as new.*")


def cancels_account(run: Run) -> None:
    run.program.expect("the password was changed")
    run.program.expect("the account is gone")
    # The session is gone as well, and the program ends by itself.
    run.program.end()


def is_version_bot(run: Run) -> None:
    run.program.expect("connected")
    run.peer.say(ENV["USER1"], "What?")
    sender = hear(run.peer, "What?")
    run.peer.send(f"<iq type='get' id='v' to='{sender}'><query xmlns='jabber:iq:version'/></iq>")
    while (answer := run.peer.read()).get("id") != "v":
        pass
    assert answer.findtext(".//{jabber:iq:version}name") == "Example bot"
    run.peer.say(ENV["USER1"], "quit")
    hear(run.peer, "bye!")
    assert run.program.end() == 0, run.program.lines


def sends_hello(run: Run) -> None:
    run.program.expect("sent")
    hear(run.peer, "Hello from a main loop")
    assert run.program.end() == 0, run.program.lines


def ends_after(*lines: str) -> Callable[[Run], None]:
    def check_lines(run: Run) -> None:
        for line in lines:
            run.program.expect(line)
        assert run.program.end() == 0, run.program.lines
    return check_lines


def prints(line: str) -> Callable[[Run], None]:
    return lambda run: run.program.expect(line)


def misses_a_handler(run: Run) -> None:
    run.program.expect("[0-9:.]+ state .*: ready as .*")
    run.peer.say(ENV["USER1"], "Hello")
    run.program.expect(".* dispatch " + re.escape(ENV["USER1"]) + ".*: handler 1, for <body xmlns='urn:example:wrong'> "
                       "has not matched yet, but <body> came in the namespace 'jabber:client'")


def says_what_failed(run: Run) -> None:
    run.program.expect(re.escape(ENV["DOMAIN"]) + r" answered the request \(urn:example:weather query\) with "
                       "service-unavailable.*")
    run.program.expect("type cancel, condition service-unavailable")


def keeps_a_log(run: Run) -> None:
    run.program.expect("[0-9:.]+ state .*: ready as .*")
    text = (run.folder / "xmpp.log").read_text()
    assert " OUT " in text and " IN  " in text and ENV["PASSWORD1"] not in text


def check(language: str, code: str, scenario: Scenario, prepare: Callable) -> None:
    """Runs a program as its scenario says; `prepare` writes it down, compiles it and gives its command."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=ENV["DIR"])))
        command = prepare(language, place(language, code, scenario), folder)
        for name, text in scenario.files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text())
        peer = stack.enter_context(Peer(2)) if scenario.has_peer else None
        stack.callback(os.chdir, os.getcwd())
        os.chdir(folder)
        environment = where(**scenario.environment)
        program = stack.enter_context(Program(command, *scenario.arguments(), env=environment))
        scenario.check(Run(program, command, folder, peer))
        if scenario.is_stopped:
            program.signal(signal.SIGINT)
            program.end()
        assert not re.search("WARNING|CRITICAL|Traceback|JS ERROR", "\n".join(program.lines)), program.lines


SERVICE = {"STATE_DIRECTORY": ".", "CREDENTIALS_DIRECTORY": "credentials"}
SCENARIOS: dict[tuple[str, str], Scenario] = {
    ("sending", "Send one message"): Scenario(
        sends_once, is_stopped=False, arguments=lambda: [ENV["USER2"], "The backup is done."],
        environment={"XMPP_PASSWORD": ENV["PASSWORD1"]}),
    ("echo-bot", "Answer with the same text"): Scenario(echoes),
    ("systemd", "Run as a service"): Scenario(
        serves, is_stopped=False, environment=SERVICE,
        files={"credentials/password": lambda: ENV["PASSWORD1"] + "\n"}),
    ("components", "Answer for many addresses"): Scenario(answers_for_many, is_component=True),
    ("asyncio", "Ask something, and end"): Scenario(ends_well("the server has answered: .*"), is_stopped=False, has_peer=False),
    ("asyncio", "Ask several things at once"): Scenario(
        ends_well(*3 * ["(got|failed): .*"], "that was all"), is_stopped=False, has_peer=False),
    ("asyncio", "Work on messages, one after another"): Scenario(tells_the_year, is_stopped=False),
    ("asyncio", "Answer requests with a coroutine"): Scenario(answers_from_a_coroutine, is_stopped=False),
    ("asyncio", "Serve another protocol beside"): Scenario(takes_lines, is_stopped=False),
    ("threads", "Answer after long work"): Scenario(thinks),
    ("threads", "Send from another thread"): Scenario(is_sent_from_a_thread),
    ("registration", "Make an account"): Scenario(makes_account, account=make_name, has_peer=False),
    ("registration", "Change the password, and cancel the account"): Scenario(
        cancels_account, is_stopped=False, account=make_account, has_peer=False),
    ("private-ca", "Trust an authority of your own"): Scenario(
        prints("verified: yes"), knows_authority=False, has_peer=False),
    ("debugging", "Find out why a handler is not called"): Scenario(
        misses_a_handler, environment={"HEADSTOCK_DEBUG": "dispatch,state"}),
    ("debugging", "See what a stanza error says"): Scenario(says_what_failed, has_peer=False),
    ("debugging", "Keep a log"): Scenario(keeps_a_log, environment={"HEADSTOCK_DEBUG": "state"}, has_peer=False),
    ("private-ca", "Trust one certificate"): Scenario(prints("ready"), knows_authority=False, has_peer=False),
    ("slixmpp", "Example: ask somebody's server how long it takes"): Scenario(
        ends_after(r".* answered after \d+ ms"), is_stopped=False, has_peer=False),
    ("nbxmpp", "Example: see what a server can do"): Scenario(
        ends_after("urn:xmpp:ping", "disconnected"), is_stopped=False, has_peer=False),
    ("libstrophe", "Example: a bot that tells its version"): Scenario(is_version_bot, is_stopped=False),
    ("loudmouth", "Example: send a message without blocking"): Scenario(sends_hello, is_stopped=False),
    ("xmpp-js", "Example: send a message to oneself"): Scenario(
        ends_after("online as .*", "received: hello world", "offline"), is_stopped=False, has_peer=False),
}

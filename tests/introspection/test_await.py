#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Python awaits and goes over with `async for`, against a server inside the test."""

import asyncio
import subprocess
import sys

import gi
from support import main, scenario, wait

gi.require_version("HeadstockTest", "1.0")
from gi.repository import GLib, Headstock, HeadstockTest  # noqa: E402

ROOM = "verona@rooms.example.org"
MAM = "urn:xmpp:mam:2"
RSM = "http://jabber.org/protocol/rsm"


class Session:
    """A client that is ready, with the server that it talks to; `work` is a coroutine function that a message begins."""

    def __init__(self, work, *modules):
        self.server = HeadstockTest.Server()
        self.client = Headstock.Client(jid="romeo@example.org", password="secret")
        self.work, self.error, self.is_done = work, None, False
        for module in (*modules, self):
            self.client.register(module)

    @Headstock.xmpphandler("message", Headstock.NS_CLIENT, from_jid="begin@example.org")
    async def go(self, _message):
        try:
            await self.work(self.client)
        except Exception as error:
            self.error = error
        self.is_done = True

    def __enter__(self):
        self.server.answer("query", Headstock.NS_DISCO_INFO, f"<query xmlns='{Headstock.NS_DISCO_INFO}'><feature var='{MAM}'/></query>")
        assert self.server.start(self.client)
        self.server.feed("<message from='begin@example.org'/>")
        return self

    def __exit__(self, *exception):
        self.server.stop()
        if self.error and not any(exception):
            raise self.error

    def give_page(self, *ids, complete=False):
        """Answers the next question to the room's archive; gives after which message it wants to have some."""
        iq = self.server.expect("query", MAM)
        query = iq.find("query", MAM)
        for one in ids:
            self.server.feed(
                f"<message from='{ROOM}'><result xmlns='{MAM}' queryid='{query['queryid']}' id='{one}'>"
                "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>"
                f"<message xmlns='jabber:client' from='{ROOM}/juliet' type='groupchat'><body>{one}</body></message>"
                "</forwarded></result></message>")
        place = f"<set xmlns='{RSM}'><first>{ids[0]}</first><last>{ids[-1]}</last><count>3</count></set>" if ids else ""
        self.server.feed(f"<iq type='result' id='{iq['id']}' from='{ROOM}'>"
                         f"<fin xmlns='{MAM}' complete='{str(complete).lower()}'>{place}</fin></iq>")
        after = query.find("set", RSM).find("after", RSM)
        return after and after.get_text()


@scenario
def archive_pages():
    """`async for` goes over the pages of an archive, and asks for each when its turn comes"""
    archive, seen = Headstock.Archive(), []

    async def work(_client):
        query = Headstock.ArchiveQuery(archive=ROOM, with_="juliet@example.org")
        assert query.with_ == "juliet@example.org"
        query.with_ = None
        async for page in archive.pages(query):
            seen.append((page.count, [delivery.archive_id for delivery in page]))

    with Session(work, archive) as session:
        assert session.give_page("a", "b") is None
        assert seen == [(3, ["a", "b"])] and not session.is_done
        assert session.give_page("c", complete=True) == "b"
        assert seen[1:] == [(3, ["c"])] and session.is_done


@scenario
def archive_pages_left():
    """a loop over pages that is left asks for no more"""
    archive, seen = Headstock.Archive(), []

    async def work(_client):
        async for page in archive.pages(Headstock.ArchiveQuery.new(ROOM)):
            seen.extend(page)
            break

    with Session(work, archive) as session:
        session.give_page("a")
        assert [delivery.message.body for delivery in seen] == ["a"] and session.is_done
        session.server.settle()
        assert session.server.take_sent() is None


@scenario
def expect_in_a_coroutine():
    """in a coroutine, expect() gives what was sent, and raises for what only another coroutine could send"""
    async def work(client):
        client.send_stanza(Headstock.Message.new_chat("juliet@example.org", "one"))
        assert session.server.expect("body").to == "juliet@example.org"
        try:
            session.server.expect("body")
        except RuntimeError as error:
            assert "<body>" in str(error) and "coroutine" in str(error)
            client.send_stanza(Headstock.Message.new_chat("juliet@example.org", "two"))

    session = Session(work)
    with session:
        assert session.server.expect("body").body == "two" and session.is_done


@scenario
def start_without_an_address():
    """a client without a valid address is refused with the library's own error"""
    for client in (Headstock.Client.new("@@", "x"), Headstock.Client(), Headstock.Component()):
        try:
            HeadstockTest.Server().start(client)
        except GLib.Error as error:
            assert error.matches(Headstock.Error.quark(), Headstock.Error.INVALID_JID), error
        else:
            raise AssertionError("a client without an address was started")


@scenario
def server_attributes():
    """the server's properties are attributes; what there is not can't be set, and what can only be read is not"""
    server = HeadstockTest.Server()
    assert server.managed and type(server) is HeadstockTest.Server and HeadstockTest.Server.new().managed
    server.managed = False
    assert not server.props.managed and not server.get_managed() and server.managed is False
    server.props.managed = True
    assert server.managed and server.n_connections == 0
    assert HeadstockTest.Server(managed=False).managed is False
    for name in ("foo", "manged", "n_connections"):
        try:
            setattr(server, name, 1)
        except AttributeError as error:
            assert name.replace("_", "-") in str(error).replace("_", "-"), error
            assert name != "manged" or "HeadstockTest.Server" in str(error) and "'managed'" in str(error), error
            continue
        raise AssertionError(f"{name} was set")
    try:
        HeadstockTest.Server(n_connections=1)
    except TypeError as error:
        assert "n_connections" in str(error), error
    else:
        raise AssertionError("n_connections was taken")


@scenario
def server_unmanaged():
    """a server that is not managed begins a new session after the connection was cut"""
    server, client = HeadstockTest.Server(), Headstock.Client(jid="romeo@example.org", password="secret")
    server.managed = False
    ready = []
    client.connect("ready", lambda _client: ready.append(True))
    server.start(client)
    server.cut()
    server.resume()
    assert len(ready) == 2 and server.n_connections == 2, (ready, server.n_connections)
    server.stop()


@scenario
def elements():
    """`async for` goes over the elements that arrive, those that came meanwhile too, until the client has terminated"""
    seen = []

    async def work(client):
        async for message in client.elements("message", Headstock.NS_CLIENT, type="chat", from_jid="juliet@example.org"):
            seen.append(message.body)
            await client.request(Headstock.Iq(Headstock.Element("ping", Headstock.NS_PING), stanza_type="get"))

    with Session(work) as session:
        for number, sender, kind in ((1, "juliet", "chat"), (2, "nurse", "chat"), (3, "juliet", "normal"), (4, "juliet", "chat")):
            session.server.feed(f"<message from='{sender}@example.org/x' type='{kind}'><body>{number}</body></message>")
        assert seen == ["1", "4"] and not session.is_done
        session.server.stop()
        session.server.settle()
        assert session.is_done and session.error is None, session.error


@scenario
def elements_once():
    """a loop that is left, and one that wanted one element, leave no handler behind"""
    seen = []

    async def work(client):
        before = len(client._headstock.functions)
        async for message in client.elements("message", Headstock.NS_CLIENT):
            seen.append(message.body)
            break
        assert len(client._headstock.functions) == before
        async for message in client.elements("message", Headstock.NS_CLIENT, once=True):
            seen.append(message.body)
        assert len(client._headstock.functions) == before

    with Session(work) as session:
        for number in range(3):
            session.server.feed(f"<message from='juliet@example.org'><body>{number}</body></message>")
        assert seen == ["0", "1"] and session.is_done


@scenario
def elements_failed():
    """`async for` over elements raises what ended the run"""
    caught = []

    async def work(client):
        client.auto_reconnect = False
        try:
            async for message in client.elements("message", Headstock.NS_CLIENT):
                raise AssertionError(message)
        except GLib.Error as error:
            caught.append(error)

    with Session(work) as session:
        session.server.cut()
        session.server.settle()
        assert caught and session.is_done


@scenario
def run_async():
    """run_async() waits for the end of the run, that is on already or that it starts, and raises what ended it"""
    async def work(client):
        await client.run_async()

    with Session(work) as session:
        assert not session.is_done
        session.server.stop()
        session.server.settle()
        assert session.is_done and session.error is None, session.error

    caught = []

    async def fail(client):
        client.auto_reconnect = False
        try:
            await client.run_async()
        except GLib.Error as error:
            caught.append(error)

    with Session(fail) as session:
        session.server.cut()
        session.server.settle()
        assert caught and session.is_done

    server, client, ready = HeadstockTest.Server(), Headstock.Client(jid="romeo@example.org", password="secret"), []

    class Leaves:
        def ready(self, client):
            ready.append(client.state)
            client.stop()

    client.register(Leaves())
    server.attach(client)
    assert Headstock.run(client.run_async()) is None
    assert ready == [Headstock.ClientState.READY] and client.state == Headstock.ClientState.DISCONNECTED


@scenario
def run_async_cancelled():
    """a cancelled run_async() stops the client, and ends when the run has"""
    states = []

    async def work(client):
        task = asyncio.ensure_future(client.run_async())
        await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            states.append(client.state)

    with Session(work) as session:
        wait(lambda: session.is_done)
        assert states == [Headstock.ClientState.DISCONNECTED], states


@scenario
def result_with_the_end():
    """a coroutine gets the result that comes as run() ends, and goes on"""
    seen = []

    async def work(client):
        await asyncio.sleep(0.05)
        seen.append(await client.close_async())
        await asyncio.sleep(0)
        seen.append("went on")

    with Session(work) as session:
        session.client.run()
        assert seen == [True, "went on"] and session.is_done, seen


@scenario
def tasks_at_the_end():
    """what coroutines still wait for is cancelled when run() ends, and what they do about it is waited for; those of another client go on"""
    seen = []

    async def work(_client):
        try:
            await asyncio.sleep(600)
        finally:
            await asyncio.sleep(0.01)
            seen.append("cleaned up")

    async def other(_client):
        await asyncio.sleep(0.1)
        seen.append("other")

    with Session(other) as bystander:
        with Session(work) as session:
            GLib.idle_add(session.client.stop)
            session.client.run()
            assert seen == ["cleaned up"] and not session.client._headstock.tasks, seen
        wait(lambda: bystander.is_done)
        assert seen == ["cleaned up", "other"]


@scenario
def tasks_at_the_exit():
    """a program that ends meanwhile has its coroutines cancelled, without a complaint"""
    program = """if True:
        import asyncio, gi
        gi.require_version("Headstock", "1.0")
        from gi.overrides.headstock_asyncio import get_loop
        from gi.repository import GLib, Headstock
        async def wait():
            try:
                await asyncio.sleep(600)
            finally:
                await asyncio.sleep(0)
                print("ended")
        tasks = [get_loop().create_task(wait()), get_loop().create_task(wait())]
        GLib.MainContext.default().iteration(True)
    """
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "ended\nended\n", ""), ended


FORBIDDEN = ("<error type='wait'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
             "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>Not on Sundays</text></error>")


def check_forbidden(error):
    assert error.matches(Headstock.StanzaError, Headstock.StanzaError.FORBIDDEN), error
    assert (error.condition, error.error_type, error.text) == ("forbidden", "wait", "Not on Sundays")
    assert isinstance(error.stanza, Headstock.Iq) and str(error.stanza.from_jid) == "a@b"
    assert Headstock.StanzaError.get_stanza(error) is error.stanza
    assert Headstock.StanzaError.get_error_type(error) == "wait"


@scenario
def stanza_errors():
    """an exception for a stanza error has its condition, type, text and stanza, awaited or with a callback"""
    caught = []

    async def work(client):
        def answered(client, result):
            try:
                client.request_finish(result)
            except GLib.Error as error:
                caught.append(error)

        request = Headstock.Element("time", Headstock.NS_TIME)
        client.request_async(Headstock.Iq(request, stanza_type="get", to="a@b"), -1, None, answered)
        try:
            await client.request(Headstock.Iq(request.copy(), stanza_type="get", to="a@b"))
        except GLib.Error as error:
            caught.append(error)

    with Session(work) as session:
        for _ in range(2):
            iq = session.server.expect("time", Headstock.NS_TIME)
            session.server.feed(f"<iq type='error' id='{iq['id']}' from='a@b'>{FORBIDDEN}</iq>")
    assert len(caught) == 2
    for error in caught:
        check_forbidden(error)
    given = Headstock.Element.new_from_string(f"<iq xmlns='jabber:client' type='error' from='a@b'>{FORBIDDEN}</iq>").get_error()
    check_forbidden(given)


@scenario
def stanza_errors_without_stanza():
    """an exception has no stanza that is another error's"""
    forbidden = Headstock.Element.new_from_string(f"<iq xmlns='jabber:client' type='error' from='a@b'>{FORBIDDEN}</iq>")
    # As C does that frees an error which nobody has seen.
    Headstock.Stanza.get_error.__wrapped__(forbidden)
    for code, condition, kind in ((Headstock.StanzaError.CONFLICT, "conflict", "cancel"),
                                  (Headstock.StanzaError.FORBIDDEN, "forbidden", "auth")):
        error = GLib.Error.new_literal(Headstock.StanzaError.quark(), "made", code)
        assert Headstock.StanzaError.get_stanza(error) is None
        assert (error.condition, error.error_type, error.text) == (condition, kind, None)
    other = GLib.Error.new_literal(Headstock.Error.quark(), "made", Headstock.Error.INVALID_JID)
    assert Headstock.StanzaError.get_condition(other) is None and not hasattr(other, "stanza")


@scenario
def domains_of_others():
    """matches() takes the library's classes for domains, and no other class"""
    class Domain:
        quark = staticmethod(lambda: Headstock.Error.quark())

    error = GLib.Error.new_literal(Headstock.Error.quark(), "made", Headstock.Error.INVALID_JID)
    assert error.matches(Headstock.Error, Headstock.Error.INVALID_JID)
    for codes in (Headstock.DataFormError, Headstock.RegistrationError, Headstock.XmlError):
        assert GLib.Error.new_literal(codes.quark(), "made", 0).matches(codes, 0)
    try:
        assert not error.matches(Domain, Headstock.Error.INVALID_JID)
    except TypeError:
        # What PyGObject itself makes of a class.
        pass


if __name__ == "__main__":
    main()

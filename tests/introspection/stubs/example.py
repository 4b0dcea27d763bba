# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a program may write, and of which type mypy takes it to be. It is never run."""
import asyncio
import sys
from typing import Optional, Union

from gi.repository import Gio, GLib, GObject, Headstock, HeadstockTest
from typing_extensions import assert_type

client = Headstock.Client(jid="a@b", tls_mode=Headstock.TlsMode.REQUIRED, request_timeout=5000)
client.host = "localhost"
client.jid = "a@c"
client.jid = Headstock.Jid("a@c")
client.password = "secret"
client.props.jid = "a@c"
assert_type(Headstock.Client().jid, Optional[Headstock.Jid])
assert_type(client.props.port, int)
assert_type(client.state, Headstock.ClientState)
assert_type(Headstock.Jid("a@b") == "A@b", bool)
assert_type(Headstock.Jid("a@b") < "A@b", bool)
assert_type(Headstock.Jid("a@b").bare.local, Optional[str])
assert_type(Headstock.Jid("a@b").domain, str)
# Whatever its name is, an address may be given in either form.
room = Headstock.Jid("room@c")
mine = Headstock.ArchiveQuery(archive=room, with_=room)
mine.with_ = Headstock.ArchiveQuery.new(room).archive
Headstock.History().add_archive(room)
Headstock.Bookmarks().lookup(Headstock.Bookmark(jid="room@c").jid or Headstock.Bookmark.new(room).jid or room)
Headstock.Displayed().dup_position(room)
Headstock.Upload(service="upload.b").service = room


class Own(Headstock.Client):
    def prepare(self) -> None:
        self.connect("message", lambda client, message: self.show(message))
        self.connect("notify::state", lambda client, _spec: None)
        self.connect("ready", print, "ready")

    def show(self, message: Headstock.Message) -> None:
        print(message.body)


assert_type(Own.new("a@b"), Own)


class Handlers:
    @Headstock.xmpphandler("message", Headstock.NS_CLIENT, type="chat", from_jid=Headstock.Jid("a@b"))
    def message(self, message: Headstock.Message) -> Optional[Headstock.Element]:
        assert_type(message.from_jid, Optional[Headstock.Jid])
        if message.from_jid is None:
            return None
        return Headstock.Message.new_chat(message.from_jid, message.body)

    @Headstock.xmpphandler("query", None, from_account=True)
    async def query(self, query: Headstock.Element) -> Headstock.Iq:
        return Headstock.Iq(stanza_type="result")


class Greeter(GObject.Object, Headstock.Module):
    def do_ready(self, client: Headstock.Client) -> None:
        client.send_stanza(Headstock.Presence(show="away", priority=3))


def received(messages: Headstock.Messages, delivery: Headstock.Delivery) -> None:
    assert_type(delivery.message, Headstock.Message)


def answered(client: Headstock.Client, result: Gio.AsyncResult) -> None:
    assert_type(client.request_finish(result), Headstock.Iq)


class Hooks:
    def ready(self, client: Headstock.Client) -> None:
        print(client.bound_jid)


for registered in (Handlers(), Hooks(), Greeter(), Headstock.Roster(), sys.modules[__name__]):
    client.register(registered)
client.add_handler("item", None, Headstock.HandlerFlags.ONCE | Headstock.HandlerFlags.FORGET, lambda client, item: None)
assert_type(client.ensure_module(Headstock.Roster), Headstock.Roster)
Headstock.Messages().connect("received", received)
client.request_async(Headstock.Iq(), -1, None, answered)
client.request_async(Headstock.Iq(), -1, None, None)

query = Headstock.Element("query", Headstock.NS_ROSTER, Headstock.Element("item", jid="c@d"), "text", {"class": 1})
assert_type(query["jid"], str)
assert_type(query.get("jid"), Optional[str])
assert_type(query.get("jid", 0), Union[str, int])
query["jid"] = Headstock.Jid("c@d")
assert_type([child for child in query], list[Headstock.Element])
assert_type(query.find("item"), Optional[Headstock.Element])
assert_type(Headstock.DataForm(kind=Headstock.DataFormKind.RESULT).kind, Headstock.DataFormKind)
form = Headstock.DataForm(title="A", instructions="B")
assert_type(form.append_field(Headstock.DataField(name="a", label="A", required=True, values=["b"])), bool)
form.title = None
iq = Headstock.Iq(query, stanza_type="set", to="a@b")


async def main(roster: Headstock.Roster, disco: Headstock.Disco, archive: Headstock.Archive) -> int:
    async with client as session:
        assert_type(session, Headstock.Client)
    assert_type(await client.request(iq, timeout=500), Headstock.Iq)
    assert_type(await client.request_async(iq), Headstock.Iq)
    assert_type(await client.send(iq), bool)
    await client.run_async()
    await roster.add_async("b@c", "B", ["Friends"])
    assert_type(await archive.fetch_next_async(await archive.fetch_async(Headstock.ArchiveQuery())),
                Optional[Headstock.ArchivePage])
    async for message in client.elements("message", Headstock.NS_CLIENT, type="chat", from_jid="c@d"):
        assert_type(message, Headstock.Message)
    async for item in client.elements("item"):
        assert_type(item, Headstock.Element)
    async for page in archive.pages(Headstock.ArchiveQuery(with_="c@d", page_size=20)):
        assert_type([delivery for delivery in page], list[Headstock.Delivery])
    info = await disco.query_async(client.jid or "b@c")
    assert_type(info, Headstock.DiscoInfo)
    for contact in roster.contacts:
        assert_type(contact, Headstock.Contact)
    try:
        await asyncio.wait_for(client.connect_async(), 5)
    except GLib.Error as error:
        if error.matches(Headstock.SaslError, Headstock.SaslError.NOT_AUTHORIZED):
            return error.code
    return 0


assert_type(Headstock.run(main(Headstock.Roster(), Headstock.Disco(), Headstock.Archive())), Optional[int])

server = HeadstockTest.Server(managed=True)
server.managed = False
assert_type(server.managed, bool)
assert_type(server.n_connections, int)
server.start(client)
server.refuse(HeadstockTest.Refusal.SIGN_IN, 1)
assert_type(server.take_sent(), Optional[Headstock.Element])

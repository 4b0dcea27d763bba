# SPDX-License-Identifier: LGPL-2.1-or-later
"""What mypy must refuse: each line that says so at its end, and no other. It is never run."""
from typing import assert_type

from gi.repository import Headstock, HeadstockTest

client = Headstock.Client(jid="a@b")
roster = Headstock.Roster()

Headstock.Client(hots="localhost")  # wrong: there is no such property
client.hots = "localhost"  # wrong: nor here
client.port = "5222"  # wrong: a number
client.jid = 5  # wrong: an address
client.bound_jid = None  # wrong: it cannot be written
client.props.bound_jid = None  # wrong: nor here
client.regster(roster)  # wrong: there is no such function
client.request_async(Headstock.Iq(), timeot=5)  # wrong: nor such an argument
client.request(Headstock.Jid("a@b"))  # wrong: not an element
Headstock.Message.new_chat(None, "body")  # wrong: nobody
Headstock.Message.new_chat("a@b").bdy  # wrong: there is no such property
Headstock.DataForm(form_type="x")  # wrong: it can only be read
Headstock.DataField(name="x").name = "y"  # wrong: it is said when the field is made
Headstock.Show.BUSY  # wrong: there is no such presence
Headstock.Jid("a@b") < 3  # wrong: no address
Headstock.NS_JABBER  # wrong: there is no such constant
Headstock.xmpphandler("message", type=3)  # wrong: a type is a string
Headstock.Element("a")["b"].append  # wrong: an attribute is a string
client.get_jid().to_string()  # wrong: there may be none
Headstock.Jid("a@b").local.upper()  # wrong: there may be none
roster.add_async("b@c", "B", [3])  # wrong: groups have names
HeadstockTest.Server().start(roster)  # wrong: no client


def register_nothing() -> None:
    assert_type(client.register(None), None)  # wrong: it raises


def register_class() -> None:
    assert_type(client.register(Headstock.Roster), None)  # wrong: an object of it


def register_handlers() -> None:
    # As JavaScript has it.
    assert_type(client.register({"message": answer}), None)  # wrong: it raises


def answer(message: Headstock.Message) -> str:
    return "an answer"


Headstock.xmpphandler("message")(answer)  # wrong: what it returns cannot be sent


async def main() -> str:
    async for item in client.elements("item", Headstock.NS_ROSTER):
        print(item.bdy)  # wrong: an element has no such property
    return (await client.request(Headstock.Iq())).stanza_id  # wrong: there is no such property

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client made with slixmpp, which does what it is told: a client that is not ours.

    peer.py NUMBER [PLUGIN...]     for an account of the test server

Each line of the standard input is a list in JSON, the name of a method of Peer and its arguments. Each line of the
standard output is an object: the `answer` to such a line, or an `event`.
"""

import asyncio
import collections
import inspect
import json
import os
import sys

import slixmpp
from slixmpp.plugins.xep_0202.stanza import EntityTime

PLUGINS = ("xep_0004", "xep_0012", "xep_0030", "xep_0092", "xep_0115", "xep_0128", "xep_0199", "xep_0202")


# slixmpp prints some of what it looks at (XEP-0054): only what this program tells is for the test.
TOLD, sys.stdout = sys.stdout, sys.stderr


def tell(**what) -> None:
    print(json.dumps(what), file=TOLD, flush=True)


# slixmpp 1.10 cannot read the times of day that it writes, and answers no question for the time.
EntityTime.set_tzo = lambda self, value: self._set_sub_text("tzo", "Z")


class Peer(slixmpp.ClientXMPP):
    def __init__(self, number: int, plugins: list[str]):
        super().__init__(f"{os.environ[f'HS_TEST_USER{number}']}/slixmpp", os.environ[f"HS_TEST_PASSWORD{number}"])
        self.ca_certs = os.environ["HS_TEST_CA"]
        self.auto_authorize = self.auto_subscribe = None
        for plugin in (*PLUGINS, *plugins):
            self.register_plugin(plugin)
        self["xep_0030"].add_identity("client", "bot", name="The other side")
        self["xep_0092"].software_name, self["xep_0092"].version = "Other", "2.5"
        self.add_event_handler("session_start", self.started)
        self.sent = collections.Counter()
        self.add_filter("out", self.count)
        if "xep_0461" in plugins:
            self.add_event_handler("message", self.heard_message)
        self.copies = "xep_0280" in plugins
        if self.copies:
            self.add_event_handler("message", lambda message: tell(
                event="chat", body=message["body"], id=message["id"], state=message["chat_state"]))
            self.add_event_handler("receipt_received", lambda message: tell(event="receipt", id=message["receipt"]))
            # Its event for messages is one for bodies.
            self.add_event_handler("chatstate_composing", lambda message: tell(event="state", state=message["chat_state"]))
            for kind in ("carbon_received", "carbon_sent"):
                self.add_event_handler(kind, lambda message, kind=kind: tell(
                    event=kind, to=str(message[kind]["to"].bare), body=message[kind]["body"]))
        for name in ("presence_subscribe", "presence_subscribed", "presence_unsubscribe", "presence_unsubscribed",
                     "presence_available", "presence_unavailable", "changed_status", "roster_update"):
            self.add_event_handler(name, self.listen(name))

    def listen(self, name):
        def heard(stanza):
            told = {"event": name, "from": str(stanza["from"])}
            if name == "changed_status":
                told |= {"show": stanza["show"], "status": stanza["status"], "type": stanza["type"]}
            tell(**told)
        return heard

    def count(self, stanza):
        if stanza.name == "presence" or stanza["type"] in ("get", "set"):
            self.sent[stanza.name] += 1
        return stanza

    def do_sent(self):
        """How many presences and requests have left since the last question."""
        sent, self.sent = self.sent, collections.Counter()
        return [sent["presence"], sent["iq"]]

    @staticmethod
    def heard_message(message):
        tell(event="message", body=message["body"], replaces=message["replace"]["id"],
             origin=message["origin_id"]["id"], state=message["chat_state"], asks=message["request_receipt"],
             reply=[str(message["reply"]["to"]), message["reply"]["id"]],
             reacts=message["reactions"]["id"], reactions=sorted(message["reactions"]["values"]))

    def do_say(self, to, body):
        """A message with all that is heard."""
        message = self.make_message(mto=to, mbody=body, mtype="chat")
        message["replace"]["id"] = "bad1"
        message["origin_id"]["id"] = "o1"
        message["chat_state"] = "active"
        message["request_receipt"] = True
        message["reply"]["to"], message["reply"]["id"] = "anna@example.com/laptop", "m1"
        self["xep_0444"].set_reactions(message, "m2", ["\U0001f44b", "\U0001f422"])
        message.send()

    def do_chat(self, to, body):
        """A message that asks for a receipt; returns its id."""
        message = self.make_message(mto=to, mbody=body, mtype="chat")
        message["request_receipt"], message["chat_state"] = True, "active"
        message.send()
        return message["id"]

    def do_state(self, to, state):
        message = self.make_message(mto=to, mtype="chat")
        message["chat_state"] = state
        message.send()

    async def do_contact(self, jid, name, groups):
        await self.update_roster(jid, name=name, groups=groups)

    def do_contacts(self):
        return {jid: [self.client_roster[jid]["name"], sorted(self.client_roster[jid]["groups"])] for jid in self.client_roster}

    async def do_block(self, *jids):
        await self["xep_0191"].block(list(jids))

    async def do_unblock(self, *jids):
        await self["xep_0191"].unblock(list(jids))

    async def do_blocked(self):
        # What is in `items` differs from one slixmpp to another.
        answer = await self["xep_0191"].get_blocked()
        return sorted(item.get("jid") for item in answer.xml.iter("{urn:xmpp:blocking}item"))

    async def do_store_vcard(self, name, photo):
        vcard = self["xep_0054"].make_vcard()
        vcard["FN"], vcard["PHOTO"]["TYPE"], vcard["PHOTO"]["BINVAL"] = name, "image/png", bytes.fromhex(photo)
        await self["xep_0054"].publish_vcard(vcard)

    async def do_vcard(self, jid):
        vcard = (await self["xep_0054"].get_vcard(jid, cached=False))["vcard_temp"]
        return [vcard["FN"], vcard["NICKNAME"]]

    async def do_publish_avatar(self, image):
        plugin, data = self["xep_0084"], bytes.fromhex(image)
        await plugin.publish_avatar(data)
        await plugin.publish_avatar_metadata([{"id": plugin.generate_id(data), "type": "image/png", "bytes": len(data)}])
        return plugin.generate_id(data)

    async def do_avatar(self, jid, name):
        answer = await self["xep_0084"].retrieve_avatar(jid, name)
        return answer["pubsub"]["items"]["item"]["avatar_data"]["value"].hex()

    async def do_set_photo(self, image):
        await self["xep_0153"].set_avatar(avatar=bytes.fromhex(image), mtype="image/png")

    async def do_bookmark(self, room, name, nick):
        stored = (await self["xep_0048"].get_bookmarks())["private"]["bookmarks"]
        stored.add_conference(room, nick, name=name)
        await self["xep_0048"].set_bookmarks(stored)

    async def do_bookmarks(self):
        stored = (await self["xep_0048"].get_bookmarks())["private"]["bookmarks"]
        return sorted([str(one["jid"]), one["name"], one["nick"], one["autojoin"]] for one in stored["conferences"])

    async def started(self, _event):
        self.send_presence()
        await self.get_roster()
        # Kept: nothing else holds what waits for it, and the collector would take this coroutine.
        if self.copies:
            await self["xep_0280"].enable()
        self.reader = reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        tell(event="ready", jid=str(self.boundjid))
        while line := await reader.readline():
            name, *arguments = json.loads(line)
            try:
                result = getattr(self, f"do_{name}")(*arguments)
                tell(answer=await result if inspect.isawaitable(result) else result)
            except slixmpp.exceptions.IqError as error:
                tell(answer=error.condition)
        self.disconnect()

    def do_presence(self, kind, to=None):
        self.send_presence(ptype=kind, pto=to)

    def do_show(self, show, status):
        self.send_presence(pshow=show, pstatus=status)

    def do_subscription(self, jid):
        return self.client_roster[jid]["subscription"]

    async def do_remove(self, jid):
        await self.del_roster_item(jid)

    async def do_ping(self, jid):
        return await self["xep_0199"].ping(jid)

    async def do_version(self, jid):
        answer = (await self["xep_0092"].get_version(jid))["software_version"]
        return [answer["name"], answer["version"]]

    async def do_time(self, jid):
        # slixmpp 1.8 cannot read the times of others: it puts another Z behind them.
        answer = await self["xep_0202"].get_entity_time(jid)
        return answer.xml.findtext(".//{urn:xmpp:time}utc")

    async def do_last(self, jid):
        return (await self["xep_0012"].get_last_activity(jid))["last_activity"]["seconds"]

    async def do_info(self, jid):
        info = (await self["xep_0030"].get_info(jid=jid, cached=False))["disco_info"]
        return {"identities": [list(one[:2]) + [one[3]] for one in info["identities"]], "features": list(info["features"])}

    async def do_caps(self, jid):
        """The features that are known by the hash of a presence, if the hash was right."""
        info = await self["xep_0115"].get_caps(jid=jid)
        return sorted(info["features"]) if info else None

    def do_crowd(self, room, size):
        """Guests enter a room."""
        self.crowd = [Guest(self, room, number) for number in range(size)]
        for guest in self.crowd:
            connect(guest)

    def do_room_say(self, number, body):
        self.crowd[number].send_message(mto=self.crowd[number].room, mbody=body, mtype="groupchat")

    def do_rename(self, number, nick):
        guest = self.crowd[number]
        guest.send_presence(pto=f"{guest.room}/{nick}")

    def do_disperse(self):
        for guest in self.crowd:
            guest.disconnect()

    async def do_form(self, form_type, values):
        """Advertises a form."""
        form = self["xep_0004"].make_form(ftype="result")
        form.add_field(var="FORM_TYPE", ftype="hidden", value=form_type)
        for name, value in values.items():
            form.add_field(var=name, value=value)
        await self["xep_0128"].set_extended_info(data=form)
        await self["xep_0115"].update_caps()


class Guest(slixmpp.ClientXMPP):
    """One of many in a room, each with a resource of the account."""

    def __init__(self, peer: Peer, room: str, number: int):
        super().__init__(f"{peer.boundjid.bare}/guest{number}", peer.password)
        self.ca_certs, self.room, self.nick = peer.ca_certs, room, f"guest{number}"
        self.register_plugin("xep_0045")
        self.add_event_handler("session_start", self.started)
        self.add_event_handler("groupchat_message", self.heard)

    def started(self, _event):
        self["xep_0045"].join_muc(self.room, self.nick)

    def heard(self, message):
        tell(event="room", nick=self.nick, sender=message["from"].resource, body=message["body"])


def connect(client: slixmpp.ClientXMPP) -> None:
    address = os.environ["HS_TEST_HOST"], int(os.environ["HS_TEST_PORT"])
    # Newer ones take host and port.
    if "address" in inspect.signature(client.connect).parameters:
        client.connect(address)
    else:
        client.connect(*address)


def main() -> None:
    peer = Peer(int(sys.argv[1]), sys.argv[2:])
    peer.add_event_handler("disconnected", lambda _event: peer.loop.stop())
    connect(peer)
    peer.loop.run_forever()


main()

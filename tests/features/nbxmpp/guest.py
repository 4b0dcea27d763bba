#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest in a room, made with nbxmpp, which does what it is told, with bookmarks and avatars: as peer.py of slixmpp.

    guest.py NUMBER     for an account of the test server

Each line of the standard input is a list in JSON, the name of a method of Guest and its arguments. Each line of the
standard output is an object: the `answer` to such a line, or an `event`.
"""

import json
import os
import sys

from gi.repository import GLib
from nbxmpp.client import Client
from nbxmpp.const import ConnectionProtocol, ConnectionType, Mode
from nbxmpp.modules.user_avatar import Avatar
from nbxmpp.protocol import JID, Message, Presence
from nbxmpp.structs import BookmarkData, StanzaHandler
from nbxmpp.task import Task

NS_MUC = "http://jabber.org/protocol/muc"


def tell(**what) -> None:
    print(json.dumps(what), flush=True)


class Guest:
    def __init__(self, number: int):
        user, domain = os.environ[f"HS_TEST_USER{number}"].split("@")
        self.client = client = Client()
        client.set_domain(domain)
        client.set_username(user)
        client.set_resource("nbxmpp")
        client.set_password(os.environ[f"HS_TEST_PASSWORD{number}"])
        client.set_mode(Mode.CLIENT)
        client.set_mechs(["PLAIN"])
        client.set_connection_types([ConnectionType.PLAIN])
        client.set_protocols([ConnectionProtocol.TCP])
        host = f"{os.environ['HS_TEST_HOST']}:{os.environ['HS_TEST_PLAIN_PORT']}"
        client.set_custom_host(host, ConnectionProtocol.TCP, ConnectionType.PLAIN)
        client.subscribe("connected", self.connected)
        client.register_handler(StanzaHandler(name="presence", callback=self.heard_presence))
        client.register_handler(StanzaHandler(name="message", callback=self.heard_message))

    def connected(self, client, _name):
        self.client.send_stanza(Presence())
        tell(event="ready", jid=str(client.get_bound_jid()))

    @staticmethod
    def heard_presence(_client, _stanza, properties):
        if properties.is_muc_self_presence or properties.is_kicked:
            codes = [code.name for code in properties.muc_status_codes or ()]
            tell(event="self", nick=properties.muc_nickname, type=properties.type.value, codes=codes)
        elif properties.from_muc:
            tell(event="occupant", nick=properties.muc_nickname, type=properties.type.value)

    @staticmethod
    def heard_message(_client, stanza, properties):
        if properties.type.is_groupchat and properties.body:
            tell(event="room", nick=properties.muc_nickname, body=properties.body)
        elif properties.is_muc_subject:
            tell(event="subject", text=stanza.getSubject())
        elif properties.is_muc_pm:
            tell(event="private", nick=properties.jid.resource, body=properties.body)
        elif properties.muc_invite is not None:
            tell(event="invited", room=str(properties.muc_invite.muc))

    def do_enter(self, room, nick):
        stanza = Presence(to=f"{room}/{nick}")
        stanza.setTag("x", namespace=NS_MUC)
        self.client.send_stanza(stanza)

    def do_rename(self, room, nick):
        self.client.send_stanza(Presence(to=f"{room}/{nick}"))

    def do_say(self, room, body):
        self.client.send_stanza(Message(to=room, body=body, typ="groupchat"))

    def do_whisper(self, occupant, body):
        stanza = Message(to=occupant, body=body, typ="chat")
        stanza.setTag("x", namespace=f"{NS_MUC}#user")
        self.client.send_stanza(stanza)

    def do_leave(self, room, nick):
        self.client.send_stanza(Presence(to=f"{room}/{nick}", typ="unavailable"))

    def do_bookmark(self, room, name, nick):
        # Its task ends before the server has answered.
        bookmark = BookmarkData(JID.from_string(room), name, nick, autojoin=True)
        self.client.get_module("NativeBookmarks").store_bookmarks([bookmark])

    def do_bookmarks(self):
        def plain(bookmarks):
            return sorted([str(one.jid), one.name, one.nick, one.autojoin] for one in bookmarks)
        return self.client.get_module("NativeBookmarks").request_bookmarks(), plain

    def do_remove_bookmark(self, room):
        return self.client.get_module("NativeBookmarks").retract_bookmark(JID.from_string(room))

    def do_publish_avatar(self, image):
        avatar = Avatar()
        avatar.add_image_source(bytes.fromhex(image), "image/png", 1, 1)
        return self.client.get_module("UserAvatar").set_avatar(avatar, public=True)

    def do_avatar_names(self, jid):
        def plain(metadata):
            return [[info.id, info.type] for info in metadata.infos]
        return self.client.get_module("UserAvatar").request_avatar_metadata(JID.from_string(jid)), plain

    def do_avatar(self, jid, name):
        def plain(avatar):
            return avatar.data.hex()
        return self.client.get_module("UserAvatar").request_avatar_data(name, JID.from_string(jid)), plain

    @staticmethod
    def answer(result):
        """Tells the result; if it is a task, with how its result is told, once that is done."""
        task, plain = result if isinstance(result, tuple) else (result, lambda _result: True)
        if not isinstance(task, Task):
            tell(answer=result)
            return
        task.add_done_callback(lambda task: tell(answer=plain(task.finish())), weak=False)

    def told(self, channel, _condition):
        line = channel.readline()
        if not line:
            loop.quit()
            return GLib.SOURCE_REMOVE
        name, *arguments = json.loads(line)
        self.answer(getattr(self, f"do_{name}")(*arguments))
        return GLib.SOURCE_CONTINUE


loop = GLib.MainLoop()
guest = Guest(int(sys.argv[1]))
GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, guest.told)
guest.client.connect()
loop.run()

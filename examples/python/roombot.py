#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A bot in a room: answers !ping and !who, comes when it is invited, and comes back after each loss. Ends with Ctrl-C.
HEADSTOCK_HOST, HEADSTOCK_PORT and HEADSTOCK_CA (a file of certificates in PEM format) say where the server is, if the
DNS does not know it or the system does not know who signed its certificate."""
import os
import sys

import gi

gi.require_version("Headstock", "1.0")
from gi.repository import Gio, GLib, Headstock  # noqa: E402


def message(muc, room, delivery):
    body = delivery.message.body
    if body == "!ping":
        room.send("pong")
    elif body == "!who":
        room.send(", ".join(occupant.nick for occupant in room.occupants))


def joined(muc, result):
    try:
        muc.join_finish(result)
    except GLib.Error as error:
        print(f"not joined: {error.message}", flush=True)


def invited(muc, invite):
    muc.add_room(invite.room, "bot").password = invite.password
    muc.join_async(invite.room, "bot", None, joined)


usage = f"Usage: {sys.argv[0]} JID PASSWORD ROOM"
client = Headstock.Client.new(*sys.argv[1:3]) if len(sys.argv) == 4 else sys.exit(usage)
client.host, client.port = os.environ.get("HEADSTOCK_HOST"), int(os.environ.get("HEADSTOCK_PORT", 0))
if "HEADSTOCK_CA" in os.environ:
    client.tls_database = Gio.TlsFileDatabase.new(os.path.abspath(os.environ["HEADSTOCK_CA"]))
muc = Headstock.Muc.new()
client.register(muc)
muc.connect("room-message", message)
muc.connect("invited", invited)
muc.join_async(sys.argv[3], "bot", None, joined)
room = muc.lookup(sys.argv[3]) or sys.exit(f"{sys.argv[3]} is not the address of a room")
room.connect("lost", lambda room, error: print(f"lost: {error.message}", flush=True))
room.connect("joined", lambda room: print(f"in {room.jid}", flush=True))
try:
    client.run()
except GLib.Error as error:
    sys.exit(error.message)

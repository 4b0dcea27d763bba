# SPDX-License-Identifier: LGPL-2.1-or-later
import sys, gi
gi.require_version("Headstock", "1.0")
from gi.repository import GLib, Headstock
client = Headstock.Client.new(sys.argv[1], sys.argv[2])
muc = Headstock.Muc.new()
client.register(muc)
def message(muc, room, delivery):
    body = delivery.props.message.props.body
    if body == "!ping":
        room.send("pong")
    elif body == "!who":
        room.send(f"{room.props.occupants.get_n_items()} are here")
def joined(muc, result):
    try:
        print("joined", muc.join_finish(result).props.jid)
    except GLib.Error as error:
        print("not joined:", error.message)
muc.connect("room-message", message)
muc.connect("invited", lambda muc, invite: muc.join_async(invite.props.room, "bot", None, joined))
muc.join_async(sys.argv[3], "bot", None, joined)
client.run()

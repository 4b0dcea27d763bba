# SPDX-License-Identifier: LGPL-2.1-or-later
import sys, gi
gi.require_version("Headstock", "1.0")
from gi.repository import GLib, Headstock
class Gateway:
    @Headstock.xmpphandler("presence", Headstock.NS_CLIENT)
    def presence(self, presence):
        if presence.props.stanza_type not in ("subscribe", "probe"):
            return None
        reply = Headstock.Presence.new("subscribed" if presence.props.stanza_type == "subscribe" else None)
        reply.props.to_jid = presence.props.from_jid.get_bare()
        reply.props.from_jid = presence.props.to_jid
        return reply
    @Headstock.xmpphandler("message", Headstock.NS_CLIENT)
    def message(self, message):
        if message.props.stanza_type in ("chat", "normal") and message.props.body:
            print(message.props.to_jid.get_local(), message.props.body)
def answer(disco, request, name):
    info = Headstock.DiscoInfo.new()
    info.add_identity("client", "phone", name, None)
    disco.answer(request, info)
    return GLib.SOURCE_REMOVE
def info_requested(disco, request, node):
    number = request.props.to_jid.get_local()
    if number is None:
        return False                                  # the component itself: HsDisco answers
    GLib.timeout_add(50, answer, disco, request, f"Phone {number}")      # stands for a database
    return True
component = Headstock.Component.new(sys.argv[1], sys.argv[2])
disco = Headstock.Disco.new()
disco.add_identity("gateway", "sms", "Text messages", None)
disco.connect("info-requested", info_requested)
for module in (disco, Headstock.Ping.new(), Headstock.SoftwareVersion.new(), Gateway()):
    component.register(module)
component.run()

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The notifier of the examples shows a message, under the name of the contact, and nothing else.

    dbus-run-session -- serve.py -- test-notifier.py
"""

import sys
import threading

from gi.repository import Gio, GLib

import programs
from programs import ENV, Peer, Program, Tap

XML = """<node><interface name="org.freedesktop.Notifications">
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
  <arg type="s" direction="out"/><arg type="s" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
  <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
  <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
</interface></node>"""


class Desktop:
    """What shows notifications on a desktop; it remembers them."""

    def __init__(self):
        self.shown: list[tuple[str, str]] = []
        self.changed = threading.Condition()
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.bus.register_object("/org/freedesktop/Notifications", Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0],
                                 self._called, None, None)
        Gio.bus_own_name_on_connection(self.bus, "org.freedesktop.Notifications", Gio.BusNameOwnerFlags.NONE)
        threading.Thread(target=GLib.MainLoop().run, daemon=True).start()

    def _called(self, bus, sender, path, interface, method, arguments, invocation):
        answers = {"GetCapabilities": "(['body'],)", "GetServerInformation": "('test', 'test', '1', '1.2')",
                   "Notify": "(uint32 1,)", "CloseNotification": "()"}
        if method == "Notify":
            with self.changed:
                self.shown.append((arguments[3], arguments[4]))
                self.changed.notify_all()
        invocation.return_value(GLib.Variant.parse(None, answers[method], None, None))

    def wait(self, number: int) -> list[tuple[str, str]]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.shown) >= number, programs.PATIENCE), self.shown
            return self.shown


def main() -> int:
    tap = Tap()
    desktop = Desktop()
    command = ["gjs", "-m", str(programs.SOURCE / "js" / "notifier.js")]
    with Program(command, ENV["USER1"], ENV["PASSWORD1"]), Peer(2) as peer:
        # The contact sees it come.
        while not (peer.read().get("from") or "").startswith(ENV["USER1"] + "/"):
            pass
        with tap.test("it shows a message under the name of the contact, and no other"):
            peer.say(ENV["USER1"], "Hello")
            peer.send(f"<message to='{ENV['USER1']}'><received xmlns='urn:xmpp:receipts' id='x'/></message>")
            peer.say(ENV["USER1"], "and a correction", inside="<replace xmlns='urn:xmpp:message-correct:0' id='y'/>")
            peer.say(ENV["USER1"], "Last")
            assert desktop.wait(2) == [("User2", "Hello"), ("User2", "Last")], desktop.shown
    return tap.plan()


if __name__ == "__main__":
    sys.exit(main())

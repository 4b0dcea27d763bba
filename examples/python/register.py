#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes an account on a server, signs in with it, and ends.

    register.py JID PASSWORD [NAME...]
    register.py --invitation URI PASSWORD [NAME...]

Where the name is taken, each NAME is tried in its turn.  An invitation is an "xmpp:" URI such as
somebody is sent by mail.  Where the DNS does not know the server, or its certificate was signed by
an authority that the system does not know, the environment says more: HEADSTOCK_HOST,
HEADSTOCK_PORT, and HEADSTOCK_CA (a file of certificates in PEM format).

Shown here: a subclass that decides what follows each outcome of a registration; a form that asks
for more than a name and a password; invitations.
"""

import os
import sys

import gi

gi.require_version("Headstock", "1.0")
from gi.repository import Gio, GLib, Headstock  # noqa: E402

RETRY_SECONDS = 10


class Register(Headstock.Registration):
    """What to do when a server makes an account, or does not."""

    def __init__(self, names, **properties):
        super().__init__(**properties)
        self.names = list(names)
        self.waits = 3

    def do_handle_register_success(self, element):
        print("the account is made", flush=True)

    def do_handle_register_conflict(self, element):
        # Whoever does nothing here sees the run end with the error.
        if self.names:
            name = self.names.pop(0)
            print(f"the name is taken; trying {name}", flush=True)
            self.retry(name)
        else:
            print("the name is taken, and there is no other", flush=True)

    def do_handle_resource_constraint(self, element):
        # Too many accounts from this address, perhaps. Deciding can wait, when it is said so.
        if self.waits:
            self.waits -= 1
            print(f"not now; trying again in {RETRY_SECONDS} seconds", flush=True)
            self.defer()
            GLib.timeout_add_seconds(RETRY_SECONDS, self.try_again)

    def try_again(self):
        self.retry(None)
        return GLib.SOURCE_REMOVE

    def do_handle_register_error(self, error, element):
        print(f"there is no account: {error.message}", flush=True)
        if self.get_url():
            print(f"see {self.get_url()}", flush=True)

    def do_fill_form(self, form):
        # Only asked for what is not known already.
        for field in form.get_fields():
            hidden = field.get_field_type() in (Headstock.DataFieldType.HIDDEN,
                                                Headstock.DataFieldType.FIXED)
            if hidden or field.get_value() or not field.get_required():
                continue
            for uri in field.get_media_uris():
                print(f"see {uri}")
            field.set_value(input(f"{field.get_label() or field.get_name()}: "))
        # Filled in; True would mean that submit() is called later.
        return False


def make_client(arguments):
    if arguments[0] != "--invitation":
        jid, password, *names = arguments
        return Headstock.Client.new(jid, password), Register(names)
    _, uri, password, *names = arguments
    invitation = Headstock.Invitation.parse(uri)
    jid = invitation.get_jid()
    print(f"invited to {jid.get_domain()}")
    registration = Register(names, preauth_token=invitation.get_token())
    if invitation.get_action() != "register" or not jid.get_local():
        # The name is ours to choose.
        registration.set_username(names and registration.names.pop(0) or input("name: "))
        jid = Headstock.Jid.new(jid.get_domain())
    return Headstock.Client.new_for_jid(jid, password), registration


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    client, registration = make_client(sys.argv[1:])
    client.host = os.environ.get("HEADSTOCK_HOST")
    client.port = int(os.environ.get("HEADSTOCK_PORT", "0"))
    if "HEADSTOCK_CA" in os.environ:
        client.tls_database = Gio.TlsFileDatabase.new(
            os.path.abspath(os.environ["HEADSTOCK_CA"]))
    client.set_registration(registration)

    def ready(client):
        print(f"signed in as {client.bound_jid}", flush=True)
        client.stop()

    client.connect("ready", ready)
    try:
        client.run()
    except GLib.Error as error:
        sys.exit(f"{sys.argv[1]}: {error.message}")


main()

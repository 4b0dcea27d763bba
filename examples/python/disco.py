#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shows what a server offers: its features, its services, and where files can be uploaded.

    disco.py JID PASSWORD

Where the DNS does not know the server, or its certificate was signed by an authority that the system
does not know, the environment says more: HEADSTOCK_HOST, HEADSTOCK_PORT, and HEADSTOCK_CA (a file of
certificates in PEM format).

Shown here: asking an entity for information and items, looking for a service, and telling others what
this program is."""

import os
import sys

import gi

gi.require_version("Headstock", "1.0")
from gi.repository import Gio, GLib, Headstock  # noqa: E402

UPLOAD = "urn:xmpp:http:upload:0"


class Show:
    """Asks one after the other, and ends the run."""

    def __init__(self, client, disco):
        self.client, self.disco = client, disco
        self.server = client.jid.get_domain()

    def ready(self, _client):
        self.disco.query_async(self.server, None, None, self.server_answered)

    def finish(self, finish, result):
        try:
            return finish(result)
        except GLib.Error as error:
            print(error.message, file=sys.stderr)
            return None

    def server_answered(self, disco, result):
        info = self.finish(disco.query_finish, result)
        if info is not None:
            print(f"{self.server}: {info.dup_name() or 'without a name'}")
            for feature in info.dup_features():
                print(f"  {feature}")
        disco.query_items_async(self.server, None, None, self.items_answered)

    def items_answered(self, disco, result):
        for item in self.finish(disco.query_items_finish, result) or []:
            print(f"service {item.jid}: {item.name or 'without a name'}")
        disco.find_service_async(UPLOAD, None, self.upload_found)

    def upload_found(self, disco, result):
        service = self.finish(disco.find_service_finish, result)
        print(f"uploads: {service or 'no'}", flush=True)
        self.client.stop()


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    client = Headstock.Client.new(sys.argv[1], sys.argv[2])
    client.host = os.environ.get("HEADSTOCK_HOST")
    client.port = int(os.environ.get("HEADSTOCK_PORT", "0"))
    if "HEADSTOCK_CA" in os.environ:
        client.tls_database = Gio.TlsFileDatabase.new(os.environ["HEADSTOCK_CA"])
    disco = Headstock.Disco.new()
    disco.add_identity("client", "console", "What does the server offer?", None)
    client.register(disco)
    client.register(Show(client, disco))
    try:
        client.run()
    except GLib.Error as error:
        sys.exit(f"{sys.argv[1]}: {error.message}")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: LGPL-2.1-or-later
import sys, gi
gi.require_version("Headstock", "1.0")
from gi.repository import GLib, Headstock
def page_cb(archive, result, finish):
    try:
        page = finish(result)
    except GLib.Error as error:
        print(error.message, file=sys.stderr)
        page = None
    if page is None:
        client.stop()
        return
    for delivery in page.list_deliveries():
        print(delivery.props.archive_id, delivery.props.message.to_string())
    archive.fetch_next_async(page, None, page_cb, archive.fetch_next_finish)
client = Headstock.Client.new(sys.argv[1], sys.argv[2])
archive = Headstock.Archive.new()
client.register(archive)
client.connect("ready", lambda client: archive.fetch_async(Headstock.ArchiveQuery.new(None), None, page_cb, archive.fetch_finish))
client.run()

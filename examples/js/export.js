// SPDX-License-Identifier: LGPL-2.1-or-later

// Writes all messages of an account's archive into a file, one a line, as JSON.
//
//   gjs -m export.js JID PASSWORD FILE
//
// Where FILE is there already, what is newer than its last line is added.  So a run that was interrupted, with Ctrl-C
// or by a lost connection, is gone on with, and a run a day writes what the day has brought.  A line that was cut is
// taken away first.
//
// Where the DNS does not know the server, or its certificate was signed by an authority that the system does not know,
// the environment says more: HEADSTOCK_HOST, HEADSTOCK_PORT, and HEADSTOCK_CA (a file of certificates in PEM format).
//
// Shown here: `for await` over the pages of an archive; where to go on in an archive, and how to know that nothing is
// missing.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Headstock from 'gi://Headstock?version=1.0';
import System from 'system';

const PAGE_SIZE = 100;
const TAIL_BYTES = 64 * 1024;

// The file, with what its end tells.
class Log {
    constructor(path) {
        const file = Gio.File.new_for_commandline_arg(path);
        this.stream = file.query_exists(null)
            ? file.open_readwrite(null)
            : file.create_readwrite(Gio.FileCreateFlags.PRIVATE, null);
        this.last = null;
        this.ids = new Set();
        this.readTail();
    }

    readTail() {
        this.stream.seek(0, GLib.SeekType.END, null);
        const start = Math.max(0, this.stream.tell() - TAIL_BYTES);
        this.stream.seek(start, GLib.SeekType.SET, null);
        const bytes = this.stream.get_input_stream().read_bytes(TAIL_BYTES, null).toArray();
        const end = bytes.lastIndexOf(10) + 1;
        if (end === 0 && start > 0)
            throw new Error('The last line of the file has no end: this is no file of this program');
        this.stream.truncate(start + end, null);
        this.stream.seek(0, GLib.SeekType.END, null);

        const lines = new TextDecoder().decode(bytes.subarray(0, end)).split('\n');
        // The first one may have begun before.
        for (const line of lines.slice(start > 0 ? 1 : 0).filter(Boolean)) {
            this.last = JSON.parse(line);
            this.ids.add(this.last.id);
        }
    }

    write(deliveries) {
        const text = deliveries.map(delivery => `${JSON.stringify(describe(delivery))}\n`).join('');
        this.stream.get_output_stream().write_all(text, null);
    }
}

function describe(delivery) {
    const {message} = delivery;
    return {
        id: delivery.archive_id,
        time: delivery.time.format_iso8601(),
        with: delivery.peer.to_string(),
        outgoing: delivery.is_outgoing,
        body: message.body,
        xml: message.to_string(),
    };
}

// What there is to ask for.  A server takes an id that it does not know any more for the end of its archive, so we ask
// by time, from the last message on, which must then come once more.
function makeQuery(last) {
    const query = new Headstock.ArchiveQuery({page_size: PAGE_SIZE});
    if (last)
        query.start = GLib.DateTime.new_from_iso8601(last.time, null);
    return query;
}

async function exportArchive(archive, log, show) {
    const {last, ids} = log;
    let isKnown = !last, written = 0, read = 0;

    for await (const page of archive.pages(makeQuery(last))) {
        const deliveries = [...page];
        read += deliveries.length;
        isKnown ||= deliveries.some(delivery => delivery.archive_id === last.id);
        if (!isKnown)
            throw new Error(`The archive has lost the message ${last.id}, the last one of the file: what followed it may be missing`);
        const added = deliveries.filter(delivery => !ids.has(delivery.archive_id));
        log.write(added);
        written += added.length;
        show(read, page.count);
    }
    return written;
}

function showProgress(read, count) {
    printerr(count > 0 ? `${read} of ${count} messages (${Math.floor(100 * read / count)} %)` : `${read} messages`);
}

function makeClient(jid, password) {
    const client = Headstock.Client.new(jid, password);

    client.host = GLib.getenv('HEADSTOCK_HOST');
    client.port = Number(GLib.getenv('HEADSTOCK_PORT') ?? 0);
    if (GLib.getenv('HEADSTOCK_CA') !== null)
        client.tls_database = Gio.TlsFileDatabase.new(GLib.canonicalize_filename(GLib.getenv('HEADSTOCK_CA'), null));
    // What is lost ends the program, and its next run goes on.
    client.auto_reconnect = false;
    // Nothing but the archive is wanted.
    client.own_presence = null;
    return client;
}

// Resolves to whether it went well.
async function run(client, log) {
    const archive = new Headstock.Archive();
    let isGood = false;

    client.register(archive);
    client.register({
        async ready() {
            try {
                print(`messages written: ${await exportArchive(archive, log, showProgress)}`);
                isGood = true;
            } catch (error) {
                printerr(error.message);
            }
            client.stop();
        },
    });
    await client.runAsync();
    return isGood;
}

function main([jid, password, path, ...more]) {
    if (path === undefined || more.length > 0) {
        printerr('Usage: export.js JID PASSWORD FILE');
        return 2;
    }

    const loop = new GLib.MainLoop(null, false);
    let status = 1;

    const start = async () => {
        try {
            status = await run(makeClient(jid, password), new Log(path)) ? 0 : 1;
        } catch (error) {
            printerr(error.message);
        }
        loop.quit();
    };
    GLib.idle_add(GLib.PRIORITY_DEFAULT, () => {
        start();
        return GLib.SOURCE_REMOVE;
    });
    // An `await` here would do as well, but in GJS 1.74 it takes a whole processor while it waits.
    loop.run();
    return status;
}

System.exit(main(System.programArgs));

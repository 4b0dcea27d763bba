// SPDX-License-Identifier: LGPL-2.1-or-later

// Answers each message with the same text, until it is interrupted (Ctrl-C); or says something to
// somebody, shows the answer, and ends.
//
//   gjs -m echo.js JID PASSWORD [TO BODY]
//
// Where the DNS does not know the server, or its certificate was signed by an authority that the
// system does not know, the environment says more: HEADSTOCK_HOST, HEADSTOCK_PORT, and
// HEADSTOCK_CA (a file of certificates in PEM format).
//
// Shown here: an object with handlers; waiting for the end of a run; a reply that is sent because
// a handler returned it.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Headstock from 'gi://Headstock?version=1.0';
import System from 'system';

const [jid, password, to, body] = System.programArgs;

// Whether a message wants an answer.  An "error" is our own message that came back, with its text:
// to answer it would begin a conversation with ourselves.  So would answering our own account.
function isForUs(client, message) {
    return message.body !== null && ['chat', 'normal'].includes(message.stanza_type) &&
        !client.is_own(message.from_jid);
}

function makeClient() {
    const client = Headstock.Client.new(jid, password);

    client.host = GLib.getenv('HEADSTOCK_HOST');
    client.port = Number(GLib.getenv('HEADSTOCK_PORT') ?? 0);
    if (GLib.getenv('HEADSTOCK_CA') !== null) {
        const path = GLib.canonicalize_filename(GLib.getenv('HEADSTOCK_CA'), null);
        client.tls_database = Gio.TlsFileDatabase.new(path);
    }
    return client;
}

// Resolves to whether it went well.
export async function talk(client) {
    let isGood = true;

    client.register({
        handlers: [['message', Headstock.NS_CLIENT, message => {
            if (to && message.stanza_type === 'error') {
                printerr(`${to} can't be reached: ${message.get_error().message}`);
                isGood = false;
                client.stop();
            }
            if (!isForUs(client, message))
                return null;
            print(`${message.from_jid}: ${message.body}`);
            if (!to)
                return Headstock.Message.new_chat(message.from_jid, message.body);
            client.stop();
            return null;
        }]],

        ready() {
            print(`ready as ${client.bound_jid}`);
            if (to)
                client.send_stanza(Headstock.Message.new_chat(to, body));
        },
    });
    try {
        await client.runAsync();
    } catch (error) {
        printerr(error.message);
        isGood = false;
    }
    return isGood;
}

// The functions that only Unix has moved to a namespace of their own with GJS 1.82, where this one was first
// called signal_add_full.
function findSignalAdd() {
    try {
        const GLibUnix = imports.gi.GLibUnix;
        return GLibUnix.signal_add ?? GLibUnix.signal_add_full;
    } catch {
        return GLib.unix_signal_add;
    }
}

function main() {
    if (System.programArgs.length !== 2 && System.programArgs.length !== 4) {
        printerr('Usage: echo.js JID PASSWORD [TO BODY]');
        return 2;
    }

    const client = makeClient();
    const loop = new GLib.MainLoop(null, false);
    const signalAdd = findSignalAdd();
    let status = 1;

    for (const signal of [2, 15]) {  // SIGINT and SIGTERM
        signalAdd(GLib.PRIORITY_DEFAULT, signal, () => {
            client.stop();
            return GLib.SOURCE_CONTINUE;
        });
    }
    talk(client).then(isGood => {
        status = isGood ? 0 : 1;
    }).catch(logError).finally(() => loop.quit());
    // An `await` here would do as well, but in GJS 1.74 it takes a whole processor while it waits.
    loop.run();
    return status;
}

// A test imports this file for its functions.
if (import.meta.url.endsWith(`/${GLib.path_get_basename(System.programPath ?? '')}`))
    System.exit(main());

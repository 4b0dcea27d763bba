// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Memory stays bounded through a flood of messages, shown to handlers and to signals; needs no server.

import GLib from 'gi://GLib?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';
import System from 'system';

import {assert, Child, equal, HERE, main, wait} from './support.js';

const MESSAGES = 100000;
const LIMIT_KIB = 24 * 1024;

function getResident() {
    const [, text] = GLib.file_get_contents('/proc/self/status');
    return Number(new TextDecoder().decode(text).match(/VmRSS:\s+(\d+)/)[1]);
}

async function flood(prepare) {
    const server = new Child('/usr/bin/env', 'python3', `${HERE}/flood-server.py`, `${MESSAGES}`);
    await wait(() => server.output.includes('\n'));
    const client = new Headstock.Client({
        jid: 'user1@example.test', password: 'secret', host: '127.0.0.1', port: Number(server.output),
        tls_mode: Headstock.TlsMode.NONE, sasl_mechanisms: ['PLAIN'], initial_roster: false,
    });
    let seen = 0;
    let before = 0;
    let most = 0;
    prepare(client, e => {
        if (!e.body.startsWith(`${seen} `))
            throw new Error(`${e.body} came as number ${seen}`);
        if (++seen % 1000 !== 0)
            return;
        if (seen === 1000)
            System.gc();
        before ||= getResident();
        most = Math.max(most, getResident());
        if (seen === MESSAGES)
            client.stop();
    });
    const began = GLib.get_monotonic_time();
    await client.runAsync();
    const seconds = (GLib.get_monotonic_time() - began) / 1e6;
    equal(seen, MESSAGES);
    equal(await server.end(), 0);
    print(`# ${most - before} KiB more than ${before} KiB; ${Math.round(MESSAGES / seconds)} a second`);
    /* AddressSanitizer keeps what was freed, for a while. */
    if (!(GLib.getenv('LD_PRELOAD') ?? '').includes('libasan'))
        assert(most - before < LIMIT_KIB, `${most - before} KiB more`);
}

await main({
    async 'the server ends with the program that started it'() {
        const shell = new Child('/bin/sh', '-c', `python3 '${HERE}/flood-server.py' 1 | head -n 1`);
        equal(await shell.end(), 0);
        assert(Number(shell.output) > 0);
    },

    async '100,000 messages through a handler'() {
        await flood((client, call) => client.register({handlers: [['message', Headstock.NS_CLIENT, call]]}));
    },

    async '100,000 messages through the signal'() {
        await flood((client, call) => client.connect('message', (_client, message) => call(message)));
    },
});

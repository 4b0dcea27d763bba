// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A program whose handlers fail in every way, on the test server's second account; test-requests.js
// asks it questions.

import GLib from 'gi://GLib?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';

import {makeClient, sleep} from './support.js';

const client = makeClient(2);

function answer(iq, name) {
    const reply = iq.new_reply();
    reply.add_child(name, 'urn:test');
    return reply;
}

client.register({
    handlers: [
        ['throws', 'urn:test', () => {
            throw new RangeError('thrown');
        }],
        ['rejects', 'urn:test', async () => {
            await sleep(5);
            throw new RangeError('rejected');
        }],
        ['wrong', 'urn:test', () => true],
        ['wrong-later', 'urn:test', async () => 'text'],
        ['nothing-later', 'urn:test', async () => {
            await sleep(5);
        }],
        ['query', Headstock.NS_ROSTER, async () => {
            await sleep(5);
        }],
        // One answers, others fail before, after and later.
        ['answered', 'urn:test', () => {
            throw new RangeError('before');
        }],
        ['answered', 'urn:test', async () => {
            await sleep(5);
            throw new RangeError('later');
        }],
        ['answered', 'urn:test', e => answer(e.get_parent(), 'fine')],
        ['answered', 'urn:test', async () => {
            await sleep(5);
        }],
        ['iq', Headstock.NS_CLIENT, e => {
            if (e.get_child('answered', 'urn:test'))
                throw new RangeError('after');
        }],
        // One has deferred it, others fail or give nothing.
        ['deferred', 'urn:test', () => {
            throw new RangeError('deferred');
        }],
        ['deferred', 'urn:test', async () => {}],
        ['deferred', 'urn:test', (e, told) => {
            const iq = e.get_parent();
            told.defer_reply(iq);
            GLib.timeout_add(GLib.PRIORITY_DEFAULT, 30, () => {
                told.send_stanza(answer(iq, 'fine'));
                return GLib.SOURCE_REMOVE;
            });
        }],
        // Answered by the handler itself before its promise gives nothing.
        ['sent', 'urn:test', async (e, told) => {
            const iq = e.get_parent();
            await sleep(5);
            told.send_stanza(answer(iq, 'fine'));
        }],
        ['sent-raw', 'urn:test', async (e, told) => {
            const iq = e.get_parent();
            await sleep(5);
            told.send_raw_stanza(`${answer(iq, 'fine')}`);
        }],
        ['sent-async', 'urn:test', async (e, told) => {
            await told.sendAsync(answer(e.get_parent(), 'fine'));
        }],
        ['message', Headstock.NS_CLIENT, e => {
            throw new RangeError(`message ${e.body}`);
        }],
        ['body', Headstock.NS_CLIENT, e => {
            print('Body', e.text);
        }],
    ],
    ready() {
        print('Ready', client.bound_jid);
        throw new RangeError('ready failed');
    },
});
client.register({
    // A promise would be true: the client would wait for ever.
    async negotiate() {
        return true;
    },
    async ready() {
        await sleep(1);
        throw new RangeError('ready rejected');
    },
});
client.connect('iq', (_client, iq) => {
    if (iq.get_child('signal', 'urn:test'))
        throw new RangeError('signal');
    return false;
});
await client.runAsync();

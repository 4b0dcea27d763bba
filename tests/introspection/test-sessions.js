// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Sessions that outlive their connections, and what becomes of what was sent, on a real server.

import GLib from 'gi://GLib?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';

import {assert, Child, equal, main, makeClient, online, refused, wait} from './support.js';

const {ClientState, Error: HsError} = Headstock;
const [SIGUSR1, SIGUSR2, SIGTERM] = [10, 12, 15];

// A relay to the test server, for one client's connections.
async function withRelay(scenario) {
    const child = new Child(GLib.getenv('HS_TEST_RELAY'), GLib.getenv('HS_TEST_PORT'));
    await wait(() => child.output.endsWith('\n'));
    try {
        await scenario(child, Number(child.output));
    } finally {
        child.signal(SIGTERM);
        await child.end();
    }
}

// Has the relay pass on no more of what the client sends.
async function lose(child) {
    child.signal(SIGUSR1);
    await wait(() => child.output.includes('holding'));
}

// A client of the relay's, whose life is written down.
function makeWatched(port, properties = {}) {
    const client = Object.assign(makeClient(1), {port}, properties);
    const record = [];
    client.connect('ready', () => record.push('ready'));
    client.connect('resumed', () => record.push('resumed'));
    client.connect('returned', (_client, stanza, error) => record.push([stanza.body, error]));
    client.connect('disconnected', (_client, _error, retry) => {
        if (retry > 0)
            client.reconnect_now();
    });
    return [client, record];
}

function listen(client) {
    const bodies = [];
    client.connect('message', (_client, message) => bodies.push(message.body));
    return bodies;
}

function chat(client, body) {
    return Headstock.Message.new_chat(client.bound_jid, body);
}

await main({
    async 'sendAsync resolves when the server has the stanza'() {
        const [one, two] = [makeClient(1), makeClient(2)];
        await online([one, two], async () => {
            const bodies = listen(two);
            assert(await one.sendAsync(chat(two, 'hello'), null) === true);
            await wait(() => bodies.length === 1 && one.get_unacknowledged() === 0);
            equal(bodies, ['hello']);
        });
    },

    async 'a session goes on after its connection was cut, with what was sent meanwhile'() {
        const two = makeClient(2);
        await withRelay((child, port) => online([two], async () => {
            const [one, record] = makeWatched(port);
            const bodies = listen(two);
            await online([one], async () => {
                await wait(() => one.dup_session_state());
                await lose(child);
                const before = one.sendAsync(chat(two, 'before'), null);
                child.signal(SIGUSR2);
                await wait(() => one.state !== ClientState.READY);
                one.send_stanza(chat(two, 'meanwhile'));
                await wait(() => record.includes('resumed'));
                equal(record, ['ready', 'resumed']);
                assert(await before === true);
                await wait(() => bodies.length === 2 && one.get_unacknowledged() === 0);
                equal(bodies, ['before', 'meanwhile']);
            });
        }));
    },

    async 'what was not sent comes back at the end, and a kept session goes on in another client'() {
        const two = makeClient(2);
        await withRelay((child, port) => online([two], async () => {
            const [one, record] = makeWatched(port, {auto_reconnect: false});
            const bodies = listen(two);
            await one.connectAsync();
            await wait(() => one.dup_session_state() && one.get_unacknowledged() === 0);
            await lose(child);
            one.send_stanza(chat(two, 'kept'));
            const stored = one.dup_session_state().print(true);
            child.signal(SIGUSR2);
            await wait(() => one.state === ClientState.DISCONNECTED);
            const [body, error] = record.at(-1);
            assert(body === 'kept' && error.matches(Headstock.error_quark(), HsError.SESSION_LOST), `${error}`);
            assert(one.dup_session_state() === null && one.bound_jid === null);

            const [other, otherRecord] = makeWatched(port);
            const state = GLib.Variant.parse(null, stored, null, null);
            await refused(() => makeClient(2).set_session_state(state), Headstock.error_quark(),
                HsError.INVALID_STATE);
            await refused(() => other.set_session_state(new GLib.Variant('s', stored)),
                Headstock.error_quark(), HsError.INVALID_STATE);
            assert(other.set_session_state(state) === true);
            other.start();
            await wait(() => otherRecord.includes('resumed') && bodies.length === 1);
            equal(bodies, ['kept']);
            await other.closeAsync();
            equal(otherRecord, ['resumed']);
        }));
    },
});

// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Pings, versions, the time and the last activity, on a real server.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';

import {assert, equal, main, makeClient, online, refused} from './support.js';

Gio._promisify(Headstock.Ping.prototype, 'send_async');
Gio._promisify(Headstock.SoftwareVersion.prototype, 'query_async');
Gio._promisify(Headstock.Time.prototype, 'query_async');
Gio._promisify(Headstock.LastActivity.prototype, 'query_async');

function makeDevice(number) {
    const device = {
        client: makeClient(number),
        ping: Headstock.Ping.new(),
        version: new Headstock.SoftwareVersion({name: `Test ${number}`, version: '1.5'}),
        time: Headstock.Time.new(),
        last: Headstock.LastActivity.new(),
    };
    for (const module of [device.ping, device.version, device.time, device.last])
        device.client.register(module);
    return device;
}

await main({
    async 'devices ask each other'() {
        const [first, second, stranger] = [1, 1, 2].map(makeDevice);
        const unavailable = [Headstock.stanza_error_quark(), Headstock.StanzaError.SERVICE_UNAVAILABLE];
        await online([first.client, second.client, stranger.client], async () => {
            const [own, other] = [second, stranger].map(device => `${device.client.bound_jid}`);
            for (const to of [null, own, other])
                assert(await first.ping.send_async(to, null) >= 0);
            const info = await first.version.query_async(other, null);
            equal([info.name, info.version, info.os], ['Test 2', '1.5', null]);

            const time = await first.time.query_async(own, null);
            assert(Math.abs(time.to_unix() - Date.now() / 1000) < 60);
            await refused(() => first.time.query_async(other, null), ...unavailable);

            second.last.last_active = GLib.DateTime.new_now_utc().add_seconds(-500);
            const seconds = await first.last.query_async(own, null);
            assert(seconds >= 500 && seconds < 560);
            await refused(() => first.last.query_async(other, null), ...unavailable);
        });
    },
});

// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Pings, versions, the time, the last activity and vCards, on a real server.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';

import {assert, equal, main, makeClient, online, refused} from './support.js';

Gio._promisify(Headstock.Ping.prototype, 'send_async');
Gio._promisify(Headstock.SoftwareVersion.prototype, 'query_async');
Gio._promisify(Headstock.Time.prototype, 'query_async');
Gio._promisify(Headstock.LastActivity.prototype, 'query_async');
Gio._promisify(Headstock.Vcards.prototype, 'fetch_async');
Gio._promisify(Headstock.Vcards.prototype, 'store_async');

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

    async 'an account stores its vCard, and others read it'() {
        const [own, other] = [makeClient(3), makeClient(4)];
        const [mine, theirs] = [new Headstock.Vcards(), new Headstock.Vcards()];
        own.register(mine);
        other.register(theirs);
        const vcard = new Headstock.Vcard({fullName: 'Juliet', note: 'O', photo: new GLib.Bytes([1, 2, 3])});
        await online([own, other], async () => {
            assert(await mine.store_async(vcard, null));
            const seen = await theirs.fetch_async(own.bound_jid.get_bare(), null);
            equal([seen.full_name, seen.nickname, seen.email], ['Juliet', null, null]);
            equal(seen.photo.toArray().join(), '1,2,3');
            await refused(() => theirs.fetch_async('@', null), Headstock.Error, Headstock.Error.INVALID_JID);
        });
    },
});

// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What a program keeps of a sign-in, and what it is told of its security.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';

import {assert, equal, main, makeClient, online, wait} from './support.js';

const settings = {
    'the properties of a sign-in can be given and read'() {
        const client = new Headstock.Client({
            jid: 'a@b', channelBinding: Headstock.ChannelBinding.REQUIRE, bind2: true, carbons: true,
            userAgentSoftware: 'Test', accessToken: 'secret',
        });
        equal(client.channel_binding, Headstock.ChannelBinding.REQUIRE);
        equal([client.bind2, client.carbons, client.login_token, client.security_info], [true, true, null, null]);
    },
};

// Of servers that know SASL2 and tokens.
const withServer = {
    async 'what security there is can be told'() {
        const client = makeClient(1);
        const told = [];
        client.connect('security-established', (_, info) => void told.push(info));
        await online([client], () => assert(client.security_info === told[0]));
        const [info] = told;
        equal(info.tls_version, Gio.TlsProtocolVersion.TLS_1_3);
        equal([info.channel_binding, info.verified, info.downgrade_protected], ['tls-exporter', true, true]);
        assert(info.mechanism.endsWith('-PLUS'));
    },

    async 'a token is given, printed, read again and used by another client'() {
        const client = makeClient(1);
        const tokens = [];
        client.connect('login-token-changed', (_, token) => void tokens.push(token));
        await online([client], () => wait(() => tokens.length > 0));
        const stored = tokens.at(-1).print(true);
        equal(tokens.at(-1).recursiveUnpack()['user-agent-id'], client.user_agent_id);

        const other = makeClient(1);
        other.password = null;
        other.login_token = GLib.Variant.parse(new GLib.VariantType('a{sv}'), stored, null, null);
        await online([other], () => equal(other.security_info.mechanism, 'HT-SHA-256-EXPR'));
    },
};

await main(GLib.getenv('HS_TEST_SERVERS') === 'stable' ? settings : {...settings, ...withServer});

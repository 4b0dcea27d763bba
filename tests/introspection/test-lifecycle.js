// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Runs from start to end, what is told of them, and what is freed after them.

import Gio from 'gi://Gio?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';

import {address, assert, Child, equal, HERE, main, makeClient, online, sendXml, sleep, wait, Watch}
    from './support.js';

const {DEFAULT} = Headstock.HandlerFlags;
const {NS_CLIENT} = Headstock;
const SIGTERM = 15;
const SIGNALS = ['connecting', 'connected', 'secured', 'authenticated', 'ready', 'stopping', 'disconnected',
    'cleanup', 'terminated'];

const KeepsModule = GObject.registerClass({
    GTypeName: 'TestKeepsModule',
    Implements: [Headstock.Module],
}, class KeepsModule extends GObject.Object {
    calls = [];
    handlers = [['message', NS_CLIENT, () => {
        this.calls.push('message');
    }]];

    vfunc_attached(client) {
        client.add_handler('body', NS_CLIENT, DEFAULT, (told, e) => {
            this.calls.push(e.text);
        });
    }

    vfunc_ready(client) {
        this.client = client;
        this.calls.push('ready');
    }

    vfunc_begin() {
        this.calls.push('begin');
    }

    vfunc_lost() {
        this.calls.push('lost');
    }

    vfunc_terminated() {
        this.calls.push('terminated');
    }

    vfunc_detached() {
        this.calls.push('detached');
    }
});

// Most are freed, and not all: a place in a script remembers the few functions that it called last, for
// speed, and with them what they close over. What were kept for ever would all be there.
async function areFreed(use) {
    const watches = [];
    for (let n = 0; n < 24; n++)
        watches.push(await use());
    await watches[0].collect();
    const freed = watches.filter(watch => watch.gone.every(gone => gone)).length;
    assert(freed >= 12, `${freed} of 24 were freed`);
}

await main({
    async 'a registered object is told of each stage'() {
        const client = makeClient(1);
        const signals = [];
        const stages = {
            calls: [],
            attached(told) {
                assert(told === client && this === stages);
                this.calls.push('attached');
                told.add_handler('body', NS_CLIENT, DEFAULT, () => null);
            },
            negotiate(told, features) {
                equal(features.get_name(), 'features');
                this.calls.push('negotiate');
                sleep(5).then(() => told.continue_negotiation(null));
                return true;
            },
            begin(told) {
                equal(told.get_features().get_name(), 'features');
                this.calls.push('begin');
            },
            presence_sent(told, presence) {
                equal(presence.status, 'from JavaScript');
                this.calls.push('presence_sent');
            },
            prepare_presence(told, presence) {
                presence.status = 'from JavaScript';
                this.calls.push('prepare_presence');
            },
            ready(told) {
                this.calls.push('ready');
                told.stop();
            },
        };
        for (const hook of ['stopping', 'cleanup', 'lost', 'terminated', 'detached']) {
            stages[hook] = function () {
                this.calls.push(hook);
            };
        }
        for (const name of SIGNALS)
            client.connect(name, () => signals.push(name));
        client.register(stages);
        client.register(stages);
        for (let run = 0; run < 2; run++) {
            await client.runAsync();
            equal(stages.calls.splice(1), ['negotiate', 'begin', 'prepare_presence', 'presence_sent', 'ready',
                'stopping', 'lost', 'cleanup', 'terminated']);
            equal(signals.splice(0), SIGNALS);
        }
        client.unregister(stages);
        equal(stages.calls, ['attached', 'detached']);
    },

    async 'a Module in JavaScript is told through its vfuncs, and its handlers are registered'() {
        const [client, module] = [makeClient(1), new KeepsModule()];
        client.register(module);
        await online([client], async () => {
            sendXml(client, client.bound_jid, '<body>hi</body>');
            await wait(() => module.calls.length === 4);
        });
        client.unregister(module);
        equal(module.calls, ['begin', 'ready', 'hi', 'message', 'lost', 'terminated', 'detached']);
    },

    async 'unregister takes an object\'s handlers away, also while they run'() {
        const client = makeClient(1);
        const calls = [];
        const shy = {handlers: [
            ['body', NS_CLIENT, () => {
                calls.push('body');
                client.unregister(shy);
            }],
            ['message', NS_CLIENT, () => {
                calls.push('message');
            }],
        ]};
        client.register(shy);
        client.unregister({});
        let seen = 0;
        client.connect('message', () => seen++);
        await online([client], async () => {
            sendXml(client, client.bound_jid, '<body/>');
            sendXml(client, client.bound_jid, '<body/>');
            await wait(() => seen === 2);
        });
        equal(calls, ['body']);
    },

    async 'a program ends in order at SIGTERM, too'() {
        const child = new Child('gjs', '-m', `${HERE}/program.js`);
        // The roster comes after ready, or before.
        await wait(() => child.output.includes('Ready ') && child.output.includes('Contact '));
        child.signal(SIGTERM);
        equal([await child.end(), child.errors], [0, '']);
        assert(child.output.endsWith('Stopping\nTerminated\nEnded\n'), child.output);
    },

    async 'the first program prints the roster, echoes, and ends on Ctrl-C in order'() {
        const client = makeClient(1);
        const messages = [];
        const presences = [];
        client.connect('message', (_client, message) => messages.push(message));
        client.connect('presence', (_client, presence) => presences.push(presence));
        const child = new Child('gjs', '-m', `${HERE}/program.js`);
        await online([client], async () => {
            await wait(() => child.output.includes('Contact '));
            assert(child.output.includes(`Contact ${address(1)} both\n`), child.output);
            const to = child.output.split('Ready ')[1].split('\n')[0];
            client.send_stanza(Headstock.Message.new_chat(to, 'hello'));
            await wait(() => messages.length);
            equal([messages[0].body, `${messages[0].from_jid}`], ['hello', to]);
            child.interrupt();
            equal([await child.end(), child.errors], [0, '']);
            assert(child.output.endsWith('Stopping\nTerminated\nEnded\n'), child.output);
            await wait(() => presences.at(-1).stanza_type === 'unavailable' && presences.at(-1).from_jid.equals(to));
        });
    },

    async 'a handler may stop the client, which may be run again'() {
        const client = makeClient(1);
        const seen = [];
        client.add_handler('body', NS_CLIENT, DEFAULT, (told, e) => {
            seen.push(e.text);
            told.stop();
        });
        client.connect('ready', told => sendXml(told, told.bound_jid, `<body>${seen.length}</body>`));
        for (let run = 0; run < 3; run++)
            await client.runAsync();
        equal(seen, ['0', '1', '2']);
    },

    async 'runAsync keeps a client that nobody else holds'() {
        let ended = 0;
        for (let n = 0; n < 5; n++) {
            const client = makeClient(1);
            client.connect('ready', told => sleep(50).then(() => told.stop()));
            client.runAsync().then(() => ended++);
        }
        const nothing = new Watch();
        for (let n = 0; n < 5; n++)
            await nothing.collect();
        await wait(() => ended === 5);
    },

    async 'objects that keep the client, and functions that close over it, go with it after a run'() {
        async function use() {
            const [client, module] = [makeClient(1), new KeepsModule()];
            const keeps = {
                probe: new Gio.SimpleAction({name: 'probe'}),
                handlers: [['body', NS_CLIENT, e => {
                    keeps.element = e;
                }]],
                ready(told) {
                    this.client = told;
                },
            };
            client.register(keeps);
            client.register(module);
            client.add_handler('message', NS_CLIENT, DEFAULT, () => {
                assert(client.state === Headstock.ClientState.READY);
            });
            client.connect('message', () => client.state);
            await online([client], async () => {
                sendXml(client, client.bound_jid, '<body>hi</body>');
                await client.request(Headstock.Iq.new('get', null,
                    Headstock.Element.new('query', Headstock.NS_ROSTER)));
                await wait(() => keeps.element);
            });
            assert(keeps.client === client && module.client === client);
            return new Watch(client, keeps.probe, module, keeps.element);
        }
        await areFreed(use);
    },

    async 'a client that is dropped while it runs is collected, with what it registered'() {
        async function use() {
            const client = makeClient(1);
            const keeps = {
                probe: new Gio.SimpleAction({name: 'probe'}),
                handlers: [['body', NS_CLIENT, () => null]],
                ready(told) {
                    this.client = told;
                },
            };
            client.register(keeps);
            client.start();
            await wait(() => keeps.client);
            return new Watch(client, keeps.probe);
        }
        await areFreed(use);
    },
});

// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Handlers and signals for what arrives, between two accounts on a real server.

import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';
import System from 'system';

import {address, assert, equal, main, makeClient, online, sendXml, sleep, throwing, wait} from './support.js';

const {DEFAULT, ONCE, FORGET, FROM_ACCOUNT, NESTED} = Headstock.HandlerFlags;
const {NS_CLIENT, NS_ROSTER} = Headstock;

await main({
    async 'the items of the roster come to a handler that asks for the account\'s own'() {
        const client = makeClient(1);
        const items = [];
        client.register({
            handlers: [['item', NS_ROSTER, e => {
                items.push([e.get_attribute('jid'), e.get_attribute('subscription')]);
            }, {fromAccount: true}]],
        });
        await online([client], () => wait(() => items.length));
        equal(items, [[address(2), 'both']]);
    },

    async 'a handler is called only for the type of stanza and the sender that it names'() {
        const [one, two] = [makeClient(1), makeClient(2)];
        const calls = [];
        const note = (name, options) => ['body', NS_CLIENT, e => {
            calls.push(name + e.text);
        }, options];
        one.register({handlers: [note('chat', {type: 'chat'}), note('own', {fromJid: one.jid.to_string()}),
            note('two', {type: 'headline', from_jid: two.jid})]});
        one.add_handler_full('message', NS_CLIENT, null, address(2), DEFAULT, (_client, e) => {
            calls.push(`.${e.body}`);
        });
        await online([one, two], async () => {
            ['normal', 'chat', 'headline'].forEach((kind, i) => sendXml(two, one.bound_jid, `<body>${i}</body>`, kind));
            await wait(() => calls.includes('.2'));
        });
        equal(calls, ['.0', 'chat1', '.1', 'two2', '.2']);
    },

    async 'a handler of texts is called with what a message says and whom it is from; what it returns is sent'() {
        const [one, two] = [makeClient(1), makeClient(2)];
        const calls = [], answers = [];
        const texts = {
            handlers: [
                ['message', NS_CLIENT, function (text, from, client) {
                    assert(this === texts && client === one);
                    calls.push(text);
                    return Headstock.Message.new_chat(from, 'one');
                }, {type: 'chat', text: true}],
                ['message', NS_CLIENT, async (text, from) => {
                    await sleep(5);
                    return Headstock.Message.new_chat(from, text ?? 'late');
                }, {type: 'headline', text: true}],
            ],
        };
        one.register(texts);
        const handler = one.add_text_handler('body', NS_CLIENT, null, two.jid, {once: true}, (client, text, from) => {
            assert(client === one && from === two.bound_jid.to_string());
            calls.push(`${text}.`);
        });
        two.add_text_handler('message', NS_CLIENT, null, null, DEFAULT, (_client, text) => {
            answers.push(text);
        });
        await online([one, two], async () => {
            ['normal', 'chat'].forEach((kind, i) => sendXml(two, one.bound_jid, `<body>${i}</body>`, kind));
            sendXml(two, one.bound_jid, '<x xmlns="urn:x"/>', 'headline');
            await wait(() => answers.length === 2);
        });
        equal(calls, ['0.', '1']);
        equal(answers, ['one', 'late']);
        equal(one.remove_handler(handler), false);
        one.unregister(texts);
        throwing(TypeError, () => one.add_handler('x', null, {text: true}, () => null));
        throwing(TypeError, () => one.elements('x', null, {text: true}));
        throwing(TypeError, () => one.add_text_handler('x', null, undefined, null, DEFAULT, () => null));
        throwing(TypeError, () => one.register({handlers: [['x', null, () => null, {text: 1}]]}));
    },

    async 'a contact\'s presence comes, and goes as unavailable'() {
        const [one, two] = [makeClient(1), makeClient(2)];
        const seen = [];
        one.connect('presence', (_client, presence) => {
            if (!one.is_own(presence.from_jid))
                seen.push([presence.stanza_type, presence.show, presence.priority]);
        });
        await online([one], async () => {
            await online([two], async () => {
                two.send_stanza(new Headstock.Presence({show: 'away', priority: 5}));
                await wait(() => seen.some(([, show]) => show === 'away'));
                equal(seen.at(-1), ['available', 'away', 5]);
            });
            await wait(() => seen.at(-1)[0] === 'unavailable');
        });
    },

    async 'what a handler returns is sent, at once or by a promise; two clients talk'() {
        const [one, two] = [makeClient(1), makeClient(2)];
        const echo = {
            handlers: [
                ['message', NS_CLIENT, function (e, client) {
                    assert(this === echo && client === two);
                    return e.body === 'now' ? Headstock.Message.new_chat(e.from_jid, `${e.body}!`) : undefined;
                }],
                ['message', NS_CLIENT, async e => {
                    if (e.body === 'now')
                        return undefined;
                    await sleep(5);
                    return Headstock.Message.new_chat(e.from_jid, `${e.body}?`);
                }],
            ],
        };
        two.register(echo);
        const seen = [];
        one.connect('message', (_client, message) => {
            seen.push(message.body);
        });
        await online([one, two], async () => {
            one.send_stanza(Headstock.Message.new_chat(two.bound_jid, 'now'));
            await wait(() => seen.length === 1);
            one.send_stanza(Headstock.Message.new_chat(two.bound_jid, 'héllo <&> \u{1f600}'));
            await wait(() => seen.length === 2);
        });
        equal(seen, ['now!', 'héllo <&> \u{1f600}?']);
    },

    async 'elements are found at any depth: children first, handlers in their order'() {
        const client = makeClient(1);
        const calls = [];
        client.register({handlers: [
            ['message', NS_CLIENT, () => {
                calls.push('first');
            }],
            ['deep', 'urn:test:deep', e => {
                assert(e.get_parent().get_parent() instanceof Headstock.Message);
                calls.push(`deep ${e.text}`);
            }],
            [null, 'urn:test', e => {
                calls.push(e.get_name());
            }],
            ['message', null, () => {
                calls.push('second');
            }],
        ]});
        await online([client], async () => {
            sendXml(client, client.bound_jid, "<x xmlns='urn:test'><deep xmlns='urn:test:deep'>1</deep>" +
                "<deep xmlns='urn:test:deep'>2</deep></x><body>b</body>");
            await wait(() => calls.includes('second'));
        });
        equal(calls, ['deep 1', 'deep 2', 'x', 'first', 'second']);
    },

    async 'once is once; handlers remove themselves, each other, and add more while they run'() {
        const client = makeClient(1);
        const calls = [];
        client.add_handler('message', NS_CLIENT, ONCE, () => {
            calls.push('once');
        });
        client.register({handlers: [['message', NS_CLIENT, () => {
            calls.push('object once');
        }, {once: true}]]});
        const own = client.add_handler('message', NS_CLIENT, DEFAULT, () => {
            calls.push('remove');
            assert(client.remove_handler(next) && !client.remove_handler(next) && client.remove_handler(own));
            client.add_handler('message', NS_CLIENT, DEFAULT, () => {
                calls.push('added');
            });
        });
        const next = client.add_handler('message', NS_CLIENT, DEFAULT, () => {
            calls.push('next');
        });
        await online([client], async () => {
            sendXml(client, client.bound_jid, '<body>1</body>');
            await wait(() => calls.includes('remove'));
            sendXml(client, client.bound_jid, '<body>2</body>');
            await wait(() => calls.includes('added'));
        });
        equal(calls, ['once', 'object once', 'remove', 'added']);
    },

    async 'a function may be registered twice, and stays while nobody else holds it'() {
        const client = makeClient(1);
        const calls = [];
        const call = (told, e) => {
            assert(told === client);
            calls.push(e.body);
        };
        const first = client.add_handler('message', NS_CLIENT, DEFAULT, call);
        client.add_handler('message', NS_CLIENT, DEFAULT, call);
        client.add_handler('message', NS_CLIENT, DEFAULT, (_client, e) => {
            calls.push(`${e.body}!`);
        });
        System.gc();
        await online([client], async () => {
            sendXml(client, client.bound_jid, '<body>1</body>');
            await wait(() => calls.length === 3);
            client.remove_handler(first);
            System.gc();
            sendXml(client, client.bound_jid, '<body>2</body>');
            await wait(() => calls.length === 5);
        });
        equal(calls, ['1', '1', '1!', '2', '2!']);
    },

    async 'forget takes elements out of the stanza; one that is kept is still right'() {
        const client = makeClient(1);
        const kept = [];
        const wholes = [];
        client.register({handlers: [['item', 'urn:test', e => {
            assert(e.get_parent().get_name() === 'list');
            kept.push(e);
        }, {forget: true}]]});
        client.connect('message', (_client, message) => wholes.push(message));
        const numbers = [...Array(1000).keys()];
        await online([client], async () => {
            const items = numbers.map(n => `<item n='${n}'><sub>text ${n}</sub></item>`).join('');
            sendXml(client, client.bound_jid, `<list xmlns='urn:test'>${items}</list>`);
            await wait(() => wholes.length);
        });
        equal(kept.map(e => e.get_child_text('sub', null)), numbers.map(n => `text ${n}`));
        assert(kept.every(e => e.get_parent() === null));
        equal([...wholes[0].get_child('list', 'urn:test')], []);
        equal(FORGET, 2);
    },

    async 'FROM_ACCOUNT does not believe a stranger'() {
        const [one, two] = [makeClient(1), makeClient(2)];
        const calls = [];
        for (const [name, flags] of [['any', DEFAULT], ['own', FROM_ACCOUNT]]) {
            one.add_handler('item', NS_ROSTER, flags, (_client, e) => {
                calls.push([name, e.get_attribute('jid')]);
            });
        }
        await online([one, two], async () => {
            await wait(() => calls.length === 2);
            const forged = `<query xmlns='${NS_ROSTER}'><item jid='evil@x'/></query><body>forged</body>`;
            sendXml(two, one.bound_jid, forged);
            await wait(() => calls.length === 3);
            sendXml(one, one.bound_jid, forged);
            await wait(() => calls.length === 5);
        });
        equal(calls.slice(2), [['any', 'evil@x'], ['any', 'evil@x'], ['own', 'evil@x']]);
    },

    async 'a forwarded message is shown to NESTED handlers only'() {
        const [one, two] = [makeClient(1), makeClient(2)];
        const calls = [];
        const signalled = [];
        one.register({handlers: [
            ['message', NS_CLIENT, e => {
                calls.push(`plain ${e.body}`);
            }],
            ['message', NS_CLIENT, e => {
                calls.push(`nested ${e.body}`);
            }, {nested: true}],
        ]});
        one.connect('message', (_client, e) => signalled.push(e.body));
        one.connect(`element::{${NS_CLIENT}}message`, (_client, e) => signalled.push(e.body));
        await online([one, two], async () => {
            sendXml(two, one.bound_jid, `<forwarded xmlns='${Headstock.NS_FORWARD}'>` +
                "<message xmlns='jabber:client' from='boss@x'><body>inner</body></message></forwarded>" +
                '<body>outer</body>');
            await wait(() => signalled.length === 2);
        });
        equal(calls, ['nested inner', 'plain outer', 'nested outer']);
        equal(signalled, ['outer', 'outer']);
        equal(NESTED, 8);
    },

    async 'element::{namespace}name is emitted for that name, at any depth, after handlers'() {
        const client = makeClient(1);
        const calls = [];
        client.connect('element::{urn:test}a', (_client, e) => calls.push(`signal ${e.get_attribute('n')}`));
        client.add_handler('a', 'urn:test', DEFAULT, (_client, e) => {
            calls.push(`handler ${e.get_attribute('n')}`);
        });
        await online([client], async () => {
            sendXml(client, client.bound_jid, "<b xmlns='urn:test'><a n='1'/><a xmlns='urn:other'/></b>" +
                "<a xmlns='urn:test' n='2'/>");
            await wait(() => calls.length === 4);
        });
        equal(calls, ['handler 1', 'signal 1', 'handler 2', 'signal 2']);
    },

    async 'elements that are kept stay right, with their stanza, while others come'() {
        let client = makeClient(1);
        const kept = [];
        client.add_handler('body', NS_CLIENT, DEFAULT, (_client, e) => {
            kept.push(e);
        });
        const numbers = [...Array(50).keys()];
        await online([client], async () => {
            for (const n of numbers)
                sendXml(client, client.bound_jid, `<body>text ${n}</body><x xmlns='urn:test'/>`);
            await wait(() => kept.length === 50);
        });
        client = null;
        System.gc();
        await sleep(5);
        System.gc();
        equal(kept.map(e => e.text), numbers.map(n => `text ${n}`));
        assert(kept.every(e => e.get_parent().get_child('x', 'urn:test') !== null));
        equal(new Set(kept).size, 50);
    },

    async 'what JavaScript sets on one message is not seen on the next'() {
        const client = makeClient(1);
        const seen = [];
        client.add_handler('message', NS_CLIENT, DEFAULT, (_client, e) => {
            seen.push(e.colour);
            e.colour = 'red';
        });
        await online([client], async () => {
            for (let n = 0; n < 10; n++) {
                sendXml(client, client.bound_jid, '<body/>');
                await wait(() => seen.length === n + 1);
                System.gc();
            }
        });
        assert(seen.every(colour => colour === undefined));
    },

    async '2,000 messages arrive in their order'() {
        const [one, two] = [makeClient(1), makeClient(2)];
        const seen = [];
        two.add_handler('message', NS_CLIENT, DEFAULT, (_client, e) => {
            seen.push(Number(e.body));
        });
        await online([one, two], async () => {
            for (let n = 0; n < 2000; n++)
                one.send_stanza(Headstock.Message.new_chat(two.bound_jid, `${n}`));
            await wait(() => seen.length >= 2000);
        });
        equal(seen, [...Array(2000).keys()]);
    },

    async 'handlers of other GObjects and of a Client subclass are registered'() {
        const Label = GObject.registerClass(class Label extends GObject.Object {
            handlers = [['body', NS_CLIENT, this.show.bind(this)]];

            show(e) {
                this.shown = e.text;
            }
        });
        const Bot = GObject.registerClass(class Bot extends Headstock.Client {
            _init(properties) {
                super._init(properties);
                this.bodies = [];
                this.handlers = [['message', NS_CLIENT, function (e) {
                    this.bodies.push(e.body);
                }]];
                this.register(this);
            }

            ready() {
                this.told = true;
            }
        });
        const [bot, label] = [makeClient(1, Bot), new Label()];
        bot.register(label);
        await online([bot], async () => {
            sendXml(bot, bot.bound_jid, '<body>hi</body>');
            await wait(() => bot.bodies.length);
        });
        equal([bot.bodies, label.shown, bot.told], [['hi'], 'hi', true]);
    },

    async 'a component has the same handlers'() {
        const service = GLib.getenv('HS_TEST_COMPONENT');
        const component = Headstock.Component.new(service, GLib.getenv('HS_TEST_COMPONENT_SECRET'));
        component.host = GLib.getenv('HS_TEST_HOST');
        component.port = Number(GLib.getenv('HS_TEST_COMPONENT_PORT'));
        component.register({handlers: [['message', NS_CLIENT, e => {
            const reply = e.new_reply();
            reply.body = `${e.body}!`;
            return reply;
        }]]});
        const client = makeClient(1);
        const seen = [];
        client.connect('message', (_client, message) => seen.push(message.body));
        await online([component, client], async () => {
            client.send_stanza(Headstock.Message.new_chat(`x@${service}`, 'hi'));
            await wait(() => seen.length);
        });
        equal(seen, ['hi!']);
    },
});

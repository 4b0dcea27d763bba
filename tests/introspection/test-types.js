// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Addresses, elements and constants; needs no server.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';
import HeadstockTest from 'gi://HeadstockTest?version=1.0';

import {assert, equal, main, refused, Signal, throwing} from './support.js';

const {Jid, Message} = Headstock;

await main({
    async 'a Jid is compared and printed'() {
        const jid = Jid.new('Juliet@Capulet.example/Balcony');
        equal(`${jid}`, 'juliet@capulet.example/Balcony');
        assert(jid.equals(new Jid('juliet@capulet.example/Balcony')) && jid.equals('JULIET@capulet.example/Balcony'));
        assert(!jid.equals('juliet@capulet.example/balcony') && !jid.equals(null) && !jid.equals(7));
        assert(!jid.equals('@') && jid.equal('JULIET@capulet.example/Balcony') && jid.compare('juliet@d') < 0);
        equal(['b@x', 'a@x'].map(one => new Jid(one)).sort((a, b) => a.compare(b)).map(String), ['a@x', 'b@x']);
        assert(jid.get_bare().equals('juliet@capulet.example') && jid.bare.equals(jid.get_bare()));
        equal([jid.local, jid.domain, jid.resource], ['juliet', 'capulet.example', 'Balcony']);
        equal([new Jid('a').local, new Jid('a').resource], [null, null]);
        await refused(() => Jid.new('@'), Headstock.error_quark(), Headstock.Error.INVALID_JID);
    },

    async 'an address may be a Jid or a string'() {
        for (const to of ['a@b/c', Jid.new('a@b/c')]) {
            const stanzas = [
                Message.new_chat(to, 'hi'), Message.new('chat', to), new Message({to, body: 'hi'}),
                new Message({to_jid: to}), new Message({toJid: to}), Headstock.Iq.new('get', to, null),
            ];
            for (const change of [s => (s.to_jid = to), s => (s.toJid = to), s => (s['to-jid'] = to),
                s => (s.to = to), s => s.set_to_jid(to)]) {
                const stanza = new Headstock.Presence();
                change(stanza);
                stanzas.push(stanza);
            }
            for (const stanza of stanzas) {
                equal(stanza.get_attribute('to'), 'a@b/c');
                equal([stanza.to, `${stanza.to_jid}`, `${stanza.get_to_jid()}`], ['a@b/c', 'a@b/c', 'a@b/c']);
            }
            const [stanza] = stanzas;
            stanza.set_from_jid(to);
            assert(stanza.from_jid.equals('a@b/c') && stanza.fromJid.equals('a@b/c'));
            stanza.to_jid = null;
            equal(stanza.to, null);
            for (const client of [Headstock.Client.new(to, 'x'), new Headstock.Client({jid: to}),
                Headstock.Component.new(to, 'x')]) {
                assert(client.jid.equals('a@b/c') && client.is_own('A@B/z') && client.is_own(null));
                assert(client.is_own(Jid.new('a@b')) && !client.is_own('a@c'));
                client.jid = 'x@y';
                equal(`${client.get_jid()}`, 'x@y');
            }
        }
        await refused(() => new Message({to_jid: '@'}), Headstock.error_quark(), Headstock.Error.INVALID_JID);
    },

    'each property that is an address takes it in either form'() {
        const {ArchiveQuery, Bookmark, DiscoItem, Upload} = Headstock;
        for (const make of [one => one, one => new Jid(one)]) {
            const upload = new Upload({service: make('up.b')});
            const services = [upload.service];
            for (const change of [one => (upload.service = one), one => upload.set_service(one),
                one => upload.set_property('service', one), one => upload.set({service: one})]) {
                change(make(`${services.length}.b`));
                services.push(upload.service);
            }
            equal(services.map(String), ['up.b', '1.b', '2.b', '3.b', '4.b']);
            const query = new ArchiveQuery({archive: make('a@b'), with: make('c@d')});
            equal([query.archive, query.with, ArchiveQuery.new(make('a@b')).archive], ['a@b', 'c@d', 'a@b']);
            query.with = make('e@f');
            equal(query.with, 'e@f');
            const bookmark = new Bookmark({jid: make('Room@c'), nick: 'x'});
            equal([`${bookmark.jid}`, bookmark.nick, `${Bookmark.new(make('room@c')).jid}`], ['room@c', 'x', 'room@c']);
            const item = new DiscoItem({jid: make('c'), node: 'n', name: 'N'});
            equal([`${item.jid}`, item.node, item.name], ['c', 'n', 'N']);
            equal(`${new Message({'from-jid': make('a@b'), fromJid: make('a@b')}).from_jid}`, 'a@b');
        }
        equal([new Bookmark({jid: 'c'}).jid, new Bookmark().jid, new DiscoItem().jid], [null, null, null]);
        const Own = GObject.registerClass({
            GTypeName: 'TestOwnService',
            Properties: {service: GObject.ParamSpec.string('service', null, null, GObject.ParamFlags.READWRITE, null)},
        }, class Own extends Message {});
        equal(new Own({service: 'x.b'}).service, 'x.b');
    },

    'what extensions add to a message is read and written'() {
        const {ChatState, Hints, Jid} = Headstock;
        const message = new Headstock.Message({to: 'a@b', body: 'Great idea!', replace_id: 'bad1', requests_receipt: true,
            chat_state: ChatState.ACTIVE, hints: Hints.STORE});
        const seen = [];
        message.connect('notify', (_message, pspec) => seen.push(pspec.name));
        message.set_reply('1', 'anna@example.com/laptop', 'We should bake a cake \u{1f382}');
        equal(seen.sort(), ['body', 'reply-id']);
        equal(message.body, '> We should bake a cake \u{1f382}\nGreat idea!');
        equal(message.dup_body_without_fallback([Headstock.NS_REPLY]), 'Great idea!');
        equal(message.dup_body_without_fallback(null), message.body);
        equal(message.dup_body_without_fallback([]), message.body);
        equal(message.dup_reply_to().to_string(), 'anna@example.com/laptop');
        equal(message.replace_id, 'bad1');
        assert(message.requests_receipt && message.chat_state === ChatState.ACTIVE && message.hints === Hints.STORE);
        message.replace_id = null;
        message.chat_state = ChatState.NONE;
        assert(message.get_replace_id() === null && message.get_chat_state() === ChatState.NONE);
        message.set_reactions('2', ['\u{1f44b}', '\u{1f422}', '\u{1f44b}']);
        equal(message.dup_reactions(), ['\u{1f44b}', '\u{1f422}']);
        message.set_reactions('2', []);
        equal(message.dup_reactions(), []);
        equal(message.reacted_id, '2');
        message.set_reactions(null, null);
        equal(message.reacted_id, null);
        const archived = Headstock.Element.new_from_string("<message><stanza-id xmlns='urn:xmpp:sid:0' by='Room@c' id='7'/></message>");
        equal(archived.dup_stanza_id(Jid.new('room@c')), '7');
        equal(archived.dup_stanza_id('ROOM@c'), '7');
        equal(archived.dup_stanza_id('c'), null);
    },

    'spans are found in the bytes of a text'() {
        const body = '> \u{1f422} *strong* _\u00fc_';
        const bytes = new TextEncoder().encode(body);
        const {SpanKind} = Headstock;
        const spans = Headstock.styling_parse(body);
        equal(spans.map(span => new TextDecoder().decode(bytes.slice(span.start, span.end))), [body, '*strong*', '_\u00fc_']);
        equal(spans.map(span => span.kind), [SpanKind.QUOTE, SpanKind.STRONG, SpanKind.EMPHASIS]);
        equal(spans.map(span => span.depth), [0, 1, 1]);
        equal(Headstock.styling_parse(null).length, 0);
        assert(Headstock.styling_is_action('/me waves') && !Headstock.styling_is_action('/mewaves'));
    },

    'an element is iterated, printed and compared'() {
        const element = Headstock.Element.new_from_string("<a xmlns='urn:x' n='1'>t<b/><c>u</c></a>");
        equal([...element].map(child => child.get_name()), ['b', 'c']);
        equal(`${element}`, '<a xmlns="urn:x" n="1">t<b/><c>u</c></a>');
        assert(element.equal(element.copy()) && element.copy() !== element);
        assert([...element][0] === element.get_first_child());
        equal(element.get_attribute_names(), ['n']);
        equal(element.text, 't');
    },

    'a string that C would not get as it is is refused, wherever it is given'() {
        const h = Headstock;
        const message = Message.new_chat('a@b', 'x');
        const element = h.Element.new('a', 'b');
        const client = h.Client.new('a@b', 'x');
        const registration = new h.Registration();
        for (const s of ['a@b\0c', 'a\ud800b', '\udc00', '\ude00\ud83d']) {
            const given = [
                () => Message.new_chat('a@b', s), () => Message.new_chat(s, 'x'), () => Jid.new(s), () => new h.Jid(s),
                () => Jid.new_from_parts(s, 'b', null), () => new Message({body: s}), () => new Message({to: s}),
                () => (message.body = s), () => (message.to = s), () => message.set_property('body', s),
                () => message.set_body(s), () => message.set({body: s}), () => message.get_child_text(s, 'x'),
                () => message.new_error_reply(h.StanzaError.CONFLICT, s), () => element.set_text(s),
                () => (element.text = s), () => element.set_attribute('a', s), () => element.get_attribute(s),
                () => new h.Element({name: s}), () => h.Element.new_from_string(s),
                () => new h.Presence({status: s}), () => h.Iq.new(s, null, null), () => h.Iq.new('get', s, null),
                () => client.send_raw_stanza(s), () => (client.host = s), () => (client.sasl_mechanisms = [s]),
                () => (client.saslMechanisms = [s]), () => (client['sasl-mechanisms'] = ['x', s]),
                () => client.set_sasl_mechanisms([s]), () => (client.password = s), () => (client.jid = s),
                () => new h.Client({jid: 'a@b', password: s}), () => h.Client.new('a@b', s),
                () => h.Client.new(s, 'x'), () => client.is_own(s), () => client.set_log(s, false),
                () => client.add_handler(s, null, 0, () => null),
                () => client.register({handlers: [['x', s, () => null]]}), () => h.Component.new('a', s),
                () => h.jid_escape_local(s), () => new h.DataForm().set_value('x', s),
                () => new h.DataField({name: s}), () => (registration.email = s),
                () => registration.set_value('x', s), () => new h.Registration({username: s}),
                () => h.Invitation.parse(s),
            ];
            for (const give of given) {
                let thrown = null;
                try {
                    give();
                } catch (error) {
                    thrown = error;
                }
                assert(thrown instanceof TypeError, `${give}: ${thrown}`);
            }
        }
        equal(Message.new_chat('a@b', '\u{1F600}').body, '\u{1F600}');
        assert(new h.Jid('a@b') instanceof Jid);
    },

    'a form and its fields are made with their properties'() {
        const {DataForm, DataField, DataFormKind} = Headstock;
        const form = new DataForm({kind: DataFormKind.RESULT, title: 'A', instructions: 'B'});
        assert(form.append_field(new DataField({name: 'x', label: 'X', required: true, values: ['y', 'z']})));
        assert(form.append_field(new DataField({name: 'v', value: 'w'})));
        assert(!form.append_field(new DataField({name: 'x'})));
        form.title = 'C';
        const again = DataForm.new_from_element(form.create_element());
        const field = again.get_field('x');
        equal([again.kind, again.title, again.instructions, again.get_value('v')].join(),
            [DataFormKind.RESULT, 'C', 'B', 'w'].join());
        equal([field.label, field.required, field.value].join(), 'X,true,y');
    },

    'a type, show or priority that there is not is refused where it is given'() {
        const {Presence, Iq, Client} = Headstock;
        const message = new Message();
        const presence = new Presence();
        const iq = Iq.new('get', null, null);
        const client = Client.new('a@b', 'x');
        const given = [
            () => new Message({stanza_type: 'groupchatt'}), () => new Message({stanzaType: 'groupchatt'}),
            () => Message.new('groupchatt', 'a@b'), () => new Message({stanza_type: ''}),
            () => (message.stanza_type = 'Chat'), () => (message.stanzaType = 'Chat'),
            () => (message['stanza-type'] = 'Chat'), () => message.set_property('stanza-type', 'x'),
            () => message.set_property('stanza_type', 'x'),
            () => message.set({stanza_type: 'x'}), () => message.set_stanza_type('available'),
            () => new Presence({stanza_type: 'subscribee'}), () => Presence.new('subscribee'),
            () => presence.set_stanza_type('online'), () => new Presence({show: 'busy'}),
            () => presence.set_show('available'), () => (presence.show = 'DND'),
            () => presence.set_property('show', ''), () => new Presence({priority: 128}),
            () => presence.set_priority(-129), () => (presence.priority = 300), () => Iq.new('gett', null, null),
            () => Iq.new(null, null, null), () => Iq.new('', null, null), () => new Iq({stanza_type: 'gett'}),
            () => iq.set_stanza_type('normal'), () => client.register_on_iq('gett', null, 0, () => null),
        ];
        for (const give of given) {
            let thrown = null;
            try {
                give();
            } catch (error) {
                thrown = error;
            }
            assert(thrown instanceof RangeError, `${give}: ${thrown}`);
        }
        equal([message.stanza_type, presence.show, iq.stanza_type], ['normal', null, 'get']);
        for (const type of ['normal', 'chat', 'groupchat', 'headline', 'error'])
            equal([new Message({stanza_type: type}).stanza_type, Message.new(type, null).stanza_type], [type, type]);
        for (const show of ['away', 'chat', 'dnd', 'xa', null])
            equal(new Presence({show, priority: -128}).show, show);
    },

    'a number that a property does not take is refused, and so is what is no number'() {
        const {ArchiveQuery, Client, Presence, TlsMode} = Headstock;
        const client = new Client({jid: 'a@b', port: 5222});
        for (const [name, wrong] of [['port', 70000], ['port', -1], ['request_timeout', 0], ['requestTimeout', 2 ** 33], ['max-depth', 1],
            ['log_max_size', -1]]) {
            throwing(RangeError, () => (client[name] = wrong));
            throwing(RangeError, () => new Client({jid: 'a@b', [name]: wrong}));
            throwing(RangeError, () => client.set({[name]: wrong}));
        }
        for (const [name, wrong] of [['port', 'x'], ['port', ''], ['port', null], ['port', true], ['port', NaN], ['tls_mode', 'direct'],
            ['tlsMode', null]]) {
            throwing(TypeError, () => (client[name] = wrong));
            throwing(TypeError, () => new Client({jid: 'a@b', [name]: wrong}));
        }
        throwing(RangeError, () => client.set_port(70000));
        throwing(RangeError, () => client.set_property('port', 70000));
        throwing(RangeError, () => new ArchiveQuery({page_size: 0}));
        throwing(RangeError, () => new Presence().set_priority(128));
        equal([client.port, client.tls_mode, client.request_timeout], [5222, TlsMode.REQUIRED, 60000]);
        client.port = '5223';
        client.tls_mode = TlsMode.DIRECT;
        client.log_max_size = 2 ** 40;
        client.keepalive_interval = 1.5;
        equal([client.port, client.tls_mode, client.log_max_size, client.keepalive_interval], [5223, TlsMode.DIRECT, 2 ** 40, 1]);
    },

    'stanzas are made with their properties, by subclasses too'() {
        equal(`${new Message({to: 'a@b', body: 'hi <&>', stanza_type: 'chat'})}`,
            '<message xmlns="jabber:client" to="a@b" type="chat"><body>hi &lt;&amp;&gt;</body></message>');
        assert(Headstock.Element.new('message', Headstock.NS_CLIENT) instanceof Message);
        const Note = GObject.registerClass({
            GTypeName: 'TestNote',
            Properties: {
                colour: GObject.ParamSpec.string('colour', null, null, GObject.ParamFlags.READWRITE, null),
            },
        }, class Note extends Message {});
        const note = new Note({to: Jid.new('a@b'), colour: 'red'});
        equal([note.to, note.colour, new Headstock.Presence({priority: 3}).priority], ['a@b', 'red', 3]);
    },

    'a tree is made of arrays'() {
        const item = Headstock.Element.new_tree('item', null, ['jid', 'a@b'], 'text', null);
        const query = Headstock.Element.new_tree('query', 'urn:q', null, null, [item]);
        equal(query.to_string(), '<query xmlns="urn:q"><item jid="a@b">text</item></query>');
        equal(query.get_first_child() === item, true);
    },

    'namespaces, flags and error domains have their names'() {
        equal([Headstock.NS_CLIENT, Headstock.NS_ROSTER], ['jabber:client', 'jabber:iq:roster']);
        equal(Headstock.HandlerFlags.ONCE | Headstock.HandlerFlags.FORGET, 3);
        const {StanzaError} = Headstock;
        const request = Headstock.Iq.new('get', null, null);
        request.from_jid = Jid.new('me@b');
        request.to_jid = Jid.new('a@b');
        const error = request.new_error_reply(StanzaError.ITEM_NOT_FOUND, 'none such').get_error();
        assert(error.matches(StanzaError, StanzaError.ITEM_NOT_FOUND));
        assert(error.matches(Headstock.stanza_error_quark(), StanzaError.ITEM_NOT_FOUND));
        assert(error.message.includes('none such'));
        equal([StanzaError.get_condition(error), StanzaError.get_error_type(error), StanzaError.get_text(error)],
            ['item-not-found', 'cancel', 'none such']);
        equal(StanzaError.get_stanza(error).from_jid.to_string(), 'a@b');
        try {
            throw error;
        } catch (caught) {
            equal(StanzaError.get_text(caught), 'none such');
        }
    },

    'what is no error of the library says nothing of a stanza'() {
        const {StanzaError} = Headstock;
        const others = [new Error('x'), new TypeError('x'), 'enough', 5, {}, null, undefined, Symbol('x'), Object.create(null),
            new Gio.IOErrorEnum({code: 0, message: 'x'}), new Headstock.SaslError({code: 0, message: 'x'})];
        for (const error of others) {
            for (const name of ['get_condition', 'get_error_type', 'get_text', 'get_stanza'])
                equal([name, StanzaError[name](error)], [name, null]);
        }
        const made = new StanzaError({code: StanzaError.GONE, message: 'x'});
        equal([StanzaError.get_condition(made), StanzaError.get_stanza(made)], ['gone', null]);
    },

    'what is no list of handlers is refused'() {
        const client = new Headstock.Client({jid: 'a@b'});
        for (const handlers of [['message'], [['message', null]], [['message', null, true]], [[3, null, () => null]],
            [[undefined, null, () => null]], [['message', 3, () => null]], [['message', Headstock.NS_CLEINT, () => null]]]) {
            let thrown = null;
            try {
                client.register({handlers});
            } catch (error) {
                thrown = error;
            }
            assert(thrown instanceof TypeError, `${thrown}`);
        }
        for (const none of [null, undefined, 5, 'bot']) {
            let thrown = null;
            try {
                client.register(none);
            } catch (error) {
                thrown = error;
            }
            assert(thrown instanceof TypeError, `${thrown}`);
        }
    },

    'a namespace that there is not is refused'() {
        const client = new Headstock.Client({jid: 'a@b'});
        throwing(TypeError, () => client.elements('message', Headstock.NS_CLEINT));
        throwing(TypeError, () => client.elements('message', undefined, {type: 'chat'}));
        client.elements('message').return();
        client.elements('message', null).return();
    },

    'an option that a handler has not is refused, and nothing is registered then'() {
        const client = new Headstock.Client({jid: 'a@b'});
        const told = [];
        const attached = () => told.push('attached');
        const wrong = [{fromAcount: true}, {from_account: 'yes'}, {fromAccount: 1}, {nested: null}, true, 5, 'once', [], ['once'],
            Object.create({frm: true}), new Map([['once', true]]), new Date()];
        for (const options of wrong) {
            const handlers = [['item', null, () => null], ['item', Headstock.NS_ROSTER, () => null, options]];
            throwing(TypeError, () => client.register({handlers, attached}));
            if (typeof options === 'number')
                continue;
            throwing(TypeError, () => client.add_handler('item', null, options, () => null));
            throwing(TypeError, () => client.register_on_iq('get', null, options, () => null));
            throwing(TypeError, () => client.elements('item', null, options));
        }
        equal(told, []);
        const good = [{}, undefined, null, {from_account: true}, {fromAccount: true, from_account: true, once: undefined},
            {once: false, forget: true, nested: false}];
        client.register({handlers: good.map(options => ['item', null, () => null, options]), attached});
        equal(told, ['attached']);
        for (const nothing of [{}, {handler: []}, new (class { onReady() {} })(), {handlers: []}, {handlers: new Set()}, {handlers: null},
            {handlers: 5}, {handlers: 'on'}, {handlers: {}}, {handlers: [], raedy() {}}, {handlers: 5, attached}, {handlers: '', attached}])
            throwing(TypeError, () => client.register(nothing));
        client.register({handlers: [], attached});
        const once = {handlers: new Set([['item', null, () => null]]).values()};
        client.register(once);
        client.register(once);
        equal(told, ['attached', 'attached']);
        throwing(TypeError, () => client.add_handler('item', null, Headstock.HandlerFlags.ONCE, null));
    },

    'an option that narrows a handler and has no value is refused, and so are two senders'() {
        const client = new Headstock.Client({jid: 'a@b'});
        const room = null;
        const wrong = [{fromJid: room?.jid}, {fromJid: null}, {from_jid: undefined}, {from_jid: null}, {type: undefined},
            {type: null}, {type: undefined, fromJid: 'a@b'}, {type: 'chat', fromJid: null}, {fromJid: 'a@b', from_jid: 'c@d'},
            {fromJid: 'a@b', from_jid: 'a@b'}, {fromJid: undefined, from_jid: 'a@b'}, {fromAccount: undefined},
            {from_account: undefined}, Object.create({fromJid: undefined})];
        for (const options of wrong) {
            throwing(TypeError, () => client.register({handlers: [['message', null, () => null, options]]}));
            throwing(TypeError, () => client.add_handler('message', null, options, () => null));
            throwing(TypeError, () => client.register_on_iq('get', null, options, () => null));
            throwing(TypeError, () => client.elements('message', null, options));
            throwing(TypeError, () => client.add_handler_full('message', null, null, null, options, () => null));
        }
        for (const [type, from, options] of [[undefined, null, 0], [null, undefined, 0], ['chat', undefined, {}],
            [null, null, {fromJid: 'a@b'}], [null, 'a@b', {type: 'chat'}]])
            throwing(TypeError, () => client.add_handler_full('message', null, type, from, options, () => null));
        for (const options of [{type: 'chat'}, {fromJid: 'a@b'}, {from_jid: Jid.new('a@b'), type: 'chat'}])
            client.add_handler('message', null, options, () => null);
        client.add_handler_full('message', null, null, null, {once: true}, () => null);
    },

    'a property that there is not is refused where an object is made'() {
        class Mine extends Headstock.Client {
            static {
                GObject.registerClass(this);
            }
        }
        for (const Class of [Headstock.Client, Headstock.Component, Mine, Message, Headstock.Presence, Headstock.Iq,
            Headstock.Element, Headstock.Roster])
            throwing(Error, () => new Class({hots: 'x'}));
    },

    'a client is made for an address in either form'() {
        for (const jid of ['A@b', Jid.new('a@B')])
            equal(`${Headstock.Client.new_for_jid(jid, null).jid}`, 'a@b');
    },

    async 'each asynchronous function is a promise where it has no callback'() {
        const client = new Headstock.Client({jid: 'a@b'});
        const {Error} = Headstock;
        const iq = new Headstock.Iq({stanza_type: 'get', payload: Headstock.Element.new('q', 'urn:test')});
        for (const ask of [() => client.request_async(iq), () => client.requestAsync(iq, 5), () => client.request(iq),
            () => client.request(iq, {timeout: 5}), () => client.send(iq)])
            await refused(ask, Headstock.error_quark(), Error.NOT_CONNECTED);
        const called = new Promise(resolve => client.close_async(null, (_client, result) => resolve(client.close_finish(result))));
        assert(await called && await client.close_async() && await client.closeAsync(new Gio.Cancellable()));
        for (const options of [{timeot: 5}, {cancellable: new Gio.Cancellable(), signal: new Signal()}, {signal: {}}])
            await client.request(iq, options).then(() => assert(false), error => assert(error instanceof TypeError, error));
        await client.send(iq, {timeout: 5}).then(() => assert(false), error => assert(error instanceof TypeError, error));
        const signal = new Signal();
        signal.abort('enough');
        for (const last of [signal, {signal}])
            await client.request(iq, last).then(() => assert(false), error => equal(error, 'enough'));
        const waiting = Object.keys(Headstock).filter(name => Headstock[name]?.prototype instanceof GObject.Object)
            .flatMap(name => Object.getOwnPropertyNames(Headstock[name].prototype)
                .filter(key => key.endsWith('_async')).map(key => [Headstock[name].prototype, key]));
        assert(waiting.length > 20);
        for (const [prototype, key] of waiting)
            assert(typeof prototype[key.replace(/_(.)/g, (_all, letter) => letter.toUpperCase())] === 'function', key);
    },

    async 'a timeout that is no number of milliseconds is refused'() {
        const client = new Headstock.Client({jid: 'a@b'});
        const iq = new Headstock.Iq({stanza_type: 'get', payload: Headstock.Element.new('q', 'urn:test')});
        for (const timeout of ['x', '5', '', true, {}, [], NaN, Infinity, 5n, new Date(), new Gio.Cancellable(), () => null]) {
            throwing(TypeError, () => client.request_async(iq, timeout, null, () => null));
            for (const last of [[timeout, null], [{timeout}], [timeout, {}], [-1, {timeout}]])
                await client.request(iq, ...last).then(() => assert(false), error => assert(error instanceof TypeError, error));
        }
        for (const timeout of [2 ** 31, -(2 ** 31) - 1, 1e300])
            await client.request(iq, timeout).then(() => assert(false), error => assert(error instanceof RangeError, error));
        for (const last of [[5], [0.5], [-1], [null], [undefined], [{timeout: undefined}], [{timeout: null}], [{timeout: 5}], [5, null]])
            await refused(() => client.request(iq, ...last), Headstock.error_quark(), Headstock.Error.NOT_CONNECTED);
    },

    async 'runAsync takes what the other promises take, and nothing else'() {
        const client = new Headstock.Client({jid: 'a@b'});
        const states = [];
        client.connect('notify::state', () => states.push(client.state));
        const cancelled = new Gio.Cancellable();
        cancelled.cancel();
        for (const wrong of [['x'], [5], [true], [() => null], [[]], [{timeout: 5}], [{cancelable: cancelled}],
            [{cancellable: 'x'}], [{signal: {}}], [{cancellable: cancelled, signal: new Signal()}],
            [client, null], [5, cancelled], [cancelled, {}]])
            await client.runAsync(...wrong).then(() => assert(false), error => assert(error instanceof TypeError, error));
        for (const last of [cancelled, {cancellable: cancelled}])
            await refused(() => client.runAsync(last), Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED);
        const signal = new Signal();
        signal.abort('enough');
        await client.runAsync({signal}).then(() => assert(false), error => equal(error, 'enough'));
        equal([states.length, signal.listeners.size], [0, 0]);
    },

    async 'runAsync stops the client where it is cancelled'() {
        const client = new Headstock.Client({jid: 'a@b', password: 'x'});
        const server = new HeadstockTest.Server();
        const stages = [];
        server.attach(client);
        client.register({stopping: () => stages.push('stopping'), terminated: () => stages.push('terminated')});
        const cancelling = (last, cancel) => {
            GLib.timeout_add(GLib.PRIORITY_DEFAULT, 20, () => {
                cancel();
                return GLib.SOURCE_REMOVE;
            });
            return client.runAsync(last);
        };
        const cancellable = new Gio.Cancellable();
        await refused(() => cancelling({cancellable}, () => cancellable.cancel()), Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED);
        const signal = new Signal();
        await cancelling(signal, () => signal.abort('enough')).then(() => assert(false), error => equal(error, 'enough'));
        for (const nothing of [{}, null, undefined, new Gio.Cancellable(), {cancellable: null, signal: null}])
            await cancelling(nothing, () => client.stop());
        equal(stages.splice(0, 4), ['stopping', 'terminated', 'stopping', 'terminated']);
        equal([stages.length, signal.listeners.size], [10, 0]);
        cancellable.cancel();
    },

    'a room has an address, and a module that a client makes can be made'() {
        throwing(TypeError, () => new Headstock.Room());
        const muc = new Headstock.Muc();
        assert(muc.add_room('r@c', 'n') instanceof Headstock.Room);
        const client = Headstock.Client.new('a@b', 'x');
        for (const wrong of [Headstock.Message, Headstock.Described, Headstock.Room, Headstock.Module, GObject.TYPE_STRING])
            throwing(TypeError, () => client.ensure_module(wrong));
        equal(client.ensure_module(Headstock.Ping), client.ensure_module(Headstock.Ping.$gtype));
        assert(client.ensure_module(Headstock.Disco) instanceof Headstock.Disco);
        assert(client.ensure_module(Headstock.Described) !== null);
    },

    'functions with callbacks can be promisified'() {
        const {prototype} = Headstock.Client;
        // Gio._promisify() goes by how many parameters there are.
        equal([prototype.send_async.length, prototype.request_async.length], [3, 4]);
    },
});

// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Messages between two accounts on a real server.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';

import {assert, equal, main, makeClient, online, wait} from './support.js';

for (const name of ['join', 'create_instant', 'kick', 'query_affiliations', 'destroy'])
    Gio._promisify(Headstock.Room.prototype, `${name}_async`);

class Person {
    constructor(number) {
        this.address = GLib.getenv(`HS_TEST_USER${number}`);
        this.client = makeClient(number);
        this.client.own_presence = Headstock.Presence.new(null);
        this.messages = new Headstock.Messages();
        this.deliveries = [];
        this.states = [];
        this.isAvailable = false;
        this.client.register(this.messages);
        // The server shows the own presence as well: messages are not stored from now on.
        this.client.connect('presence', (client, presence) => {
            this.isAvailable ||= presence.from_jid.equal(client.bound_jid);
        });
        this.messages.connect('received', (_messages, delivery) => this.deliveries.push(delivery));
        this.messages.connect('chat-state-changed', (_messages, peer, sender, state) => this.states.push(state));
    }

    got(body) {
        return this.deliveries.find(delivery => delivery.message.body === body);
    }
}

await main({
    async 'a message goes, is answered and corrected'() {
        const one = new Person(1);
        const two = new Person(2);
        await online([one.client, two.client], async () => {
            await wait(() => one.isAvailable && two.isAvailable);
            const sent = one.messages.send_text(two.address, 'first');
            equal(sent.state, Headstock.SentState.WAITING);
            equal(one.messages.pending.get_n_items(), 1);
            await wait(() => two.got('first'));
            await wait(() => sent.state === Headstock.SentState.ON_SERVER);
            equal(one.messages.pending.get_n_items(), 0);
            const delivery = two.got('first');
            equal(delivery.peer.to_string(), one.address);
            equal(delivery.author, `bare:${one.address}`);
            equal(delivery.source, Headstock.DeliverySource.LIVE);
            equal(delivery.get_id_for(Headstock.ChangeKind.REPLY), sent.id);

            two.messages.send(two.messages.make_reply(delivery, 'answer'));
            await wait(() => one.deliveries.some(reply => reply.target_id === sent.id));
            one.messages.send(one.messages.make_correction(sent, 'second'));
            await wait(() => two.got('second'));
            equal(two.got('second').change, Headstock.ChangeKind.CORRECTION);
            assert(two.got('second').may_change(delivery.author));
            two.messages.send_chat_state(one.address, Headstock.ChatState.COMPOSING);
            await wait(() => one.states.includes(Headstock.ChatState.COMPOSING));
        });
    },

    async 'what cannot be sent throws'() {
        const one = new Person(1);
        let error = null;
        try {
            one.messages.send_text(one.address, 'x');
        } catch (e) {
            error = e;
        }
        assert(error?.matches(Headstock.Error, Headstock.Error.NOT_CONNECTED));
        one.messages.queue_offline = true;
        const sent = one.messages.send_text(one.address, 'x');
        assert(one.messages.cancel(sent));
        equal(sent.state, Headstock.SentState.FAILED);
    },

    async 'a module of the program answers'() {
        const one = new Person(1);
        const two = new Person(2);
        two.client.register({
            attached(client) {
                const messages = client.find_module(Headstock.Messages);
                messages.connect('received', (_messages, delivery) => {
                    if (delivery.message.body !== null && !delivery.is_outgoing)
                        messages.send_text(delivery.peer.to_string(), `You said: ${delivery.message.body}`);
                });
            },
        });
        await online([one.client, two.client], async () => {
            await wait(() => one.isAvailable && two.isAvailable);
            one.messages.send_text(two.address, 'hi');
            await wait(() => one.got('You said: hi'));
        });
    },

    async 'who wrote learns that a message was read'() {
        const one = new Person(1);
        const two = new Person(2);
        const [writer, reader] = [one, two].map(person => {
            const displayed = new Headstock.Displayed();
            person.roster = new Headstock.Roster();
            person.client.register(person.roster);
            person.client.register(displayed);
            return displayed;
        });
        const seen = [];
        writer.connect('seen-by', (_displayed, peer, author, id) => seen.push(`${peer} ${author} ${id}`));
        await online([one.client, two.client], async () => {
            await wait(() => one.isAvailable && two.isAvailable && two.roster.is_loaded);
            const message = Headstock.Message.new_chat(two.address, 'read me');
            message.is_markable = true;
            const sent = one.messages.send(message);
            await wait(() => two.got('read me'));
            assert(reader.mark(two.got('read me')));
            await wait(() => seen.length > 0);
            equal(seen.join(), `${two.address} bare:${two.address} ${sent.id}`);
            equal(reader.dup_position('nobody@example.com'), null);
        });
    },

    async 'a room is made, entered and talked in'() {
        const one = new Person(1);
        const two = new Person(2);
        const jid = `javascript@${GLib.getenv('HS_TEST_ROOMS')}`;
        const [owner, guest] = [one, two].map(person => {
            const muc = new Headstock.Muc();
            person.client.register(muc);
            return muc.add_room(jid, person === one ? 'owner' : 'guest');
        });
        await online([one.client, two.client], async () => {
            assert(await owner.join_async(null));
            assert(await owner.create_instant_async(null));
            assert(await guest.join_async(null));
            await wait(() => owner.occupants.get_n_items() === 2);
            equal(Array.from(owner.occupants, occupant => occupant.nick).join(), 'owner,guest');
            equal(owner.own_occupant.affiliation, Headstock.Affiliation.OWNER);
            const heard = [];
            guest.connect('message', (_room, delivery) => heard.push(delivery.message.body));
            owner.send('good evening');
            await wait(() => heard.length > 0);
            equal(heard.join(), 'good evening');
            const kinds = [];
            guest.connect('left', (_room, leave) => kinds.push(leave.kind));
            assert(await owner.kick_async(owner.lookup_occupant('guest'), 'late', null));
            await wait(() => kinds.length > 0);
            equal(kinds[0], Headstock.LeaveKind.KICKED);
            const owners = await owner.query_affiliations_async(Headstock.Affiliation.OWNER, null);
            equal(owners.map(affiliate => affiliate.jid.to_string()).join(), one.address);
            assert(await owner.destroy_async(null, null, null));
            await wait(() => owner.state === Headstock.RoomState.OUT);
        });
    },
});

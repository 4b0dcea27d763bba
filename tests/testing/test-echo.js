// SPDX-License-Identifier: LGPL-2.1-or-later

// The echo bot of the examples, without a server. Prints TAP.

import GLib from 'gi://GLib';
import Headstock from 'gi://Headstock?version=1.0';
import HeadstockTest from 'gi://HeadstockTest?version=1.0';
import System from 'system';

const FROM = 'juliet@example.org/a';
const chat = (from, type) => `<message from='${from}' type='${type}'><body>hi</body></message>`;
const say = print;
let number = 0;
let failed = false;

function test(what, isGood) {
    say(`${isGood ? 'ok' : 'not ok'} ${++number} - ${what}`);
    failed ||= !isGood;
}

// Before the first `await` of the module: GJS 1.74 looks after promises in another way while it waits at the top of one.
const [slowServer, slow] = [new HeadstockTest.Server(), Headstock.Client.new('slow@example.org', 'secret')];
slow.add_handler('message', Headstock.NS_CLIENT, {}, async (_client, message) => {
    await new Promise(resolve => setTimeout(resolve, 1));
    return Headstock.Message.new_chat(message.from_jid, message.body);
});
slowServer.start(slow);
slowServer.feed(chat(FROM, 'chat'));
test('expect() waits for a promise', slowServer.expect('body', Headstock.NS_CLIENT).body === 'hi');

// As the guide has it: GJS runs what follows a timer of setTimeout() in that timer, and no source beside it.
function turn() {
    return new Promise(resolve => GLib.idle_add(GLib.PRIORITY_DEFAULT, resolve));
}

async function expectInside() {
    await turn();
    slow.send_stanza(Headstock.Message.new_chat(FROM, 'sent'));
    test('after an await, expect() gives what was sent', slowServer.expect('body').body === 'sent');
    slowServer.feed(chat(FROM, 'chat'));
    const before = Date.now();
    let refused = '';
    try {
        slowServer.expect('body');
    } catch (error) {
        refused = error.message;
    }
    test('there it refuses at once to wait for a promise', refused.includes('<body>') && Date.now() - before < 5000);
    while (slowServer.list_sent().length === 0)
        await turn();
    test('it gives what came meanwhile', slowServer.expect('body').body === 'hi');
}

// GJS runs this inside the timer, where it runs no promise, and nothing less urgent than promises while one waits.
async function feedInTimer() {
    await new Promise(resolve => setTimeout(resolve, 1));
    const quick = Headstock.Client.new('quick@example.org', 'secret');
    const quickServer = new HeadstockTest.Server();
    quick.add_handler('message', Headstock.NS_CLIENT, {}, async (_client, message) =>
        Headstock.Message.new_chat(message.from_jid, message.body));
    const fatal = GLib.log_set_always_fatal(GLib.LogLevelFlags.LEVEL_ERROR);
    const before = Date.now();
    let outcome = '';
    try {
        quickServer.start(quick);
        quickServer.feed(chat(FROM, 'chat'));
        outcome = quickServer.expect('body').body;
    } catch (error) {
        outcome = error.message;
    }
    test(`after an await on a timer, the server works or throws at once: ${outcome}`,
        (outcome === 'hi' || outcome.includes('setTimeout()')) && Date.now() - before < 5000);
    // What waits in vain there.
    await turn();
    quickServer.stop();
    GLib.log_set_always_fatal(fatal);
}

const loop = new GLib.MainLoop(null, false);
expectInside().then(feedInTimer).catch(error => test(error.message, false)).finally(() => loop.quit());
loop.run();
slowServer.stop();

const {talk} = await import(`file://${System.programArgs[0]}`);

// What the bot prints is no TAP.
globalThis.print = text => say(`# ${text}`);
const server = new HeadstockTest.Server();
const client = Headstock.Client.new('bot@example.org', 'secret');
server.attach(client);
const end = talk(client);
server.settle();
test('the bot is ready', client.state === Headstock.ClientState.READY);
server.clear_sent();
for (const [from, type] of [[FROM, 'error'], [FROM, 'headline'], ['bot@example.org/b', 'chat']])
    server.feed(chat(from, type));
test('it answers neither errors nor headlines nor its own account', server.take_sent() === null);
server.feed(chat(FROM, 'chat'));
const sent = server.take_sent();
test('it answers a chat', sent.body === 'hi' && `${sent.to_jid}` === FROM);
server.cut();
server.feed(chat(FROM, 'normal'));
server.resume();
test('it comes back, and answers what came meanwhile', server.take_sent().body === 'hi');

server.stop();
test('it ends well', await end === true);
say(`1..${number}`);
System.exit(failed ? 1 : 0);

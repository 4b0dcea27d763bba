// SPDX-License-Identifier: LGPL-2.1-or-later

// The echo bot of the examples, without a server. Prints TAP.

import Headstock from 'gi://Headstock?version=1.0';
import HeadstockTest from 'gi://HeadstockTest?version=1.0';
import System from 'system';

const {talk} = await import(`file://${System.programArgs[0]}`);

const FROM = 'juliet@example.org/a';
const chat = (from, type) => `<message from='${from}' type='${type}'><body>hi</body></message>`;
const say = print;
let number = 0;
let failed = false;

function test(what, isGood) {
    say(`${isGood ? 'ok' : 'not ok'} ${++number} - ${what}`);
    failed ||= !isGood;
}

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

// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The override through the imports object, as programs before ES modules had it; needs no server.

imports.gi.versions.Headstock = '1.0';
const {GLib, Headstock} = imports.gi;
const System = imports.system;

const loop = GLib.MainLoop.new(null, false);
const calls = [];
const client = Headstock.Client.new('a@b', 'x');
let status = 1;

print('1..1');
client.register({
    handlers: [['message', Headstock.NS_CLIENT, () => null, {once: true}]],
    terminated(told) {
        calls.push(told === client);
    },
});
client.runAsync().then(() => {
    if (`${client.jid}` === 'a@b' && `${new Headstock.Message({to: client.jid})}`.includes('a@b') && calls[0])
        status = 0;
}).catch(logError).finally(() => loop.quit());
client.stop();
loop.run();
print(`${status ? 'not ok' : 'ok'} 1 - the override works with imports.gi`);
System.exit(status);

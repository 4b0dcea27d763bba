// SPDX-License-Identifier: LGPL-2.1-or-later
// headstock-glib from JavaScript.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Headstock from 'gi://Headstock?version=1.0';
import System from 'system';

const [workload, how, port, amount] = System.programArgs;

let count = 0;
let size = 0;
let started = null;

function read(path) {
    return new TextDecoder().decode(GLib.file_get_contents(path)[1]);
}

// There is no getrusage: the time of all threads, in seconds.
function cpu() {
    const tasks = Gio.File.new_for_path('/proc/self/task')
        .enumerate_children('standard::name', Gio.FileQueryInfoFlags.NONE, null);
    let nanoseconds = 0;

    for (const task of tasks)
        nanoseconds += Number(read(`/proc/self/task/${task.get_name()}/schedstat`).split(' ')[0]);
    return nanoseconds * 1e-9;
}

function rss() {
    return Number(read('/proc/self/statm').split(' ')[1]) * 4;
}

function begin() {
    started = {rss: rss(), wall: GLib.get_monotonic_time(), cpu: cpu()};
}

function end() {
    const used = cpu() - started.cpu;
    const wall = (GLib.get_monotonic_time() - started.wall) * 1e-6;
    const growth = rss() - started.rss;

    print(`count=${count} cpu=${used} wall=${wall} rss=${growth} peak=${growth}`);
}

const client = new Headstock.Client({
    jid: Headstock.Jid.new('romeo@montague.example'),
    password: 'secret',
    host: '127.0.0.1',
    port: Number(port),
    tlsMode: Headstock.TlsMode.NONE,
    initialRoster: false,
    saslMechanisms: ['PLAIN'],
});

function take(body) {
    size += body.length;
    if (body === 'begin') {
        begin();
    } else if (body === 'end') {
        end();
        client.stop();
    } else {
        count++;
    }
}

client.register({
    handlers: [
        how === 'text' ? ['message', Headstock.NS_CLIENT, text => take(text), {text: true}]
            : ['message', Headstock.NS_CLIENT, e => take(e.get_body())],
    ],
});

// Not `await client.runAsync()`: GJS 1.74 looks at its sources without a pause while it waits at
// the top level of a module.
const loop = new GLib.MainLoop(null, false);

client.connect('terminated', () => loop.quit());
client.start();
loop.run();

// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What the scenarios in JavaScript share: TAP, accounts on the test server, waiting.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';
import System from 'system';

const PATIENCE_MSEC = 20000;
export const HERE = GLib.path_get_dirname(GLib.filename_from_uri(import.meta.url)[0]);

// Runs scenarios, given by their names, and prints TAP.
export async function main(scenarios) {
    const all = Object.entries(scenarios);
    let failed = 0;
    print(`1..${all.length}`);
    for (const [index, [name, scenario]] of all.entries()) {
        let verdict = 'ok';
        try {
            await scenario();
        } catch (error) {
            failed++;
            verdict = 'not ok';
            print(`${error}\n${error.stack ?? ''}`.replace(/^/gm, '# '));
        }
        print(`${verdict} ${index + 1} - ${name}`);
    }
    System.exit(failed ? 1 : 0);
}

export function sleep(msec) {
    return new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_DEFAULT, msec, () => {
        resolve();
        return GLib.SOURCE_REMOVE;
    }));
}

// Waits until a condition holds, and gives what it gave.
export async function wait(condition) {
    const end = GLib.get_monotonic_time() + PATIENCE_MSEC * 1000;
    for (let result; ;) {
        if ((result = condition()))
            return result;
        assert(GLib.get_monotonic_time() < end, `waited in vain for ${condition}`);
        await sleep(2);
    }
}

export function assert(condition, message = 'assertion failed') {
    if (!condition)
        throw new Error(message);
}

export function equal(actual, expected) {
    const [one, two] = [JSON.stringify(actual), JSON.stringify(expected)];
    assert(one === two, `${one} is not ${two}`);
}

// Checks that something fails with a certain error.
export async function refused(attempt, domain, code) {
    try {
        await attempt();
    } catch (error) {
        assert(error instanceof GLib.Error && error.matches(domain, code), `${error}`);
        return error;
    }
    throw new Error('nothing was thrown');
}

// Checks that something throws, at once.
export function throwing(Class, attempt) {
    let thrown = null;
    try {
        attempt();
    } catch (error) {
        thrown = error;
    }
    assert(thrown instanceof Class, `${thrown} of ${attempt}`);
}

// What works like an AbortSignal, which GJS does not have.
export class Signal {
    aborted = false;
    listeners = new Set();

    addEventListener(_type, listener) {
        this.listeners.add(listener);
    }

    removeEventListener(_type, listener) {
        this.listeners.delete(listener);
    }

    abort(reason) {
        this.aborted = true;
        this.reason = reason;
        for (const listener of this.listeners)
            listener();
    }
}

export function address(number) {
    return GLib.getenv(`HS_TEST_USER${number}`);
}

// Points a client at the test server.
export function prepare(client) {
    client.host = GLib.getenv('HS_TEST_HOST');
    client.port = Number(GLib.getenv('HS_TEST_PORT'));
    client.tls_database = Gio.TlsFileDatabase.new(GLib.getenv('HS_TEST_CA'));
    return client;
}

// A client for a test account, not started.
export function makeClient(number, Class = Headstock.Client) {
    return prepare(new Class({jid: address(number), password: GLib.getenv(`HS_TEST_PASSWORD${number}`)}));
}

// Runs something with clients that are connected, and ends them.
export async function online(clients, scenario) {
    await Promise.all(clients.map(client => client.connectAsync()));
    try {
        return await scenario();
    } finally {
        await Promise.all(clients.map(client => client.closeAsync()));
    }
}

export function ask(to, name = 'question', type = 'get') {
    return Headstock.Iq.new(type, to, Headstock.Element.new(name, 'urn:test'));
}

export function sendXml(client, to, inner, type = 'chat') {
    client.send_raw_stanza(`<message to='${to}' type='${type}'>${inner}</message>`);
}

// Tells when GObjects have been finalised, which JavaScript cannot know of its own.
export class Watch {
    constructor(...objects) {
        this._groups = objects.map(object => {
            const group = new GObject.SignalGroup({target_type: object.constructor.$gtype});
            group.target = object;
            return group;
        });
    }

    async collect() {
        for (let i = 0; i < 5; i++) {
            System.gc();
            await sleep(5);
        }
        return this.gone;
    }

    get gone() {
        return this._groups.map(group => group.dup_target() === null);
    }
}

// A program beside the test, in the same environment; G_DEBUG is not: what it reports is wanted.
export class Child {
    constructor(...command) {
        const launcher = Gio.SubprocessLauncher.new(
            Gio.SubprocessFlags.STDOUT_PIPE | Gio.SubprocessFlags.STDERR_PIPE);
        launcher.unsetenv('G_DEBUG');
        this._process = launcher.spawnv(command);
        this.output = '';
        this.errors = '';
        this._open = 2;
        this._follow(this._process.get_stdout_pipe(), text => (this.output += text));
        this._follow(this._process.get_stderr_pipe(), text => (this.errors += text));
    }

    _follow(stream, add) {
        stream.read_bytes_async(65536, GLib.PRIORITY_DEFAULT, null, (_stream, result) => {
            const bytes = stream.read_bytes_finish(result);
            if (bytes.get_size() === 0) {
                this._open--;
                return;
            }
            add(new TextDecoder().decode(bytes.toArray()));
            this._follow(stream, add);
        });
    }

    signal(number) {
        this._process.send_signal(number);
    }

    // What Ctrl-C sends.
    interrupt() {
        this.signal(2);
    }

    // Waits for the program's end and gives its status, negative where a signal ended it.
    async end() {
        await wait(() => this._open === 0 && this._process.get_identifier() === null);
        return this._process.get_if_exited()
            ? this._process.get_exit_status() : -this._process.get_term_sig();
    }
}

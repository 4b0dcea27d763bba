// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What JavaScript adds to HeadstockTest (GJS loads this file with the namespace).
//
// GJS runs no promise job while another one runs, and what follows an `await` is one.  expect() would wait there in vain
// for what an async function sends: it throws at once.
//
// What follows an `await` on a timer of setTimeout() is run by GJS (1.74 to 1.90) inside the timer.  As soon as another promise is
// settled there, the source of the promises is always ready, runs none, and is more urgent than all else: nothing of the
// client's runs.  The functions of the server throw then.

const {GLib} = imports.gi;

// How many turns of the main loop a promise may take that is settled already.
const TURNS = 10;
// How to wait in a test.
const TURN = "'await new Promise(resolve => GLib.idle_add(GLib.PRIORITY_DEFAULT, resolve))'";

function holds(element, name, namespace) {
    return element.matches(name, namespace) || element.get_children().some(child => holds(child, name, namespace));
}

// Whether promises go on while the main context is iterated here.
function runsPromises() {
    let ran = false;
    Promise.resolve().then(() => (ran = true));
    for (let turn = 0; turn < TURNS && !ran; turn++)
        GLib.MainContext.default().iteration(false);
    return ran;
}

// Whether something runs in the main context that is no more urgent than the client.
function isStarved() {
    let ran = false;
    const id = GLib.idle_add(GLib.PRIORITY_DEFAULT, () => {
        ran = true;
        return GLib.SOURCE_REMOVE;
    });
    for (let turn = 0; turn < TURNS && !ran; turn++)
        GLib.MainContext.default().iteration(false);
    if (!ran)
        GLib.source_remove(id);
    return !ran;
}

// Has a function throw where it cannot do what it does.
function throwIfStarved(prototype, name) {
    const call = prototype[name];
    prototype[name] = function (...all) {
        try {
            return isStarved() ? null : call.apply(this, all);
        } finally {
            if (isStarved()) {
                // What it threw itself came of this.
                throw new Error(`${name}() cannot let the client do anything: this follows an 'await' on setTimeout(), where GJS ` +
                    `runs nothing else while a promise waits. Wait with ${TURN} instead`);
            }
        }
    };
}

function _init() {
    const {prototype} = this.Server;
    const {expect} = prototype;

    prototype.expect = function (name, namespace = null) {
        this.settle();
        if (!this.list_sent().some(stanza => holds(stanza, name, namespace)) && !runsPromises()) {
            throw new Error(
                `The client has not sent <${name}> yet, and expect() cannot wait in an async function after its first 'await', ` +
                "where no other promise goes on: let them go on first with " +
                `${TURN}, or call expect() outside of async functions`);
        }
        return expect.call(this, name, namespace);
    };
    for (const name of ['start', 'stop', 'feed', 'feed_element', 'settle', 'advance', 'cut', 'resume'])
        throwIfStarved(prototype, name);
}

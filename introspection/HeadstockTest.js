// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What JavaScript adds to HeadstockTest (GJS loads this file with the namespace).
//
// GJS runs no promise job while another one runs, and what follows an `await` is one.  expect() would wait there in vain
// for what an async function sends: it throws at once.

const {GLib} = imports.gi;

// How many turns of the main loop a promise may take that is settled already.
const TURNS = 10;

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

function _init() {
    const {prototype} = this.Server;
    const {expect} = prototype;

    prototype.expect = function (name, namespace = null) {
        this.settle();
        if (!this.list_sent().some(stanza => holds(stanza, name, namespace)) && !runsPromises()) {
            throw new Error(
                `The client has not sent <${name}> yet, and expect() cannot wait in an async function after its first 'await', ` +
                "where no other promise goes on: let them go on first with " +
                "'await new Promise(resolve => GLib.idle_add(GLib.PRIORITY_DEFAULT, resolve))', or call expect() outside of async functions");
        }
        return expect.call(this, name, namespace);
    };
}

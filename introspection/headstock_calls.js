// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What is called for each element that a handler is shown.  Headstock.js loads this file.
//
// GJS runs an override in the scope of an object, and asks that object, through functions in C++, for each name that is not a
// function's own whenever it is used: what is global, too.  Therefore all that is called for each stanza is inside one
// function, which has copies of what it needs.

const System = imports.system;

// Each view that a handler was shown, or that the program made to send it, lives until it is collected, and
// with it the memory of its stanza.  JavaScript knows nothing of that memory, and does not collect for it.
const COLLECT_BYTES = 4 * 1024 * 1024;
// What a view takes besides its stanza's XML, and how many are counted like the one that was measured.
const VIEW_BYTES = 512;
const SAMPLE = 8;

// Gives functions that count a view and make what C is given for a handler's number.  `key` is where a client has its state,
// and the others are called where a handler has returned something, or has failed.
var makeCalls = function (key, {getTop, awaitReply, checkReply, reportFailure, awaitText, reportText}) {
    const [system, collectBytes, viewBytes, sample] = [System, COLLECT_BYTES, VIEW_BYTES, SAMPLE];
    let [bytes, views, size] = [0, 0, 0];

    // Counts a view that JavaScript has, and collects once they hold too much.
    function countView(element) {
        if (views++ % sample === 0)
            size = viewBytes + getTop(element).to_string().length * 2;
        bytes += size;
        if (bytes < collectBytes)
            return;
        bytes = 0;
        system.gc();
    }

    // Gives what a handler is kept with, and lets go of it where this is its one call.
    function takeHandler(state, number) {
        const kept = state?.functions.get(number);
        if (kept?.once)
            state.forget(kept.id);
        return kept;
    }

    // What C is given holds on to nothing of the program's but the number.
    function makeTrampoline(number) {
        return (client, element) => {
            const state = client[key];
            const kept = takeHandler(state, number);
            if (!kept)
                return null;
            try {
                countView(element);
                const result = kept.call(client, element) ?? null;
                if (typeof result?.then !== 'function')
                    return result && checkReply(state, element, result);
                awaitReply(client, element, result);
            } catch (error) {
                reportFailure(client, element, error);
            }
            return null;
        };
    }

    function makeTextTrampoline(number) {
        return (client, text, from) => {
            const state = client[key];
            const kept = takeHandler(state, number);
            if (!kept)
                return null;
            try {
                const result = kept.call(client, text, from) ?? null;
                if (typeof result?.then !== 'function')
                    return result && checkReply(state, null, result);
                awaitText(client, result);
            } catch (error) {
                reportText(error);
            }
            return null;
        };
    }

    return {countView, makeTrampoline, makeTextTrampoline};
};

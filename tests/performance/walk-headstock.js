// SPDX-License-Identifier: LGPL-2.1-or-later
// walk-headstock.c from JavaScript.

import GLib from 'gi://GLib';
import Headstock from 'gi://Headstock?version=1.0';

function make(n) {
    let xml = "<message xmlns='jabber:client'>";
    for (let i = 0; i < n; i++)
        xml += `<item xmlns='urn:x' n='${i}'>text</item>`;
    return Headstock.Element.new_from_string(`${xml}</message>`);
}

function siblings(stanza) {
    let n = 0;
    for (let item = stanza.get_first_child(); item !== null; item = item.get_next_sibling())
        n += item.get_attribute('n') !== null;
    return n;
}

function children(stanza) {
    let n = 0;
    for (const item of stanza.get_children())
        n += item.get_attribute('n') !== null;
    return n;
}

for (const n of [1000, 10000]) {
    for (const walk of [siblings, children]) {
        const stanza = make(n);
        const start = GLib.get_monotonic_time();
        if (walk(stanza) !== n)
            throw new Error('not all were there');
        print(`${walk.name} ${n} ${((GLib.get_monotonic_time() - start) / n).toFixed(4)}`);
    }
}

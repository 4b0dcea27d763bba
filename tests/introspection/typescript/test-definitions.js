// SPDX-License-Identifier: LGPL-2.1-or-later
//
// TypeScript's definitions name each function that JavaScript has, the override's too.

import Gio from 'gi://Gio?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';
import HeadstockTest from 'gi://HeadstockTest?version=1.0';

import {equal, main} from '../support.js';

const libraries = {Headstock, HeadstockTest};

function readDefinitions(path) {
    const [, bytes] = Gio.File.new_for_commandline_arg(path).load_contents(null);
    return new TextDecoder().decode(bytes);
}

function findMissing(library, definitions) {
    const missing = [];
    for (const name of Object.keys(library)) {
        const item = library[name];
        if (item === undefined || name.startsWith('_') || /(Class|Interface)$/.test(name))
            continue;
        // A class that implements an interface has a declaration of its own for that.
        const blocks = definitions.split('\n        }\n').filter(one =>
            new RegExp(`export (abstract )?(class|const|enum|function|interface) ${name}\\b`).test(one));
        if (blocks.length === 0)
            missing.push(name);
        const block = blocks.join('\n');
        const methods = typeof item === 'function' && item.prototype ? Object.getOwnPropertyNames(item.prototype) : [];
        for (const method of methods) {
            const {value} = Object.getOwnPropertyDescriptor(item.prototype, method);
            if (typeof value === 'function' && !/^(_|constructor$|set_property$|toString$)/.test(method) && !new RegExp(`\\b${method}\\??[<(]`).test(block))
                missing.push(`${name}.${method}`);
        }
    }
    return missing;
}

await main({
    'each name and each function is defined'() {
        for (const path of ARGV) {
            const name = /(\w+)-1\.0\.d\.ts$/.exec(path)[1];
            equal(findMissing(libraries[name], readDefinitions(path)), []);
        }
        equal(ARGV.length, 2);
        equal(findMissing(HeadstockTest, readDefinitions(ARGV[1]).replace('feed(', 'fed(')), ['Server.feed']);
    },
});

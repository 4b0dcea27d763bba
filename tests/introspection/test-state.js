// SPDX-License-Identifier: LGPL-2.1-or-later
//
// States that a folder keeps; needs no server.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';

import {assert, equal, main, refused} from './support.js';

const ACCOUNT = 'user@example.org';

const Counter = GObject.registerClass({Implements: [Headstock.Stateful]}, class Counter extends GObject.Object {
    count = 0;
    client = null;
    version = 1;

    vfunc_dup_state_name() {
        return 'counter';
    }

    vfunc_dup_state() {
        return this.count ? new GLib.Variant('(usi)', [this.version, ACCOUNT, this.count]) : null;
    }

    vfunc_restore_state(state) {
        this.check_state(state, '(usi)', this.version, this.client);
        this.count = state.get_child_value(2).get_int32();
        return true;
    }

    change(count) {
        this.count = count;
        this.emit_changed();
    }
});

Gio._promisify(Headstock.StateFolder.prototype, 'flush_async');

await main({
    async 'a class in JavaScript finds its state again'() {
        const file = Gio.File.new_for_path(GLib.Dir.make_tmp('state-XXXXXX'));
        const folder = Headstock.StateFolder.new(file);
        equal([folder.delay, folder.folder.get_path()], [2000, file.get_path()]);
        const counter = new Counter();
        assert(folder.load(counter) && counter.count === 0);
        counter.change(3);
        assert(await folder.flush_async(null));
        const again = new Counter();
        assert(new Headstock.StateFolder({folder: file}).load(again));
        equal(again.count, 3);

        const invalid = [Headstock.error_quark(), Headstock.Error.INVALID_STATE];
        const other = new Counter();
        other.client = Headstock.Client.new('other@example.org', 'secret');
        await refused(() => new Headstock.StateFolder({folder: file}).load(other), ...invalid);
        other.client = null;
        other.version = 2;
        await refused(() => new Headstock.StateFolder({folder: file}).load(other), ...invalid);
        equal(other.count, 0);

        folder.forget(counter);
        counter.change(0);
        assert(folder.load(counter) && counter.count === 3);
        counter.change(0);
        await folder.flush_async(null);
        assert(!file.get_child('counter').query_exists(null));
        file.delete(null);
    },
});

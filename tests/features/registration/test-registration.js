// SPDX-License-Identifier: LGPL-2.1-or-later
// Registration from JavaScript.

imports.gi.versions.Headstock = '1.0';
const {Gio, GLib, GObject, Headstock} = imports.gi;

const DOMAIN = GLib.getenv('HS_TEST_DOMAIN');
const PASSWORD = 'js-s3cret';
const loop = GLib.MainLoop.new(null, false);
let failed = false;

function fresh(prefix) {
    return prefix + GLib.uuid_string_random().slice(0, 8);
}

function assert(condition, what) {
    if (!condition)
        throw new Error(what);
}

function makeClient(name, registration) {
    const client = Headstock.Client.new(name ? `${name}@${DOMAIN}` : DOMAIN, name ? PASSWORD : null);
    client.host = GLib.getenv('HS_TEST_HOST');
    client.port = parseInt(GLib.getenv('HS_TEST_PORT'));
    client.tls_database = Gio.TlsFileDatabase.new(GLib.getenv('HS_TEST_CA'));
    client.auto_reconnect = false;
    client.set_registration(registration);
    return client;
}

// A run that ends when the client is ready: the address that it had, or the error.
function runOnce(client) {
    return new Promise((resolve, reject) => {
        let address = null;
        const ready = client.connect('ready', () => {
            address = client.bound_jid.get_bare().to_string();
            client.stop();
        });
        const terminated = client.connect('terminated', (_client, error) => {
            client.disconnect(ready);
            client.disconnect(terminated);
            if (error)
                reject(error);
            else
                resolve(address);
        });
        client.start();
    });
}

async function fails(promise) {
    try {
        await promise;
    } catch (error) {
        return error;
    }
    throw new Error('nothing failed');
}

const Recording = GObject.registerClass(class Recording extends Headstock.Registration {
    _init(properties = {}) {
        super._init(properties);
        this.told = [];
    }

    vfunc_handle_register_success(_element) {
        this.told.push('success');
    }

    vfunc_handle_register_conflict(element) {
        assert(element instanceof Headstock.Iq, 'no iq');
        this.told.push('conflict');
        if (this.other)
            this.retry(this.other);
    }

    vfunc_handle_register_error(error, _element) {
        this.told.push(error.message);
    }

    vfunc_fill_form(form) {
        this.told.push('form');
        if (!this.name)
            return false;
        form.set_value('username', this.name);
        form.set_value('password', PASSWORD);
        return false;
    }
});

const scenarios = [
    ['a new account, and the same again', async () => {
        const name = fresh('js');
        let registration = new Recording();
        assert(await runOnce(makeClient(name, registration)) === `${name}@${DOMAIN}`, 'address');
        assert(registration.told.join() === 'success', registration.told);
        registration = new Recording();
        const error = await fails(runOnce(makeClient(name, registration)));
        assert(error.matches(Headstock.stanza_error_quark(), Headstock.StanzaError.CONFLICT), error);
        assert(registration.told.join() === 'conflict', registration.told);
    }],
    ['a subclass answers the conflict with another name', async () => {
        const name = fresh('taken');
        const other = fresh('other');
        await runOnce(makeClient(name, new Recording()));
        const registration = new Recording();
        registration.other = other;
        assert(await runOnce(makeClient(name, registration)) === `${other}@${DOMAIN}`, 'address');
        assert(registration.told.join() === 'conflict,success', registration.told);
    }],
    ['a subclass fills a form in', async () => {
        const registration = new Recording();
        registration.name = fresh('formed');
        assert(await runOnce(makeClient(null, registration)) === `${registration.name}@${DOMAIN}`,
            'address');
        assert(registration.told.join() === 'form,success', registration.told);
    }],
    ['a form that nobody fills in ends the run', async () => {
        const registration = new Recording();
        const error = await fails(runOnce(makeClient(null, registration)));
        assert(error.matches(Headstock.data_form_error_quark(), Headstock.DataFormError.REQUIRED),
            error);
        assert(registration.told[1] === error.message, registration.told);
    }],
];

async function main() {
    print(`1..${scenarios.length}`);
    for (let i = 0; i < scenarios.length; i++) {
        const [name, scenario] = scenarios[i];
        try {
            await scenario();
            print(`ok ${i + 1} - ${name}`);
        } catch (error) {
            failed = true;
            print(`not ok ${i + 1} - ${name}`);
            print(`# ${error}\n# ${String(error.stack).replace(/\n/g, '\n# ')}`);
        }
    }
    loop.quit();
}

main();
loop.run();
if (failed)
    imports.system.exit(1);

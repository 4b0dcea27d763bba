// SPDX-License-Identifier: LGPL-2.1-or-later
// xmpp.js under Node. XMPPJS: the file of its package @xmpp/client that programs import.

const {client} = await import(process.env.XMPPJS);
const [workload, how, port, amount] = process.argv.slice(2);

let count = 0;
let size = 0;
let started = null;

function cpu() {
    const {user, system} = process.cpuUsage();
    return (user + system) * 1e-6;
}

function rss() {
    return process.memoryUsage().rss / 1024;
}

function end() {
    const used = cpu() - started.cpu;
    const wall = (performance.now() - started.wall) * 1e-3;
    const growth = Math.round(rss() - started.rss);

    console.log(`count=${count} cpu=${used} wall=${wall} rss=${growth} peak=${growth}`);
    process.exit(0);
}

const xmpp = client({
    service: `xmpp://127.0.0.1:${port}`,
    domain: 'montague.example',
    resource: 'orchard',
    // It chooses no mechanism by itself without TLS.
    credentials: authenticate => authenticate({username: 'romeo', password: 'secret'}, 'PLAIN'),
});

xmpp.on('error', error => {
    console.error(`${error}`);
    process.exit(1);
});
xmpp.on('stanza', stanza => {
    if (!stanza.is('message'))
        return;
    const body = stanza.getChildText('body');

    size += body.length;
    if (body === 'begin')
        started = {rss: rss(), wall: performance.now(), cpu: cpu()};
    else if (body === 'end')
        end();
    else
        count++;
});
await xmpp.start();

// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What `for await` goes over.  Headstock.js loads this file.

// The elements that a handler is given, for `for await`: from now on, until the client has terminated or the loop is left.
var Arrivals = class {
    constructor(client, name, namespace, options, isOnce) {
        this.client = client;
        this.come = [];
        this.waiting = [];
        this.ended = false;
        this.error = null;
        this.handler = client.add_handler(name, namespace, options, (_client, element) => {
            this.come.push(element);
            if (isOnce)
                this.end();
            this.serve();
        });
        this.terminated = client.connect('terminated', (_client, error) => {
            this.error = error;
            this.end();
        });
    }

    end() {
        if (this.ended)
            return;
        this.ended = true;
        this.client.remove_handler(this.handler);
        this.client.disconnect(this.terminated);
        this.serve();
    }

    serve() {
        while (this.waiting.length > 0 && (this.come.length > 0 || this.ended)) {
            const {resolve, reject} = this.waiting.shift();
            const {error} = this;
            if (this.come.length > 0) {
                resolve({value: this.come.shift(), done: false});
            } else if (error) {
                this.error = null;
                reject(error);
            } else {
                resolve({value: undefined, done: true});
            }
        }
    }

    next() {
        return new Promise((resolve, reject) => {
            this.waiting.push({resolve, reject});
            this.serve();
        });
    }

    return(value) {
        this.come = [];
        this.error = null;
        this.end();
        return Promise.resolve({value, done: true});
    }

    [Symbol.asyncIterator]() {
        return this;
    }
};

// The pages of an archive that a query describes.
async function* readPages(archive, query, last) {
    let page = await archive.fetch_async(query, last);
    while (page !== null) {
        yield page;
        page = await archive.fetch_next_async(page, last);
    }
}

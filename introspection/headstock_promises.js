// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Promises: functions with a callback return them where they are given none.  Headstock.js loads this file.

const {Gio, GLib, GObject} = imports.gi;

// Where a function takes a timeout, and how a caller says that the client's own is to be used.
const TIMEOUT_PLACES = {request_async: 1};

function isSignal(value) {
    return typeof value === 'object' && value !== null && typeof value.aborted === 'boolean' &&
        typeof value.addEventListener === 'function';
}

function isPlain(value) {
    return typeof value === 'object' && value !== null &&
        [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

// What the last argument of an asynchronous function says, taken off the arguments.
function takeOptions(name, all) {
    const last = all.at(-1);
    if (last instanceof Gio.Cancellable)
        return {cancellable: all.pop()};
    if (isSignal(last))
        return {signal: all.pop()};
    if (!isPlain(last))
        return {};
    for (const option in last) {
        if (!['cancellable', 'signal'].includes(option) && !(option === 'timeout' && name in TIMEOUT_PLACES))
            throw new TypeError(`${name}() has no option '${option}'`);
    }
    const {cancellable = null, signal = null} = last;
    if (cancellable && signal)
        throw new TypeError(`${name}() takes either a cancellable or a signal`);
    if (cancellable && !(cancellable instanceof Gio.Cancellable))
        throw new TypeError(`${name}() takes a Gio.Cancellable as its cancellable`);
    if (signal && !isSignal(signal))
        throw new TypeError(`${name}() takes an AbortSignal, or what has its functions, as its signal`);
    return all.pop();
}

// JavaScript makes a number of anything, and of most things 0: a request would time out at once.
function fillTimeout(name, all, given = null) {
    const place = TIMEOUT_PLACES[name];
    if (place === undefined)
        return;
    const timeout = given ?? all[place] ?? -1;
    if (!Number.isFinite(timeout))
        throw new TypeError(`The timeout of ${name}() is a number of milliseconds, not ${describe(timeout)}`);
    if (Math.trunc(timeout) !== (timeout | 0))
        throw new RangeError(`The timeout of ${name}() is at most ${2 ** 31 - 1} milliseconds, not ${timeout}`);
    all[place] = timeout;
}

// What has no string, such as an object without a prototype, has a name still.
function describe(value) {
    return typeof value === 'string' ? `'${value}'` : Object.prototype.toString.call(value);
}

function fillArguments(name, all, places, options) {
    const cancellable = options.cancellable ?? null;
    while (all.length < places - 1)
        all.push(null);
    if (cancellable)
        all[places - 2] = cancellable;
    fillTimeout(name, all, options.timeout);
    return all;
}

// What stands for a signal in C, and what is to be done at the end.
function followSignal(signal) {
    const cancellable = new Gio.Cancellable();
    const abort = () => cancellable.cancel();
    signal.addEventListener('abort', abort);
    return {cancellable, release: () => signal.removeEventListener?.('abort', abort)};
}

function makeCancelled() {
    return new GLib.Error(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED, 'The operation was cancelled');
}

// What a promise is rejected with for an error.
function makeReason(signal, error) {
    return signal?.aborted ? signal.reason ?? error : error;
}

// Takes the options of a function that has nothing else.
function takeOnlyOptions(name, all) {
    const options = takeOptions(name, all);
    if (all.some(one => one !== undefined && one !== null))
        throw new TypeError(`${name}() takes a Gio.Cancellable, an AbortSignal or an object with options, and nothing else`);
    return options;
}

// Promises the end of what `start` begins, which calls one of its two functions then, as a promise has them.  `stop` ends
// it early.
function promiseRun(name, all, start, stop) {
    return new Promise((resolve, reject) => {
        const options = takeOnlyOptions(name, all);
        const {signal} = options;
        if (signal?.aborted || options.cancellable?.is_cancelled())
            throw makeReason(signal, makeCancelled());
        const {cancellable, release} = signal ? followSignal(signal) : options;
        // Gio.Cancellable has another connect() than objects have; its disconnect() would wait for itself.
        const id = cancellable ? GObject.signal_connect(cancellable, 'cancelled', stop) : 0;
        const ending = end => result => {
            release?.();
            if (id !== 0)
                GObject.signal_handler_disconnect(cancellable, id);
            if (cancellable?.is_cancelled())
                reject(makeReason(signal, makeCancelled()));
            else
                end(result);
        };
        start(ending(resolve), ending(reject));
    });
}

function callAsync(self, name, start, all, places) {
    return new Promise((resolve, reject) => {
        const options = takeOptions(name, all);
        const {signal} = options;
        if (signal?.aborted) {
            reject(makeReason(signal, makeCancelled()));
            return;
        }
        const {cancellable, release} = signal ? followSignal(signal) : options;
        const {stack} = new Error();
        const done = (_self, result) => {
            release?.();
            try {
                resolve(self[name.replace(/_async$/, '_finish')](result));
            } catch (error) {
                error.stack = `${error.stack ?? ''}### The call:\n${stack}`;
                reject(makeReason(signal, error));
            }
        };
        try {
            start.call(self, ...fillArguments(name, all, places, {...options, cancellable}), done);
        } catch (error) {
            release?.();
            throw error;
        }
    });
}

// As many parameters as C's, for Gio._promisify(), which a program may call still.
function promising(owner, name) {
    const start = owner[name];
    const places = start.length;
    const call = function (...all) {
        if (all.length >= places) {
            fillTimeout(name, all);
            return start.apply(this, all);
        }
        if (typeof all.at(-1) !== 'function')
            return callAsync(this, name, start, all, places);
        const callback = all.pop();
        const options = takeOptions(name, all);
        return start.call(this, ...fillArguments(name, all, places, options), callback);
    };
    Object.defineProperty(call, 'name', {value: name});
    Object.defineProperty(call, 'length', {value: places});
    owner[name] = call;
    owner[name.replace(/_(.)/g, (_all, letter) => letter.toUpperCase())] = call;
}

function addPromises(namespace) {
    for (const name of Object.keys(namespace)) {
        const prototype = namespace[name]?.prototype;
        if (!(prototype instanceof GObject.Object))
            continue;
        for (const key of Object.getOwnPropertyNames(prototype)) {
            if (key.endsWith('_async') && typeof prototype[key.replace(/_async$/, '_finish')] === 'function')
                promising(prototype, key);
        }
    }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What JavaScript adds to Headstock (GJS loads this file with the namespace).
//
// Handlers.  client.register(object) takes any object.  Its `handlers` are lists: the name of an
// element, its namespace (null: any), a function, and optionally { once, forget, fromAccount, nested,
// type, fromJid, text }; from_account and from_jid are the same, and an option that there is not throws a TypeError.
// The function is called with the element and the client; `this` is the object.  With the option text, it is called with
// what a message says (the text of any other element), whom the stanza is from, both null where there is none, and the
// client; no object is made for the element then.  A function given to client.add_text_handler() is called with the
// client, the text and the sender.  A function given to
// client.add_handler() or client.register_on_iq() is called with the client and the element, as in C.
// What a function returns is sent: an element, or nothing, or a promise of either; anything else is
// reported and counts as nothing.  An iq that a promise was returned for is answered once the promise is
// settled.  A function that throws, and a promise that is rejected, is reported with its stack; an iq
// that nobody else answers gets `internal-server-error` then.
//
// Life.  The object's functions attached, negotiate, prepare_presence, ready, stopping, cleanup,
// terminated, detached, begin, resumed, lost and presence_sent are called with the client, where it has them.
// (Not `detached` where the client itself goes: nothing can be called while JavaScript collects.)
//
// What is registered lives as long as the client does, and is held by the client's JavaScript object
// alone: C knows only the numbers under which it is kept.  An object that keeps the client in turn
// makes a circle that JavaScript can see and collects.
//
// Promises.  Each function whose name ends in _async returns a promise where it is given no callback: what
// its _finish function returns.  Arguments at its end may be left out.  Instead of a Gio.Cancellable its last
// argument may be an AbortSignal or what works like one, or an object: { cancellable, signal, timeout }.  Each
// has a name without underscores too: roster.addAsync(jid).  client.request(iq) and client.send(stanza) are
// request_async() and send_async().
//
// client.runAsync() keeps the client until it has terminated, and ends with what ended the run.  While it waits,
// Ctrl-C and SIGTERM stop the client, and a second one ends the process; a program that lives on without its client
// calls start() instead.  It takes the options of a promise, too, and stops the client where it is cancelled.
// client.run() runs a main loop inside JavaScript, in which no promise goes on.
//
// client.elements(name, namespace, options) is an asynchronous iterator over elements as they arrive, and
// archive.pages(query) over the pages of an archive.
//
// Addresses may be given as Headstock.Jid or as strings, whatever C takes.
//
// Types.  A stanza's type, a presence's show or priority that RFC 6120 and RFC 6121 do not know throws a RangeError
// where it is given.
//
// Strings.  One with a NUL character, or with half of a surrogate pair, throws a TypeError wherever it is given to
// a function or a property: C would cut it there, or get another character.

const {Gio, GLib, GObject} = imports.gi;
const {makeCalls} = imports.overrides.headstock_calls;
const {TYPES, checkAll, checkText, checkWord, toJid} = imports.overrides.headstock_checks;
const {Arrivals, readPages} = imports.overrides.headstock_iterators;
const {addPromises, promiseRun} = imports.overrides.headstock_promises;

const RECENT_ANSWERS = 32;

const HOOKS = ['attached', 'negotiate', 'prepare_presence', 'ready', 'stopping', 'cleanup', 'terminated',
    'detached', 'begin', 'resumed', 'lost', 'presence_sent'];
const OPTIONS = {once: 'ONCE', forget: 'FORGET', fromAccount: 'FROM_ACCOUNT', from_account: 'FROM_ACCOUNT', nested: 'NESTED',
    // These are no flags.
    type: null, fromJid: null, from_jid: null, text: null};
const NARROWING = ['type', 'fromJid', 'from_jid', 'fromAccount', 'from_account'];
const STANZA_SIGNAL = /^(message|presence|iq|element)(::|$)/;
const SIGINT = 2;
const SIGTERM = 15;
const STATE = Symbol('headstock');

let Headstock, Agent;
// C's own functions, by their names.
const native = {};
// The clients that runAsync() keeps alive.
const running = new Set();
const {countView, makeTrampoline, makeTextTrampoline} = makeCalls(STATE, {getTop, awaitReply, checkReply, reportFailure,
    awaitText, reportText});

// The functions that only Unix has moved to a namespace of their own with GJS 1.82, where this one was first
// called signal_add_full; the old names warn, and warnings may be fatal.
function addSignal(...args) {
    let add;
    try {
        const {GLibUnix} = imports.gi;
        add = GLibUnix.signal_add ?? GLibUnix.signal_add_full;
    } catch {
        add = GLib.unix_signal_add;
    }
    return add(...args);
}

function getTop(element) {
    for (let parent = element.get_parent(); parent !== null; parent = element.get_parent())
        element = parent;
    return element;
}

function isRequest(stanza) {
    return stanza instanceof Headstock.Iq && ['get', 'set'].includes(stanza.get_stanza_type());
}

function isAnswer(stanza) {
    return stanza instanceof Headstock.Iq && ['result', 'error'].includes(stanza.get_stanza_type());
}

// Ids are their senders' own: two may use the same.
function makeKey(id, peer) {
    return `${id} ${peer ?? ''}`;
}

function getKey(iq) {
    return makeKey(iq.get_attribute('id'), iq.get_attribute('from'));
}

// What a client's JavaScript object keeps for it.
class State {
    constructor() {
        this.last = 0;
        this.functions = new Map(); // by number: what a handler calls
        this.numbers = new Map();   // by a handler's id: its number
        this.agents = new Map();    // by number: what is registered, its agent, its handlers
        this.attaching = null;      // the agent's record whose object is being registered
        this.failed = new Set();    // the iqs that a handler failed on, in this dispatch
        this.failedHandler = 0;
        this.pending = new Map();   // the iqs that promises have been returned for
        this.answers = [];          // the iqs that were answered last
        this.deferred = [];         // the iqs that the program deferred last
    }

    keep(number, id, flags, call) {
        const once = (flags & Headstock.HandlerFlags.ONCE) !== 0;
        this.functions.set(number, {call, once, id});
        this.numbers.set(id, number);
        this.attaching?.ids.push(id);
        return id;
    }

    forget(id) {
        this.functions.delete(this.numbers.get(id));
        this.numbers.delete(id);
    }

    noteAnswer(stanza) {
        if (!isAnswer(stanza))
            return;
        const key = makeKey(stanza.get_attribute('id'), stanza.get_attribute('to'));
        remember(this.answers, key);
        const pending = this.pending.get(key);
        if (pending)
            pending.answered = true;
    }
}

function remember(list, key) {
    list.push(key);
    if (list.length > RECENT_ANSWERS)
        list.shift();
}

// An expando property also keeps the JavaScript object for as long as C's.
function getState(client) {
    return client[STATE] ??= new State();
}

// add_handler() and register_on_iq(), which differ in what their first two arguments mean.
function adding(name) {
    return function (first, second, flags, call, narrowing = findNarrowing(flags)) {
        const state = getState(this);
        if (typeof call !== 'function')
            throw new TypeError(`${name}() takes a function as its fourth argument, not ${call}`);
        const set = typeof flags === 'number' ? flags : makeFlags(flags ?? {});
        if (narrowing && name !== 'add_handler')
            throw new TypeError(`${name}() has a type of its own, and no sender`);
        if (flags?.text)
            throw new TypeError(`${name}() calls its function with elements; add_text_handler() calls one with texts`);
        const number = ++state.last;
        const id = narrowing
            ? native.add_handler_full.call(this, first, second, ...narrowing, set, makeTrampoline(number))
            : native[name].call(this, first, second, set, makeTrampoline(number));
        return state.keep(number, id, set, call);
    };
}

// The promise that a handler of texts has returned: its value is sent.
function awaitText(client, promise) {
    promise.then(reply => {
        if (checkReply(getState(client), null, reply) !== null)
            client.send_stanza(reply);
    }).catch(reportText);
}

function reportText(error) {
    logError(error, 'A handler of texts failed');
}

function checkReply(state, element, result) {
    if (result === undefined || result === null)
        return null;
    if (!(result instanceof Headstock.Element)) {
        logError(new TypeError(
            `A handler of ${element?.get_name() ?? 'texts'} returned ${result}, which is not an element`));
        return null;
    }
    countView(result);
    state.noteAnswer(result);
    return result;
}

// Tells of what was thrown, and sees to it that the iq around the element is answered.  That is for
// after all handlers and everybody who is connected to `iq`: one may answer it still.
function reportFailure(client, element, error) {
    logError(error, `A handler of ${element.get_name()} failed`);
    const iq = getTop(element);
    if (!isRequest(iq))
        return;
    const state = getState(client);
    state.failed.add(getKey(iq));
    if (state.failedHandler === 0)
        state.failedHandler = native.connect_after.call(client, 'iq', answerFailed);
}

function answerFailed(client, iq) {
    const state = getState(client);
    const key = getKey(iq);
    client.disconnect(state.failedHandler);
    state.failedHandler = 0;
    const failed = state.failed.has(key) && !state.deferred.includes(key);
    state.failed.clear();
    if (failed && state.pending.has(key))
        state.pending.get(key).failed = true;
    else if (failed)
        sendError(client, iq, Headstock.StanzaError.INTERNAL_SERVER_ERROR);
    return failed;
}

function sendError(client, iq, condition) {
    try {
        client.send_stanza(iq.new_error_reply(condition, null));
    } catch (error) {
        // It has been answered, or nobody is there any more.
    }
}

// A promise was returned: its value is the reply.
function awaitReply(client, element, promise) {
    const iq = getTop(element);
    const state = getState(client);
    let pending = null;
    const key = isRequest(iq) ? getKey(iq) : null;
    if (key !== null) {
        pending = state.pending.get(key);
        pending ??= {count: 0, answered: state.answers.includes(key), failed: false};
        state.pending.set(key, pending);
        pending.count++;
        native.defer_reply.call(client, iq);
    }
    promise.then(reply => {
        if (checkReply(state, element, reply) !== null)
            client.send_stanza(reply);
    }).catch(error => {
        logError(error, `A handler of ${element.get_name()} failed`);
        if (pending)
            pending.failed = true;
    }).then(() => {
        if (!pending || --pending.count > 0)
            return;
        state.pending.delete(key);
        if (!pending.answered && !state.deferred.includes(key))
            answerByDefault(client, iq, pending.failed);
    });
}

// What the client itself would have done had no promise been returned (RFC 6120, 8.2.3; RFC 6121, 2.1.6).
function answerByDefault(client, iq, failed) {
    const payload = iq.get_children();
    let condition = Headstock.StanzaError.SERVICE_UNAVAILABLE;
    if (failed)
        condition = Headstock.StanzaError.INTERNAL_SERVER_ERROR;
    else if (payload.length !== 1)
        condition = Headstock.StanzaError.BAD_REQUEST;
    else if (iq.get_stanza_type() === 'set' && payload[0].matches('query', Headstock.NS_ROSTER) &&
             isFromAccount(client, iq)) {
        try {
            client.send_stanza(iq.new_reply());
        } catch (error) {
            // Nobody is there any more.
        }
        return;
    }
    sendError(client, iq, condition);
}

function isFromAccount(client, stanza) {
    const bound = client.get_bound_jid();
    const from = stanza.get_from_jid();
    if (stanza.get_attribute('from') === null)
        return true;
    return bound !== null && from !== null && (from.equal(bound) || from.equal(bound.get_bare()));
}

function narrow(type, from) {
    checkWord('type of a stanza', type, Object.values(TYPES).flat());
    const jid = toJid(from ?? null);
    if (jid !== null && !(jid instanceof Headstock.Jid))
        throw new TypeError(`A handler's sender is an address, not ${from}`);
    return (type ?? null) === null && jid === null ? null : [type ?? null, jid];
}

// Options without which more elements come than a program wants.  One that is given and has no value, such as the address of
// what is not there, would count as not given: what a stranger sends would reach the handler.
function checkNarrowing(options) {
    for (const name of NARROWING) {
        if (name in options && (options[name] ?? null) === null)
            throw new TypeError(`The option '${name}' of a handler is ${options[name]}; leave it out where it is not meant`);
    }
    if ('fromJid' in options && 'from_jid' in options)
        throw new TypeError("A handler has one sender: either the option 'fromJid' or 'from_jid'");
}

// The type of a stanza and the sender that a handler's options ask for, or null.
function findNarrowing(options) {
    if (typeof options !== 'object' || options === null)
        return null;
    checkNarrowing(options);
    return narrow(options.type, options.fromJid ?? options.from_jid);
}

// An option that is misspelt would be one that is not set.
function makeFlags(options) {
    // What is in a Map is no option either.
    if (Object.prototype.toString.call(options) !== '[object Object]')
        throw new TypeError(`The options of a handler are an object, not ${options}`);
    let flags = Headstock.HandlerFlags.DEFAULT;
    for (const name in options) {
        if (!Object.hasOwn(OPTIONS, name)) {
            throw new TypeError(`A handler has no option '${name}'; it has ${Object.keys(OPTIONS).join(', ')}`);
        }
        const value = options[name];
        if (!OPTIONS[name] && name !== 'text')
            continue;
        if (value !== undefined && typeof value !== 'boolean')
            throw new TypeError(`The option '${name}' of a handler is true or false, not ${value}`);
        if (value && OPTIONS[name])
            flags |= Headstock.HandlerFlags[OPTIONS[name]];
    }
    return flags;
}

// Whether C, and not JavaScript, made the object a module.
function isNativeModule(object) {
    if (!(object instanceof Headstock.Module))
        return false;
    for (let one = object.constructor; one && one !== GObject.Object; one = Object.getPrototypeOf(one)) {
        if (Object.hasOwn(one, GObject.interfaces) &&
            one[GObject.interfaces].some(type => type === Headstock.Module))
            return false;
    }
    return true;
}

// The namespace of a constant that there is not is undefined: for null, any, what nobody meant would reach the handler.
function checkName(what, value) {
    if (value !== null && typeof value !== 'string')
        throw new TypeError(`The ${what} of a handler's element is a string, or null for any, not ${value}`);
}

// An object's handlers in a list of their own: what they are in may be gone through once only.
function checkHandlers(handlers = []) {
    if (typeof handlers !== 'object' || typeof handlers?.[Symbol.iterator] !== 'function')
        throw new TypeError(`The handlers of an object are a list of lists, not ${handlers}`);
    const all = [...handlers];
    for (const one of all) {
        if (!Array.isArray(one) || typeof one[2] !== 'function' || one.length > 4)
            throw new TypeError('A handler is a list: a name, a namespace, a function, and options');
        checkName('name', one[0]);
        checkName('namespace', one[1]);
        one.forEach(checkText);
        makeFlags(one[3] ?? {});
        findNarrowing(one[3]);
    }
    return all;
}

// Gives the handlers of what is to be registered, and refuses what would never be called.
function checkRegistered(object) {
    if (object === null || typeof object !== 'object')
        throw new TypeError(`${object} can't be registered: it is not an object`);
    const handlers = checkHandlers(object.handlers);
    if (!(object instanceof Headstock.Module) && handlers.length === 0 && !HOOKS.some(hook => isHook(object, hook))) {
        throw new TypeError('The object has nothing that the client could call: no list in its `handlers`, ' +
            `and none of the functions ${HOOKS.join(', ')}`);
    }
    return handlers;
}

function addHandlers(client, {object, handlers}) {
    for (const [name, namespace, call, options] of handlers) {
        if (options?.text) {
            addTextHandler.call(client, name, namespace ?? null, findNarrowing(options), makeFlags(options),
                (_client, text, from) => call.call(object, text, from, _client));
            continue;
        }
        client.add_handler(name, namespace ?? null, options,
            (_client, element) => call.call(object, element, _client));
    }
}

// A client that registers itself has prepare_presence() from the library, which is no hook.
function isHook(object, hook) {
    return typeof object[hook] === 'function' &&
        !(object instanceof Headstock.Client && object[hook] === Headstock.Client.prototype[hook]);
}

// Calls one of HOOKS of what is registered, where it has it.
function tell(client, number, hook, ...more) {
    const object = client[STATE]?.agents.get(number)?.object;
    if (!object)
        return undefined;
    try {
        if (object instanceof Headstock.Module)
            return native[`module_${hook}`].call(object, client, ...more);
        return isHook(object, hook) ? settle(hook, object[hook](client, ...more)) : undefined;
    } catch (error) {
        logError(error, `${hook} failed`);
        return undefined;
    }
}

// What a hook has returned; one that is an async function is told of when it fails.
function settle(hook, result) {
    if (typeof result?.then !== 'function')
        return result;
    result.then(undefined, error => logError(error, `${hook} failed`));
    if (hook === 'negotiate') {
        throw new TypeError('negotiate() is an async function: it returns true at once, and the program calls ' +
            'continue_negotiation() later');
    }
    return undefined;
}

// The module that C knows in place of a registered object.
function defineAgent() {
    const functions = {};
    for (const hook of HOOKS) {
        if (hook !== 'detached') {
            functions[`vfunc_${hook}`] = {value(client, ...more) {
                if (hook === 'attached')
                    addHandlers(client, client[STATE].agents.get(this.number));
                const result = tell(client, this.number, hook, ...more);
                return hook === 'negotiate' ? Boolean(result) : undefined;
            }};
        }
    }
    functions.vfunc_describe = {value(info) {
        const object = this.described?.deref();
        if (object)
            native.describe.call(object, info);
    }};
    const Class = class HeadstockAgent extends GObject.Object {};
    Object.defineProperties(Class.prototype, functions);
    return GObject.registerClass({
        GTypeName: 'HeadstockJavaScriptAgent',
        Implements: [Headstock.Module, Headstock.Described],
        // The client asks: where nobody takes part before the sign-in, it does not wait for the features.
        Properties: {
            negotiates: GObject.ParamSpec.boolean('negotiates', null, null, GObject.ParamFlags.READWRITE, false),
            // And where nobody asks before the first presence, it does not keep the features.
            begins: GObject.ParamSpec.boolean('begins', null, null, GObject.ParamFlags.READWRITE, false),
        },
    }, Class);
}

// The agent stands for what is registered, and does not hold it.
function listenToDescription(record) {
    const {object, agent} = record;
    const weak = new WeakRef(agent);
    agent.described = new WeakRef(object);
    record.changed = object.connect('description-changed', () => weak.deref()?.emit('description-changed'));
}

function warnOfHooks(object) {
    for (const hook of HOOKS) {
        if (object[hook] !== native[`module_${hook}`] && !warnOfHooks.done.has(object[hook])) {
            warnOfHooks.done.add(object[hook]);
            logError(new Error(`${hook}() of ${object.constructor.name} is not called by the client: ` +
                `in a Headstock.Module it is vfunc_${hook}()`));
        }
    }
}
warnOfHooks.done = new WeakSet();

function findAgent(client, object) {
    for (const [number, record] of getState(client).agents) {
        if (record.object === object)
            return number;
    }
    return 0;
}

const addHandler = adding('add_handler');

function addTextHandler(name, namespace, narrowing, flags, call) {
    const state = getState(this);
    if (typeof call !== 'function')
        throw new TypeError(`add_text_handler() takes a function as its sixth argument, not ${call}`);
    const number = ++state.last;
    const [type, from] = narrowing ?? [null, null];
    const id = native.add_text_handler.call(this, name, namespace, type, from, flags, makeTextTrampoline(number));
    return state.keep(number, id, flags, call);
}

const clientMethods = {
    add_handler: addHandler,

    add_handler_full(name, namespace, type, from, flags, call) {
        if (type === undefined || from === undefined)
            throw new TypeError('add_handler_full() takes a type and a sender, or null for any, not undefined');
        if (findNarrowing(flags))
            throw new TypeError('add_handler_full() takes a type and a sender before its options, not in them');
        return addHandler.call(this, name, namespace, flags, call, narrow(type, from));
    },

    add_text_handler(name, namespace, type, from, flags, call) {
        if (type === undefined || from === undefined)
            throw new TypeError('add_text_handler() takes a type and a sender, or null for any, not undefined');
        if (findNarrowing(flags))
            throw new TypeError('add_text_handler() takes a type and a sender before its options, not in them');
        const set = typeof flags === 'number' ? flags : makeFlags(flags ?? {});
        return addTextHandler.call(this, name, namespace, narrow(type, from), set, call);
    },

    register_on_iq: adding('register_on_iq'),

    ensure_module(type) {
        const gtype = type?.$gtype ?? type;
        const known = this.find_module(type);
        if (known)
            return known;
        if (!GObject.type_is_a(gtype, Headstock.Module) || GObject.type_is_a(gtype, GObject.TYPE_INTERFACE) ||
            GObject.type_test_flags(gtype, GObject.TypeFlags.ABSTRACT))
            throw new TypeError(`ensure_module() takes the type of a module that can be made, not ${gtype.name}`);
        const made = native.ensure_module.call(this, type);
        if (!made)
            throw new TypeError(`The client does not take a ${gtype.name}`);
        return made;
    },

    remove_handler(id) {
        this[STATE]?.forget(id);
        return native.remove_handler.call(this, id);
    },

    register(object) {
        if (findAgent(this, object) !== 0)
            return;
        const handlers = checkRegistered(object);
        const state = getState(this);
        const isNative = isNativeModule(object);
        if (object instanceof Headstock.Module && !isNative)
            warnOfHooks(object);
        if (!isNative || object.handlers) {
            const number = ++state.last;
            const agent = new Agent();
            const record = {object, agent, handlers, ids: []};
            const outer = state.attaching;
            agent.number = number;
            agent.begins = object instanceof Headstock.Module || typeof object.begin === 'function';
            agent.negotiates = object instanceof Headstock.Module || typeof object.negotiate === 'function';
            if (object instanceof Headstock.Described)
                listenToDescription(record);
            state.agents.set(number, record);
            state.attaching = record;
            try {
                native.register.call(this, agent);
            } finally {
                state.attaching = outer;
            }
        }
        if (isNative)
            native.register.call(this, object);
    },

    unregister(object) {
        const state = getState(this);
        const number = findAgent(this, object);
        if (number !== 0) {
            const {agent, ids} = state.agents.get(number);
            native.unregister.call(this, agent);
            ids.forEach(id => this.remove_handler(id));
            tell(this, number, 'detached');
            if (agent.described)
                object.disconnect(state.agents.get(number).changed);
            state.agents.delete(number);
        }
        if (isNativeModule(object))
            native.unregister.call(this, object);
    },

    defer_reply(iq) {
        remember(getState(this).deferred, getKey(iq));
        native.defer_reply.call(this, iq);
    },

    is_own(jid) {
        return native.is_own.call(this, toJid(jid));
    },

    send_stanza(stanza) {
        const sent = native.send_stanza.call(this, stanza);
        countView(stanza);
        this[STATE]?.noteAnswer(stanza);
        return sent;
    },

    send_raw_stanza(xml) {
        const sent = native.send_raw_stanza.call(this, xml);
        const state = this[STATE];
        if (state?.pending.size > 0) {
            const all = Headstock.Element.new_from_string(`<all xmlns="${Headstock.NS_CLIENT}">${xml}</all>`);
            for (const stanza of all)
                state.noteAnswer(stanza);
        }
        return sent;
    },

    // As many parameters as C's, for Gio._promisify().
    send_async(stanza, cancellable, callback) {
        native.send_async.call(this, stanza, cancellable, callback);
        this[STATE]?.noteAnswer(stanza);
    },

    connect: connecting('connect'),

    connect_after: connecting('connect_after'),

    request(iq, ...more) {
        return this.request_async(iq, ...more);
    },

    send(stanza, ...more) {
        return this.send_async(stanza, ...more);
    },

    elements(name, ...more) {
        const [namespace = null, options = {}] = more;
        if (more.length > 0)
            checkName('namespace', more[0]);
        if (options?.text)
            throw new TypeError('elements() gives elements: it has no option text');
        const isOnce = (makeFlags(options) & Headstock.HandlerFlags.ONCE) !== 0;
        return new Arrivals(this, name, namespace, options, isOnce);
    },

    runAsync(...all) {
        return promiseRun('runAsync', all, (resolve, reject) => {
            const release = catchSignals(() => this.stop());
            const id = native.connect.call(this, 'terminated', (client, error) => {
                client.disconnect(id);
                release();
                running.delete(client);
                if (error)
                    reject(error);
                else
                    resolve();
            });
            running.add(this);
            this.start();
        }, () => this.stop());
    },
};

// Calls a function at the first SIGINT or SIGTERM; a second one ends the process, as ever.  Gives what is to be done at the end.
function catchSignals(call) {
    const sources = new Map();
    const release = () => {
        sources.forEach(source => GLib.source_remove(source));
        sources.clear();
    };
    for (const number of [SIGINT, SIGTERM]) {
        sources.set(number, addSignal(GLib.PRIORITY_DEFAULT, number, () => {
            sources.delete(number);
            release();
            call();
            return GLib.SOURCE_REMOVE;
        }));
    }
    return release;
}

// A stanza that is shown through a signal is a view like any other.
function connecting(name) {
    const count = countView;
    return function (signal, call) {
        const counting = STANZA_SIGNAL.test(signal) ? function (client, element) {
            count(element);
            return call.call(this, client, element);
        } : call;
        return native[name].call(this, signal, counting);
    };
}

// What is caught may be anything: a function of C that takes a GError knows nothing of an exception of JavaScript's.
function acceptAnyError(owner, name) {
    const call = owner[name];
    owner[name] = error => error instanceof GLib.Error ? call(error) : null;
}

function _init() {
    Headstock = this;
    const {Client, Element, Module} = Headstock;

    checkAll(Headstock);
    Element.prototype.toString = function () {
        return this.to_string();
    };
    Element.prototype[Symbol.iterator] = function () {
        return this.get_children()[Symbol.iterator]();
    };

    Headstock.Archive.prototype.pages = function (query = null, last = null) {
        return readPages(this, query ?? Headstock.ArchiveQuery.new(null), last);
    };
    Headstock.ArchivePage.prototype[Symbol.iterator] = function () {
        return this.list_deliveries()[Symbol.iterator]();
    };

    for (const name of ['get_condition', 'get_error_type', 'get_text', 'get_stanza'])
        acceptAnyError(Headstock.StanzaError, name);
    native.describe = Headstock.Described.prototype.describe;
    for (const hook of HOOKS)
        native[`module_${hook}`] = Module.prototype[hook];
    for (const name of Object.keys(clientMethods)) {
        native[name] = Client.prototype[name];
        Client.prototype[name] = clientMethods[name];
    }
    addPromises(Headstock);
    Agent = defineAgent();
}

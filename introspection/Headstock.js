// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What JavaScript adds to Headstock (GJS loads this file with the namespace).
//
// Handlers.  client.register(object) takes any object.  Its `handlers` are lists: the name of an
// element, its namespace (null: any), a function, and optionally { once, forget, fromAccount, nested,
// type, fromJid }; from_account and from_jid are the same, and an option that there is not throws a TypeError.
// The function is called with the element and the client; `this` is the object.  A function given to
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
// client.runAsync() keeps the client until it has terminated, and ends with what ended the run.  While it
// waits, Ctrl-C stops the client, and a second Ctrl-C ends the process; a program that lives on without its
// client calls start() instead.  client.run() runs a main loop inside JavaScript, in which no promise goes on.
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
const System = imports.system;

// Each view that a handler was shown, or that the program made to send it, lives until it is collected, and
// with it the memory of its stanza.  JavaScript knows nothing of that memory, and does not collect for it.
const COLLECT_BYTES = 4 * 1024 * 1024;
// What a view takes besides its stanza's XML, and how many are counted like the one that was measured.
const VIEW_BYTES = 512;
const SAMPLE = 8;
const RECENT_ANSWERS = 32;

const HOOKS = ['attached', 'negotiate', 'prepare_presence', 'ready', 'stopping', 'cleanup', 'terminated',
    'detached', 'begin', 'resumed', 'lost', 'presence_sent'];
const OPTIONS = {once: 'ONCE', forget: 'FORGET', fromAccount: 'FROM_ACCOUNT', from_account: 'FROM_ACCOUNT', nested: 'NESTED',
    // These are no flags.
    type: null, fromJid: null, from_jid: null};
// Where a function takes a timeout, and how a caller says that the client's own is to be used.
const TIMEOUT_PLACES = {request_async: 1};
const STANZA_SIGNAL = /^(message|presence|iq|element)(::|$)/;
const SIGINT = 2;
// What stanzas may say (RFC 6120, 8.2.3; RFC 6121, 4.7 and 5.2.2).
const TYPES = {
    Message: ['normal', 'chat', 'groupchat', 'headline', 'error'],
    Presence: ['available', 'unavailable', 'subscribe', 'subscribed', 'unsubscribe', 'unsubscribed', 'probe', 'error'],
    Iq: ['get', 'set', 'result', 'error'],
};
const SHOWS = ['away', 'chat', 'dnd', 'xa'];
const NO_TEXT = /[\0\p{Surrogate}]/u;
const STATE = Symbol('headstock');

let Headstock, Agent;
// C's own functions, by their names.
const native = {};
// The clients that runAsync() keeps alive.
const running = new Set();
const account = {bytes: 0, views: 0, size: 0};

// Counts a view that JavaScript has, and collects once they hold too much.
function countView(element) {
    if (account.views++ % SAMPLE === 0)
        account.size = VIEW_BYTES + getTop(element).to_string().length * 2;
    account.bytes += account.size;
    if (account.bytes < COLLECT_BYTES)
        return;
    account.bytes = 0;
    System.gc();
}

// Refuses a string that C would not get as it is, alone or in a list.
function checkText(value) {
    if (Array.isArray(value))
        value.forEach(checkText);
    else if (typeof value === 'string' && NO_TEXT.test(value))
        throw new TypeError('A string for Headstock has a NUL character or half of a surrogate pair, which XMPP does not allow');
    return value;
}

// C takes addresses as strings, and tells by an error that it does: it has not been called then.
function callWithAddresses(call, self, all) {
    try {
        return call.apply(self, all);
    } catch (error) {
        if (!/^Expected type (string|utf8|gchararray)/.test(error.message))
            throw error;
        return call.apply(self, all.map(toAddress));
    }
}

// Makes a function of C check its strings, and take an address for one, alone or in a list.  Gio._promisify() goes by how many
// parameters it has.
function checkFunction(owner, name) {
    const call = owner[name];
    const checked = function (...all) {
        all.forEach(checkText);
        if (all.some(Array.isArray))
            all = all.map(one => Array.isArray(one) ? one.map(toAddress) : one);
        if (all.some(one => typeof one === 'object' && one instanceof Headstock.Jid))
            return callWithAddresses(call, this, all);
        return call.apply(this, all);
    };
    Object.defineProperty(checked, 'name', {value: name});
    Object.defineProperty(checked, 'length', {value: call.length});
    owner[name] = checked;
}

function checkFunctions(owner) {
    for (const name of Object.getOwnPropertyNames(owner)) {
        const {value} = Object.getOwnPropertyDescriptor(owner, name) ?? {};
        if (name !== 'constructor' && typeof value === 'function' && value.length > 0)
            checkFunction(owner, name);
    }
}

function* iterateList() {
    for (let i = 0; i < this.get_n_items(); i++)
        yield this.get_item(i);
}

// The lists are of classes that JavaScript knows nothing of but the interface, and each has a prototype of its own.
function iterateLists(Class) {
    const {prototype} = Class;
    for (const {name, owner_type: owner, value_type: type} of Class.list_properties()) {
        if (owner.name !== Class.$gtype.name || type.name !== 'GListModel')
            continue;
        const key = name.replaceAll('-', '_');
        const {get} = Object.getOwnPropertyDescriptor(prototype, key) ?? {};
        const read = function () {
            const list = get.call(this);
            const own = list ? Object.getPrototypeOf(list) : {};
            if (own !== GObject.Object.prototype)
                own[Symbol.iterator] ??= iterateList;
            return list;
        };
        for (const one of get ? new Set([name, key, name.replace(/-(.)/g, (_all, letter) => letter.toUpperCase())]) : [])
            Object.defineProperty(prototype, one, {get: read, configurable: true, enumerable: true});
    }
}

function checkProperties(Class) {
    const {prototype} = Class;
    for (const {name, owner_type: owner, flags, value_type: type} of Class.list_properties()) {
        if (owner.name === Class.$gtype.name && (flags & GObject.ParamFlags.WRITABLE) !== 0 &&
            ['gchararray', 'GStrv'].includes(type.name))
            convertProperty(prototype, name, checkText);
    }
    if (Object.getPrototypeOf(Class) !== GObject.Object)
        return;
    const construct = prototype._init;
    prototype._init = function (properties = {}, ...more) {
        Object.values(properties ?? {}).forEach(checkText);
        return construct.call(this, properties, ...more);
    };
    prototype.set_property = function (name, value) {
        GObject.Object.prototype.set_property.call(this, name, checkText(value));
    };
}

// What is here by now is C's.  Module has only hooks, without strings.
function checkStrings() {
    for (const name of Object.keys(Headstock)) {
        const item = Headstock[name];
        if (typeof item !== 'function' || item === Headstock.Module)
            continue;
        if (item.prototype instanceof GObject.Object || item === Headstock.Jid) {
            checkFunctions(item);
            checkFunctions(item.prototype);
            if (item !== Headstock.Jid) {
                checkProperties(item);
                iterateLists(item);
            }
        } else if (!item.prototype && item.length > 0) {
            checkFunction(Headstock, name);
        }
    }
}

function checkWord(what, word, known) {
    checkText(word);
    if (word !== null && word !== undefined && !known.includes(word))
        throw new RangeError(`The ${what} is one of ${known.join(', ')}, not '${word}'`);
    return word;
}

function checkIqType(type) {
    return checkWord('type of an iq', type, TYPES.Iq);
}

function checkType(type) {
    for (const [name, known] of Object.entries(TYPES)) {
        if (this instanceof Headstock[name])
            checkWord(`type of ${name === 'Iq' ? 'an' : 'a'} ${name.toLowerCase()}`, type, known);
    }
    return type;
}

function checkShow(show) {
    return checkWord('show of a presence', show, SHOWS);
}

function checkPriority(priority) {
    if (!(priority >= -128 && priority <= 127))
        throw new RangeError(`The priority of a presence is from -128 to 127, not ${priority}`);
    return priority;
}

// C would complain of what it does not know, and leave the stanza what it was.
function overrideTypes() {
    const {Stanza, Message, Presence, Iq, Client} = Headstock;
    const types = {stanza_type: checkType, stanzaType: checkType, 'stanza-type': checkType};
    convertProperty(Stanza.prototype, 'stanza-type', checkType);
    convertProperty(Presence.prototype, 'show', checkShow);
    convertProperty(Presence.prototype, 'priority', checkPriority);
    convertConstructor(Stanza, types);
    convertConstructor(Presence, {show: checkShow, priority: checkPriority});
    convertSetProperty(Stanza, {'stanza-type': checkType});
    convertSetProperty(Presence, {show: checkShow, priority: checkPriority});
    convertArgument(Stanza.prototype, 'set_stanza_type', 0, checkType);
    convertArgument(Presence.prototype, 'set_show', 0, checkShow);
    convertArgument(Presence.prototype, 'set_priority', 0, checkPriority);
    convertArgument(Message, 'new', 0, type => checkWord('type of a message', type, TYPES.Message));
    convertArgument(Presence, 'new', 0, type => checkWord('type of a presence', type, TYPES.Presence));
    convertArgument(Iq, 'new', 0, type => checkWord('type of an iq', type ?? '', TYPES.Iq));
    convertArgument(Client.prototype, 'register_on_iq', 0, checkIqType);
}

function convertSetProperty(Class, converts) {
    const set = Class.prototype.set_property;
    Class.prototype.set_property = function (name, value) {
        const convert = converts[name.replaceAll('_', '-')];
        set.call(this, name, convert ? convert.call(this, value) : value);
    };
}

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

function toAddress(address) {
    return address instanceof Headstock.Jid ? address.to_string() : address;
}

function toJid(address) {
    return typeof address === 'string' ? Headstock.Jid.new(address) : address;
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

// What C is given.  It must hold on to nothing but the number.
function makeTrampoline(number) {
    return (client, element) => callHandler(client, element, number);
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
        const number = ++state.last;
        const id = narrowing
            ? native.add_handler_full.call(this, first, second, ...narrowing, set, makeTrampoline(number))
            : native[name].call(this, first, second, set, makeTrampoline(number));
        const once = (set & Headstock.HandlerFlags.ONCE) !== 0;
        state.functions.set(number, {call, once, id});
        state.numbers.set(id, number);
        state.attaching?.ids.push(id);
        return id;
    };
}

function callHandler(client, element, number) {
    const state = client[STATE];
    const kept = state?.functions.get(number);
    if (!kept)
        return null;
    if (kept.once)
        state.forget(kept.id);
    try {
        countView(element);
        const result = kept.call(client, element);
        if (typeof result?.then === 'function') {
            awaitReply(client, element, result);
            return null;
        }
        return checkReply(state, element, result);
    } catch (error) {
        reportFailure(client, element, error);
        return null;
    }
}

function checkReply(state, element, result) {
    if (result === undefined || result === null)
        return null;
    if (!(result instanceof Headstock.Element)) {
        logError(new TypeError(
            `A handler of ${element.get_name()} returned ${result}, which is not an element`));
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

// An option that is misspelt would be one that is not set: an element from a stranger would reach the handler.
function narrow(type, from) {
    checkWord('type of a stanza', type, Object.values(TYPES).flat());
    const jid = toJid(from ?? null);
    if (jid !== null && !(jid instanceof Headstock.Jid))
        throw new TypeError(`A handler's sender is an address, not ${from}`);
    return (type ?? null) === null && jid === null ? null : [type ?? null, jid];
}

// The type of a stanza and the sender that a handler's options ask for, or null.
function findNarrowing(options) {
    if (typeof options !== 'object' || options === null)
        return null;
    return narrow(options.type, options.fromJid ?? options.from_jid);
}

function makeFlags(options) {
    if (typeof options !== 'object' || options === null || Array.isArray(options))
        throw new TypeError(`The options of a handler are an object, not ${options}`);
    let flags = Headstock.HandlerFlags.DEFAULT;
    for (const name in options) {
        if (!Object.hasOwn(OPTIONS, name)) {
            throw new TypeError(`A handler has no option '${name}'; it has ${Object.keys(OPTIONS).join(', ')}`);
        }
        const value = options[name];
        if (!OPTIONS[name])
            continue;
        if (value !== undefined && typeof value !== 'boolean')
            throw new TypeError(`The option '${name}' of a handler is true or false, not ${value}`);
        if (value)
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

function checkHandlers(handlers = []) {
    for (const one of handlers) {
        if (!Array.isArray(one) || typeof one[2] !== 'function' || one.length > 4)
            throw new TypeError('A handler is a list: a name, a namespace, a function, and options');
        one.forEach(checkText);
        makeFlags(one[3] ?? {});
        findNarrowing(one[3]);
    }
    return handlers;
}

function addHandlers(client, {object, handlers}) {
    for (const [name, namespace, call, options] of handlers) {
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

const clientMethods = {
    add_handler: addHandler,

    add_handler_full(name, namespace, type, from, flags, call) {
        return addHandler.call(this, name, namespace, flags, call, narrow(type, from));
    },

    register_on_iq: adding('register_on_iq'),

    remove_handler(id) {
        this[STATE]?.forget(id);
        return native.remove_handler.call(this, id);
    },

    register(object) {
        if (object === null || typeof object !== 'object')
            throw new TypeError(`${object} can't be registered: it is not an object`);
        if (!(object instanceof Headstock.Module) && !object.handlers && !HOOKS.some(hook => isHook(object, hook)))
            throw new TypeError(`The object can't be registered: it has no handlers, and none of ${HOOKS.join(', ')}`);
        const state = getState(this);
        const isNative = isNativeModule(object);
        if (findAgent(this, object) !== 0)
            return;
        if (object instanceof Headstock.Module && !isNative)
            warnOfHooks(object);
        if (!isNative || object.handlers) {
            const number = ++state.last;
            const agent = new Agent();
            const record = {object, agent, handlers: checkHandlers(object.handlers), ids: []};
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

    elements(name, namespace = null, options = {}) {
        return new Arrivals(this, name, namespace, options);
    },

    runAsync() {
        return new Promise((resolve, reject) => {
            let interrupt = addSignal(GLib.PRIORITY_DEFAULT, SIGINT, () => {
                interrupt = 0;
                this.stop();
                return GLib.SOURCE_REMOVE;
            });
            const id = native.connect.call(this, 'terminated', (client, error) => {
                client.disconnect(id);
                if (interrupt !== 0)
                    GLib.source_remove(interrupt);
                running.delete(client);
                if (error)
                    reject(error);
                else
                    resolve();
            });
            running.add(this);
            this.start();
        });
    },
};

// A stanza that is shown through a signal is a view like any other.
function connecting(name) {
    return function (signal, call) {
        const counting = STANZA_SIGNAL.test(signal) ? function (client, element) {
            countView(element);
            return call.call(this, client, element);
        } : call;
        return native[name].call(this, signal, counting);
    };
}

// The elements that a handler is given, for `for await`: from now on, until the client has terminated or the loop is left.
class Arrivals {
    constructor(client, name, namespace, options) {
        this.client = client;
        this.come = [];
        this.waiting = [];
        this.ended = false;
        this.error = null;
        const once = (makeFlags(options) & Headstock.HandlerFlags.ONCE) !== 0;
        this.handler = client.add_handler(name, namespace, options, (_client, element) => {
            this.come.push(element);
            if (once)
                this.end();
            this.serve();
        });
        this.terminated = native.connect.call(client, 'terminated', (_client, error) => {
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
}

// The pages that a query describes, for `for await`; without one, those of the account's whole archive.
async function* readPages(query = null, last = null) {
    let page = await this.fetch_async(query ?? Headstock.ArchiveQuery.new(null), last);
    while (page !== null) {
        yield page;
        page = await this.fetch_next_async(page, last);
    }
}

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
    if (signal && !isSignal(signal))
        throw new TypeError(`${name}() takes an AbortSignal, or what has its functions, as its signal`);
    return all.pop();
}

function fillArguments(name, all, places, options) {
    const cancellable = options.cancellable ?? null;
    while (all.length < places - 1)
        all.push(null);
    if (cancellable)
        all[places - 2] = cancellable;
    const timeout = TIMEOUT_PLACES[name];
    if (timeout !== undefined)
        all[timeout] = options.timeout ?? all[timeout] ?? -1;
    return all;
}

// What stands for a signal in C, and what is to be done at the end.
function followSignal(signal) {
    const cancellable = new Gio.Cancellable();
    const abort = () => cancellable.cancel();
    signal.addEventListener('abort', abort);
    return {cancellable, release: () => signal.removeEventListener?.('abort', abort)};
}

function callAsync(self, name, start, all, places) {
    return new Promise((resolve, reject) => {
        const options = takeOptions(name, all);
        const {signal} = options;
        const makeReason = error => signal?.aborted ? signal.reason ?? error : error;
        if (signal?.aborted) {
            reject(makeReason(new GLib.Error(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED, 'The operation was cancelled')));
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
                reject(makeReason(error));
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
        if (all.length >= places)
            return start.apply(this, all);
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

function addPromises() {
    for (const name of Object.keys(Headstock)) {
        const prototype = Headstock[name]?.prototype;
        if (!(prototype instanceof GObject.Object))
            continue;
        for (const key of Object.getOwnPropertyNames(prototype)) {
            if (key.endsWith('_async') && typeof prototype[key.replace(/_async$/, '_finish')] === 'function')
                promising(prototype, key);
        }
    }
}

// Makes a property take an address in either form.
function convertProperty(prototype, name, convert) {
    const {get, set} = Object.getOwnPropertyDescriptor(prototype, name.replaceAll('-', '_'));
    const camel = name.replace(/-(.)/g, (_all, letter) => letter.toUpperCase());
    for (const key of new Set([name, name.replaceAll('-', '_'), camel])) {
        Object.defineProperty(prototype, key, {
            get,
            set(value) {
                set.call(this, convert.call(this, value));
            },
            configurable: true,
            enumerable: true,
        });
    }
}

function convertConstructor(Class, converts) {
    const construct = Class.prototype._init;
    Class.prototype._init = function (properties = {}, ...more) {
        const converted = {...properties};
        for (const [name, convert] of Object.entries(converts)) {
            if (name in converted)
                converted[name] = convert.call(this, converted[name]);
        }
        return construct.call(this, converted, ...more);
    };
}

// Makes a function of C take an address at a place in either form.
function convertArgument(owner, name, place, convert) {
    const call = owner[name];
    owner[name] = function (...all) {
        all[place] = convert.call(this, all[place]);
        return call.apply(this, all);
    };
}

function overrideAddresses() {
    Headstock.Jid.prototype.toString = function () {
        return this.to_string();
    };
    // A string that is no address is equal to none, as in Python.
    const {equal} = Headstock.Jid.prototype;
    Headstock.Jid.prototype.equals = function (other) {
        if (typeof other === 'string') {
            try {
                other = Headstock.Jid.new(other);
            } catch (error) {
                return false;
            }
        }
        return other instanceof Headstock.Jid && equal.call(this, other);
    };
    Headstock.Jid.prototype.equal = Headstock.Jid.prototype.equals;
    convertArgument(Headstock.Jid.prototype, 'compare', 0, toJid);

    const {Stanza, Client} = Headstock;
    const jids = {to: toAddress, to_jid: toJid, toJid, 'to-jid': toJid, from_jid: toJid, fromJid: toJid,
        'from-jid': toJid};
    convertProperty(Stanza.prototype, 'to', toAddress);
    convertProperty(Stanza.prototype, 'to-jid', toJid);
    convertProperty(Stanza.prototype, 'from-jid', toJid);
    convertProperty(Client.prototype, 'jid', toJid);
    convertConstructor(Stanza, jids);
    convertConstructor(Client, {jid: toJid});
    convertArgument(Stanza.prototype, 'set_to_jid', 0, toJid);
    convertArgument(Stanza.prototype, 'set_from_jid', 0, toJid);
    convertArgument(Headstock.Message.prototype, 'dup_stanza_id', 0, toJid);
    convertArgument(Headstock.Message, 'new', 1, toAddress);
    convertArgument(Headstock.Message, 'new_chat', 0, toAddress);
    convertArgument(Headstock.Iq, 'new', 1, toAddress);
    convertArgument(Client, 'new', 0, toAddress);
    convertArgument(Client, 'new_for_jid', 0, toJid);
    convertArgument(Headstock.Component, 'new', 0, toAddress);
}

function _init() {
    Headstock = this;
    const {Client, Element, Module} = Headstock;

    checkStrings();
    overrideTypes();
    overrideAddresses();
    Element.prototype.toString = function () {
        return this.to_string();
    };
    Element.prototype[Symbol.iterator] = function () {
        return this.get_children()[Symbol.iterator]();
    };

    Headstock.Archive.prototype.pages = readPages;
    Headstock.ArchivePage.prototype[Symbol.iterator] = function () {
        return this.list_deliveries()[Symbol.iterator]();
    };

    native.describe = Headstock.Described.prototype.describe;
    for (const hook of HOOKS)
        native[`module_${hook}`] = Module.prototype[hook];
    for (const name of Object.keys(clientMethods)) {
        native[name] = Client.prototype[name];
        Client.prototype[name] = clientMethods[name];
    }
    addPromises();
    Agent = defineAgent();
}

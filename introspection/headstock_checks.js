// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What JavaScript gives to Headstock's functions and properties: strings, addresses, and words that stanzas know.
// Headstock.js loads this file.

const {GObject} = imports.gi;

// What stanzas may say (RFC 6120, 8.2.3; RFC 6121, 4.7 and 5.2.2).
var TYPES = {
    Message: ['normal', 'chat', 'groupchat', 'headline', 'error'],
    Presence: ['available', 'unavailable', 'subscribe', 'subscribed', 'unsubscribe', 'unsubscribed', 'probe', 'error'],
    Iq: ['get', 'set', 'result', 'error'],
};
const SHOWS = ['away', 'chat', 'dnd', 'xa'];
const NO_TEXT = /[\0\p{Surrogate}]/u;

// What checks a property's value, and takes it in another form, too, by the name of its type.
const CONVERTERS = {
    HsJid: value => toJid(checkText(value)),
    gchararray: takeString,
    GStrv: value => toAddresses(checkText(value)),
};
// The names of the properties that are addresses, and that a program may set.
const jidNames = new Set();
// The names of the properties that are numbers, and by type how GObject calls it and what it can hold.
const numberNames = new Set();
const KINDS = {gint: ['int', -(2 ** 31), 2 ** 31 - 1], guint: ['uint', 0, 2 ** 32 - 1], gint64: ['int64', -(2 ** 53), 2 ** 53],
    guint64: ['uint64', 0, 2 ** 53], gdouble: ['double', -Number.MAX_VALUE, Number.MAX_VALUE]};

let Headstock;

// Has all that C has by now check what it is given.
function checkAll(namespace) {
    Headstock = namespace;
    checkStrings();
    overrideTypes();
    overrideAddresses();
}

// Makes checkText(), which refuses a string that C would not get as it is, alone or in a list.  All that it needs is its own:
// what an override has outside of functions takes long to look up (headstock_calls.js says why).
function makeCheck(isArray, noText) {
    return function check(value) {
        if (isArray(value))
            value.forEach(check);
        else if (typeof value === 'string' && noText.test(value))
            throw new TypeError('A string for Headstock has a NUL character or half of a surrogate pair, which XMPP does not allow');
        return value;
    };
}
var checkText = makeCheck(Array.isArray, NO_TEXT);

// The same for what is to be a string, or an address.
function takeString(value) {
    return typeof value === 'string' && !NO_TEXT.test(value) ? value : toAddress(checkText(value));
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
    const {Jid} = Headstock;
    const [check, isArray, convert, callAgain] = [checkText, Array.isArray, toAddresses, callWithAddresses];
    const checked = function (...all) {
        all.forEach(check);
        if (all.some(isArray))
            all = all.map(convert);
        if (all.some(one => typeof one === 'object' && one instanceof Jid))
            return callAgain(call, this, all);
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
        const convert = CONVERTERS[type.name];
        if (owner.name !== Class.$gtype.name || (flags & GObject.ParamFlags.WRITABLE) === 0)
            continue;
        if (isNumber(type)) {
            numberNames.add(name);
            checkNumbers(Class, name);
        }
        if (!convert)
            continue;
        convertProperty(prototype, name, convert);
        if (type.name === 'HsJid')
            jidNames.add(name);
    }
    if (Object.getPrototypeOf(Class) !== GObject.Object)
        return;
    const construct = prototype._init;
    prototype._init = function (properties = {}, ...more) {
        const converted = {};
        for (const name in properties)
            converted[name] = convertValue(this, name, properties[name]);
        // C would complain, whatever a room without an address is asked to do.
        if (Class === Headstock.Room)
            throw new TypeError('A Room is made by Muc.add_room() or Muc.join_async(), which take its address');
        return construct.call(this, converted, ...more);
    };
    prototype.set_property = function (name, value) {
        GObject.Object.prototype.set_property.call(this, name, convertValue(this, name, value));
    };
}

function isNumber(type) {
    return type.name in KINDS || GObject.type_is_a(type, GObject.TYPE_ENUM) || GObject.type_is_a(type, GObject.TYPE_FLAGS);
}

// Gives a number, and refuses what the property does not take: JavaScript makes a number of anything, and of most things 0, and
// GObject has but a warning for one that is too large, and leaves the property as it was.
function checkNumber(spec, given) {
    const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
    if (typeof value !== 'number' || !Number.isFinite(value))
        throw new TypeError(`The property ${spec.name} is a number, not ${typeof given === 'string' ? `'${given}'` : given}`);
    const taken = findNearest(spec, value);
    if (taken !== Math.trunc(value) && taken !== value)
        throw new RangeError(`The property ${spec.name} takes no ${given}; the nearest number that it takes is ${taken}`);
    return value;
}

// What GObject makes of a number.  GJS itself refuses what an enumeration has not.
function findNearest(spec, value) {
    const [kind, least, most] = KINDS[spec.value_type.name] ?? [];
    if (!kind)
        return value;
    const made = new GObject.Value();
    made.init(spec.value_type);
    made[`set_${kind}`](Math.min(Math.max(value, least), most));
    GObject.param_value_validate(spec, made);
    return made[`get_${kind}`]();
}

// Has a property and the function that sets it check numbers.
function checkNumbers(Class, name) {
    const {prototype} = Class;
    const spec = Class.find_property(name);
    const setter = `set_${name.replaceAll('-', '_')}`;
    convertProperty(prototype, name, value => checkNumber(spec, value));
    if (Object.hasOwn(prototype, setter))
        convertArgument(prototype, setter, 0, value => checkNumber(spec, value));
}

// What a property of an object is to be.  Its type is looked up only where the value may be an address in the other form.
function convertValue(object, name, value) {
    checkText(value);
    const dashed = name.replaceAll('_', '-').replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
    if (numberNames.has(dashed)) {
        const spec = object.constructor.find_property(dashed);
        return spec && isNumber(spec.value_type) ? checkNumber(spec, value) : value;
    }
    if (typeof value === 'string' ? !jidNames.has(dashed) : !(value instanceof Headstock.Jid || Array.isArray(value)))
        return value;
    const convert = CONVERTERS[object.constructor.find_property(dashed)?.value_type.name];
    return convert ? convert(value) : value;
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

// C would complain of what it does not know, and leave the stanza what it was.
function overrideTypes() {
    const {Stanza, Message, Presence, Iq, Client} = Headstock;
    const types = {stanza_type: checkType, stanzaType: checkType, 'stanza-type': checkType};
    convertProperty(Stanza.prototype, 'stanza-type', checkType);
    convertProperty(Presence.prototype, 'show', checkShow);
    convertConstructor(Stanza, types);
    convertConstructor(Presence, {show: checkShow});
    convertSetProperty(Stanza, {'stanza-type': checkType});
    convertSetProperty(Presence, {show: checkShow});
    convertArgument(Stanza.prototype, 'set_stanza_type', 0, checkType);
    convertArgument(Presence.prototype, 'set_show', 0, checkShow);
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

function toAddress(address) {
    return address instanceof Headstock.Jid ? address.to_string() : address;
}

function toAddresses(addresses) {
    return Array.isArray(addresses) ? addresses.map(toAddress) : addresses;
}

function toJid(address) {
    return typeof address === 'string' ? Headstock.Jid.new(address) : address;
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
    // Everything else that a program reads is a property, too.
    for (const name of ['bare', 'local', 'domain', 'resource'])
        Object.defineProperty(Headstock.Jid.prototype, name, {get: Headstock.Jid.prototype[`get_${name}`], configurable: true});

    const {Stanza, Client} = Headstock;
    convertArgument(Stanza.prototype, 'set_to_jid', 0, toJid);
    convertArgument(Stanza.prototype, 'set_from_jid', 0, toJid);
    convertArgument(Headstock.Upload.prototype, 'set_service', 0, toJid);
    convertArgument(Headstock.Message.prototype, 'dup_stanza_id', 0, toJid);
    convertArgument(Headstock.Message, 'new', 1, toAddress);
    convertArgument(Headstock.Message, 'new_chat', 0, toAddress);
    convertArgument(Headstock.Iq, 'new', 1, toAddress);
    convertArgument(Client, 'new', 0, toAddress);
    convertArgument(Client, 'new_for_jid', 0, toJid);
    convertArgument(Headstock.Component, 'new', 0, toAddress);
}

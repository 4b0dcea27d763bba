#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes TypeScript's definitions of one of the libraries, as GJS and the override Headstock.js show it.

    make-typescript.py GIR OUTPUT

What C has comes from the GIR, what the override adds or changes from OVERRIDES and PRELUDE below.
"""

import re
import sys

import gir_file
from gir_file import CORE, GLIB, get_type_name, is_address, is_hidden

NUMBERS = {"gint", "guint", "gint8", "guint8", "gint16", "guint16", "gint32", "guint32", "gint64", "guint64",
           "gsize", "gssize", "glong", "gulong", "gdouble", "gfloat", "GLib.Quark"}
TYPES = {"utf8": "string", "filename": "string", "gboolean": "boolean", "none": "void", "gpointer": "any",
         "GType": "GObject.GType", "GObject.Object": "GObject.Object", "Gio.ListModel": "List"}
KEYWORDS = {"function", "in", "with", "new", "default", "class", "delete", "var", "this", "arguments"}

PRELUDE = """\
/** An address: what is given as one is parsed, and compared as RFC 7622 says. */
type Address = Jid | string;
/** A list as a property gives it, which can be iterated over. */
type List = Gio.ListModel & Iterable<any>;
/** An AbortSignal, or what works like one; GJS has none. */
interface SignalLike {
    readonly aborted: boolean;
    readonly reason?: any;
    addEventListener(type: 'abort', listener: () => void): void;
    removeEventListener?(type: 'abort', listener: () => void): void;
}
/** The last argument of an asynchronous function. */
type Cancel = Gio.Cancellable | SignalLike | {cancellable?: Gio.Cancellable | null; signal?: SignalLike | null} | null;
/** The last argument of an asynchronous function that takes a timeout, in milliseconds. */
type CancelOrTimeout = Cancel | {timeout?: number; cancellable?: Gio.Cancellable | null; signal?: SignalLike | null};
/** What a handler returns is sent. */
type Reply = Element | null | undefined | void | Promise<Element | null | undefined | void>;
/** What narrows a handler, and when it is called; all are false unless they are given. */
interface HandlerOptions {
    once?: boolean;
    forget?: boolean;
    fromAccount?: boolean;
    /** The same as fromAccount. */
    from_account?: boolean;
    nested?: boolean;
    /** Only in a stanza of this type. */
    type?: string;
    /** Only in a stanza from this address: a bare JID stands for all its resources. */
    fromJid?: Address;
    /** The same as fromJid; only one of them is given. */
    from_jid?: Address;
}
/**
 * A handler of a registered object: the name of an element, its namespace (null: any), a function, and options. For one of
 * texts there is add_text_handler(): from an option that is called text, TypeScript could not tell what the function takes.
 */
type Handler = [
    name: string,
    namespace: string | null | undefined,
    call: {call(element: Element, client: Client): Reply}['call'],
    options?: HandlerOptions | null,
];
/** What may be registered besides a Module; each function is optional. */
interface Registered {
    handlers?: Handler[];
    attached?(client: Client): void;
    negotiate?(client: Client, features: Element): boolean | void;
    prepare_presence?(client: Client, presence: Presence): void;
    ready?(client: Client): void;
    stopping?(client: Client): void;
    cleanup?(client: Client): void;
    terminated?(client: Client): void;
    detached?(client: Client): void;
    begin?(client: Client): void;
    resumed?(client: Client): void;
    lost?(client: Client): void;
    presence_sent?(client: Client, presence: Presence): void;
}
"""

# Functions that the override changes or adds, by class.
OVERRIDES = {
    "Client": {
        "add_handler": "add_handler(name: string, namespace: string | null, flags: HandlerFlags | HandlerOptions | null, "
                       "call: {call(client: Client, element: Element): Reply}['call']): number;",
        "add_handler_full": "add_handler_full(name: string, namespace: string | null, type: string | null, "
                            "from_jid: Address | null, flags: HandlerFlags | HandlerOptions | null, "
                            "call: {call(client: Client, element: Element): Reply}['call']): number;",
        "add_text_handler": "add_text_handler(name: string, namespace: string | null, type: string | null, "
                            "from_jid: Address | null, flags: HandlerFlags | HandlerOptions | null, "
                            "call: {call(client: Client, text: string | null, from: string | null): Reply}['call']): number;",
        "register_on_iq": "register_on_iq(type: string | null, id: string | null, flags: HandlerFlags | HandlerOptions | null, "
                          "call: {call(client: Client, element: Element): Reply}['call']): number;",
        "register": "register(object: Module | Registered): void;",
        "unregister": "unregister(object: object): void;",
        "request": "request(iq: Element, timeout?: number, last?: CancelOrTimeout): Promise<Iq>;\n"
                   "request(iq: Element, last?: CancelOrTimeout): Promise<Iq>;",
        "send": "send(stanza: Element, last?: Cancel): Promise<boolean>;",
        "elements": "/** The elements that arrive from now on, until the client has terminated. */\n"
                    "elements<T extends Element = Element>(name: string, namespace?: string | null, options?: HandlerOptions): "
                    "AsyncIterableIterator<T>;",
        "runAsync": "/** Starts the client, and resolves when it has terminated. */\nrunAsync(last?: Cancel): Promise<void>;",
    },
    "Archive": {
        "pages": "/** The pages that a query describes, one after another; without one, those of the account's whole archive. */\n"
                 "pages(query?: ArchiveQuery | null, last?: Cancel): AsyncGenerator<ArchivePage, void, void>;",
    },
    "ArchivePage": {
        "iterator": "[Symbol.iterator](): IterableIterator<Delivery>;",
    },
    "StanzaError": {
        **{name: f"static {name}(error: unknown): {kind} | null;" for name, kind in (
            ("get_condition", "string"), ("get_error_type", "string"), ("get_text", "string"), ("get_stanza", "Stanza"))},
    },
    "Element": {
        "toString": "toString(): string;",
        "iterator": "[Symbol.iterator](): IterableIterator<Element>;",
    },
    "Jid": {
        "toString": "toString(): string;",
        "equals": "/** Whether both are the same address. */\nequals(other: any): boolean;",
        "equal": "equal(other: Address): boolean;",
        "compare": "compare(other: Address): number;",
        "bare": "/** The address without its resource. */\nreadonly bare: Jid;",
        "local": "/** The part before the @. */\nreadonly local: string | null;",
        "domain": "/** The part between the @ and the slash. */\nreadonly domain: string;",
        "resource": "/** The part after the slash. */\nreadonly resource: string | null;",
    },
}


def camel(name):
    return re.sub(r"[-_](.)", lambda match: match.group(1).upper(), name)


class Library(gir_file.Library):
    """A namespace of the GIR, with TypeScript's names for its types."""

    def type_of(self, holder, address=False):
        """What a parameter, a return value or a property has as its type."""
        array = holder.find(CORE + "array")
        if array is not None:
            return self.type_of(array, address) + "[]" if not address else "Address[]"
        name = get_type_name(holder) or "gpointer"
        if address and name in ("utf8", "Jid"):
            return "Address"
        if name in NUMBERS or name in self.errors:
            return "number"
        return TYPES.get(name, name)

    def declare(self, parameter, optional=False):
        name = parameter.get("name")
        name = name + "_" if name in KEYWORDS else name
        kind = self.type_of(parameter, is_address(parameter))
        if parameter.get("nullable") == "1" or optional:
            kind += " | null" if kind != "any" else ""
        return f"{name}{'?' if optional else ''}: {kind}"

    def returned(self, function):
        value = function.find(CORE + "return-value")
        kind = self.type_of(value)
        return kind + " | null" if value.get("nullable") == "1" else kind


def document(node, lines):
    first = gir_file.get_summary(node, "null", "true", "false")
    if first:
        lines.append("/** " + first.replace("*/", "*\u200b/") + " */")


class Writer:
    """Writes one class, interface or record after another."""

    def __init__(self, library):
        self.library = library
        self.lines = []

    def block(self, head, body):
        self.lines += [head + " {", *("    " + line for line in body), "}"]

    def function(self, function, head, lines):
        parameters = ", ".join(self.library.declare(one) for one in self.library.parameters(function))
        document(function, lines)
        lines.append(f"{head}({parameters}): {self.library.returned(function)};")

    def asynchronous(self, owner, function, lines):
        """With a callback, as C has it, and as a promise."""
        name = function.get("name")
        finish = self.library.find_finish(owner, function)
        own = [one for one in self.library.parameters(function)
               if get_type_name(one) not in ("Gio.AsyncReadyCallback", "Gio.Cancellable")]
        timed = any(one.get("name") == "timeout_msec" for one in own)
        last = "last?: " + ("CancelOrTimeout" if timed else "Cancel")
        # Arguments may be left out at the end: what comes before one that is needed is given always.
        n_needed = max((place for place, one in enumerate(own, 1)
                        if one.get("nullable") != "1" and one.get("name") != "timeout_msec"), default=0)
        needed = [self.library.declare(one) for one in own[:n_needed]]
        every = needed + [self.library.declare(one, True) for one in own[n_needed:]]
        result = self.library.returned(finish)
        callback = f"callback: ((source: {owner.get('name')}, result: Gio.AsyncResult) => void) | null"
        full = [one.replace("?: ", ": ", 1) for one in every]
        document(function, lines)
        lines.append(f"{name}({', '.join([*full, 'cancellable: Gio.Cancellable | null', callback])}): void;")
        for one in (name, camel(name)):
            lines.append(f"{one}({', '.join([*every, last])}): Promise<{result}>;")
            if len(needed) < len(every):
                lines.append(f"{one}({', '.join([*needed, last])}): Promise<{result}>;")

    def properties(self, node, lines):
        methods = {one.get("name") for one in node.findall(CORE + "method")}
        given = []
        for prop in node.findall(CORE + "property"):
            key = prop.get("name").replace("-", "_")
            read, write = self.property_types(node, prop)
            if prop.get("writable") == "1":
                for name in dict.fromkeys((key, camel(key), f"'{prop.get('name')}'" if "-" in prop.get("name") else key)):
                    given.append(f"{name}?: {write};")
            if key in methods:
                continue
            for name in dict.fromkeys((key, camel(key))):
                document(prop, lines)
                if prop.get("readable") != "0":
                    lines.append(f"get {name}(): {read};")
                if prop.get("writable") == "1" and prop.get("construct-only") != "1":
                    lines.append(f"set {name}(value: {write});")
        return given

    def property_types(self, node, prop):
        getter = self.library.find_getter(node, prop)
        kind = self.library.type_of(prop)
        written = self.library.type_of(prop, is_address(prop))
        plain = kind in ("number", "boolean") or self.library.is_enumeration(kind)
        nullable = "" if plain else " | null"
        if getter is not None and getter.find(CORE + "return-value").get("nullable") != "1" and not plain:
            return kind, written + nullable
        return kind + nullable, written + nullable

    def signals(self, node, lines):
        """All that the class has, since what is declared here hides what a parent has."""
        signals = self.library.signals(node)
        if not signals:
            return
        for connect in ("connect", "connect_after"):
            for name, signal in sorted(signals.items()):
                self.signal(node, connect, name, signal, lines)
            lines.append(f"{connect}(signal: 'notify' | `notify::${{string}}`, "
                         f"callback: (source: this, pspec: GObject.ParamSpec) => void): number;")

    def signal(self, node, connect, name, signal, lines):
        parameters = ["source: this"]
        for one in signal.findall(f"{CORE}parameters/{CORE}parameter"):
            kind = self.library.type_of(one)
            parameters.append(f"{one.get('name')}: {kind}" + (" | null" if one.get("nullable") == "1" else ""))
        names = f"'{name}'" + (f" | `{name}::${{string}}`" if signal.get("detailed") == "1" else "")
        result = self.library.returned(signal)
        document(signal, lines)
        lines.append(f"{connect}(signal: {names}, callback: ({', '.join(parameters)}) => {result}): number;")

    def members(self, node, static):
        lines = []
        given = self.properties(node, lines)
        changed = OVERRIDES.get(node.get("name"), {})
        for text in changed.values():
            lines += text.split("\n")
        if static:
            self.statics(node, lines)
        for function in node.findall(CORE + "method"):
            if is_hidden(function) or function.get("name") in changed:
                continue
            if function.get("name").endswith("_async"):
                self.asynchronous(node, function, lines)
            else:
                self.function(function, function.get("name"), lines)
        for function in node.findall(CORE + "virtual-method"):
            self.function(function, f"vfunc_{function.get('name')}?" if not static else f"vfunc_{function.get('name')}", lines)
        self.signals(node, lines)
        return given, lines

    def statics(self, node, lines):
        for function in (*node.findall(CORE + "constructor"), *node.findall(CORE + "function")):
            if is_hidden(function):
                continue
            name = function.get("name")
            self.function(function, "static " + name, lines)
            hidden = [one for parent in list(self.library.ancestors(node))[1:]
                      for one in parent.findall(CORE + "constructor") if one.get("name") == name]
            if any(len(self.library.parameters(one)) < len(self.library.parameters(function)) for one in hidden):
                # Hides a parent's constructor, which takes fewer arguments.
                lines.append(f"static {name}(...none: never[]): {node.get('name')};")

    def klass(self, node):
        name = node.get("name")
        parent = node.get("parent")
        parent_properties = f"{parent}Properties" if parent in self.library.types else "object"
        given, lines = self.members(node, True)
        self.block(f"/** What a {name} is made with. */\nexport interface {name}Properties extends {parent_properties}".replace(
            " extends object", ""), given)
        interfaces = [one.get("name") for one in self.library.interfaces(node)]
        outer = [one.get("name") for one in node.findall(CORE + "implements") if "." in one.get("name")]
        if interfaces + outer:
            self.block(f"export interface {name} extends {', '.join(interfaces + outer)}", [])
        document(node, self.lines)
        abstract = "abstract " if node.get("abstract") == "1" else ""
        self.block(f"export {abstract}class {name} extends {parent}", [
            f"static readonly $gtype: GObject.GType<{name}>;",
            f"constructor(properties?: {name}Properties);", *lines])

    def interface(self, node):
        name = node.get("name")
        _given, lines = self.members(node, False)
        document(node, self.lines)
        self.block(f"export interface {name} extends GObject.Object", lines)
        self.lines.append(f"export const {name}: {{readonly $gtype: GObject.GType<{name}>; readonly prototype: {name}; "
                          f"new(...none: never[]): {name}}};")

    def record(self, node):
        _given, lines = self.members(node, True)
        document(node, self.lines)
        constructor = node.find(f"{CORE}constructor[@name='new']")
        parameters = ", ".join(self.library.declare(one) for one in self.library.parameters(constructor))
        self.block(f"export class {node.get('name')}", [
            f"static readonly $gtype: GObject.GType<{node.get('name')}>;", f"constructor({parameters});", *lines])

    def enumeration(self, node):
        name = node.get("name")
        lines = []
        error = name in self.library.errors
        for member in node.findall(CORE + "member"):
            document(member, lines)
            key = member.get("name").upper()
            lines.append(f"static readonly {key}: {member.get('value')};" if error else f"{key} = {member.get('value')},")
        document(node, self.lines)
        if error:
            lines.append("static quark(): number;")
            lines += OVERRIDES.get(name, {}).values()
            self.block(f"export class {name} extends GLib.Error", lines)
        else:
            self.block(f"export enum {name}", lines)

    def write_all(self):
        writers = {"class": self.klass, "interface": self.interface, "enumeration": self.enumeration, "bitfield": self.enumeration}
        for node in self.library.namespace:
            kind = node.tag.split("}")[1]
            if kind in writers:
                writers[kind](node)
            elif kind == "record" and not node.get(GLIB + "is-gtype-struct-for"):
                self.record(node)
            elif kind == "constant":
                value = node.get("value")
                text = node.find(f"{CORE}type").get("name") == "utf8"
                document(node, self.lines)
                self.lines.append(f"export const {node.get('name')}: {repr(value) if text else value};")
            elif kind == "function" and not is_hidden(node):
                self.function(node, "export function " + node.get("name"), self.lines)
        return "\n".join(self.lines)


def indent(text):
    return "\n".join("        " + line if line else line for line in text.split("\n"))


def main():
    gir, output = sys.argv[1:]
    library = Library(gir)
    version = library.namespace.get("version")
    name = library.namespace.get("name")
    # What the definitions themselves name is of the first library, which the second one imports.
    prelude = re.sub(r"^(type|interface) ", r"export \1 ", PRELUDE, flags=re.MULTILINE) if name == "Headstock" else ""
    imports = "" if name == "Headstock" else f"    import type Headstock from 'gi://Headstock?version={version}';\n"
    body = prelude + Writer(library).write_all()
    # The library may have been built without libsoup.
    if "Soup." in body:
        imports += "    import type Soup from 'gi://Soup?version=3.0';\n"
    with open(output, "w", encoding="utf-8") as file:
        file.write(f"""\
// SPDX-License-Identifier: LGPL-2.1-or-later
// Made by make-typescript.py of headstock-glib. The types of GLib, GObject, Gio and Soup are those of the packages
// @girs/glib-2.0, @girs/gobject-2.0, @girs/gio-2.0 and @girs/soup-3.0, or whatever declares their modules.

declare module 'gi://{name}?version={version}' {{
    import type GLib from 'gi://GLib?version=2.0';
    import type GObject from 'gi://GObject?version=2.0';
    import type Gio from 'gi://Gio?version=2.0';
{imports}
    namespace {name} {{
{indent(body)}
    }}

    export default {name};
}}

declare module 'gi://{name}' {{
    import {name} from 'gi://{name}?version={version}';
    export default {name};
}}
""")


if __name__ == "__main__":
    main()

// SPDX-License-Identifier: LGPL-2.1-or-later
// The few types of GLib, GObject, Gio and Soup that the definitions and the example name; a program has them from the packages @girs/….

declare module 'gi://GLib?version=2.0' {
    namespace GLib {
        class Error {
            constructor(domain: number, code: number, message: string);
            domain: number;
            code: number;
            message: string;
            matches(domain: any, code: number): boolean;
        }
        class DateTime {
            format(format: string): string | null;
        }
        class Variant {}
        class Bytes {}
    }
    export default GLib;
}

declare module 'gi://GObject?version=2.0' {
    namespace GObject {
        interface GType<T = unknown> {
            readonly name: string;
            readonly type?: T;
        }
        class ParamSpec {
            readonly name: string;
        }
        class Object {
            constructor(properties?: object, ...more: any[]);
            connect(signal: string, callback: (...all: any[]) => any): number;
            connect_after(signal: string, callback: (...all: any[]) => any): number;
            disconnect(id: number): void;
        }
    }
    export default GObject;
}

declare module 'gi://Gio?version=2.0' {
    import type GObject from 'gi://GObject?version=2.0';
    namespace Gio {
        class Cancellable extends GObject.Object {
            cancel(): void;
        }
        interface AsyncResult {}
        interface ListModel extends GObject.Object {
            get_n_items(): number;
        }
        interface File {}
        interface InputStream {}
        interface ProxyResolver {}
        class TlsCertificate extends GObject.Object {}
        class TlsDatabase extends GObject.Object {}
        enum TlsCertificateFlags {}
        enum TlsProtocolVersion {}
    }
    export default Gio;
}

declare module 'gi://Soup?version=3.0' {
    import type GObject from 'gi://GObject?version=2.0';
    namespace Soup {
        class Session extends GObject.Object {}
    }
    export default Soup;
}

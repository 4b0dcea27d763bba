// SPDX-License-Identifier: LGPL-2.1-or-later

// What programs in Vala still find under its old name. Vala has no other name for an interface: this is the same one
// of C once more, and has the same methods as ClientModule, which is made from the GIR.
namespace Headstock {
    [CCode (cheader_filename = "headstock-glib/headstock.h", cname = "HsModule", lower_case_csuffix = "module", type_cname = "HsModuleInterface", type_id = "hs_module_get_type ()")]
    [Version (deprecated = true, deprecated_since = "0.2", replacement = "ClientModule")]
    public interface Module : GLib.Object {
        public virtual void attached (Headstock.Client client);
        public virtual void begin (Headstock.Client client);
        public virtual void cleanup (Headstock.Client client);
        public virtual void detached (Headstock.Client client);
        public virtual void lost (Headstock.Client client);
        public virtual bool negotiate (Headstock.Client client, Headstock.Element features);
        public virtual void prepare_presence (Headstock.Client client, Headstock.Presence presence);
        public virtual void presence_sent (Headstock.Client client, Headstock.Presence presence);
        public virtual void ready (Headstock.Client client);
        public virtual void resumed (Headstock.Client client);
        public virtual void stopping (Headstock.Client client);
        public virtual void terminated (Headstock.Client client);
    }
}

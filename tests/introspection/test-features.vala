// SPDX-License-Identifier: LGPL-2.1-or-later

// Contacts, discovery, questions, vCards and forms in Vala, on a real server.

class Dice : Object, Headstock.ClientModule, Headstock.Described {
    public override void describe (Headstock.DiscoInfo info) {
        info.add_feature ("urn:example:dice");
    }
}

class Features : Object {
    public Headstock.Client client;
    public string[] failed = {};
    Headstock.Roster roster = new Headstock.Roster ();
    Headstock.Disco disco = new Headstock.Disco ();
    Headstock.Ping ping = new Headstock.Ping ();
    Headstock.SoftwareVersion version = new Headstock.SoftwareVersion ();
    Headstock.EntityTime time = new Headstock.EntityTime ();
    Headstock.Vcards vcards = new Headstock.Vcards ();
    Headstock.LastActivity last = new Headstock.LastActivity ();

    public Features (Headstock.Client client) {
        this.client = client;
        version.name = "Vala";
        disco.add_identity ("client", "bot", "Vala", null);
        client.register (roster);
        client.register (disco);
        client.register (ping);
        client.register (version);
        client.register (time);
        client.register (last);
        client.register (vcards);
        client.register (new Dice ());
        client.ready.connect (() => run.begin ());
    }

    void check (bool good, string what) {
        if (!good)
            failed += what;
    }

    async void run () {
        try {
            yield ask_roster ();
            yield ask_disco ();
            yield ask_questions ();
            yield store_vcard ();
        } catch (Error error) {
            failed += error.message;
        }
        client.stop ();
    }

    async void ask_roster () throws Error {
        yield roster.refresh_async (null);
        check (roster.is_loaded && roster.contacts.get_item_type () == typeof (Headstock.Contact), "loaded");
        yield roster.add_async ("mercutio@example.com", "Mercutio", { "Friends" }, null);
        yield roster.refresh_async (null);
        var contact = roster.lookup ("mercutio@example.com");
        check (contact != null && contact.display_name == "Mercutio" && contact.groups[0] == "Friends", "contact");
        check (contact.subscription == Headstock.Subscription.NONE && contact.show == Headstock.Show.OFFLINE, "state");
        check ("Friends" in roster.dup_groups (), "groups");
        yield roster.remove_async (contact, null);
        roster.approval = Headstock.Approval.CONTACTS;
        check (roster.requests.get_n_items () == 0, "requests");
    }

    async void ask_disco () throws Error {
        var info = yield disco.query_async (client.bound_jid.to_string (), null, null);
        check (info.has_identity ("client", "bot") && info.has_feature ("urn:example:dice"), "described");
        check (info.has_feature ("urn:xmpp:ping") && info.dup_name () == "Vala", "own");
        check (info.dup_caps_hash ("sha-1") != null, "hash");
        check (disco.caps_versions == Headstock.CapsVersion.V1, "versions");
        var items = yield disco.query_items_async (client.jid.get_domain (), null, null);
        check (items.length >= 0, "items");
    }

    async void store_vcard () throws Error {
        var vcard = new Headstock.Vcard ();
        vcard.full_name = "Vala";
        vcard.photo = new Bytes ({ 1, 2 });
        check (yield vcards.store_async (vcard, null), "stored");
        vcard = yield vcards.fetch_async (null, null);
        check (vcard.full_name == "Vala" && vcard.email == null && vcard.photo.length == 2, "vCard");
        check (vcard.element.get_name () == "vCard", "element");
    }

    async void ask_questions () throws Error {
        var own = client.bound_jid.to_string ();
        check ((yield ping.send_async (own, null)) >= 0, "ping");
        var info = yield version.query_async (own, null);
        check (info.name == "Vala", "version");
        last.last_active = new DateTime.now_utc ().add_seconds (-100);
        check ((yield last.query_async (own, null)) >= 100, "last activity");
        var told = yield time.query_async (own, null);
        check ((told.to_unix () - new DateTime.now_utc ().to_unix ()).abs () < 60, "time");
    }
}

bool check_forms () throws Error {
    var form = new Headstock.DataForm (Headstock.DataFormKind.RESULT);
    form.add_field ("FORM_TYPE", Headstock.DataFieldType.HIDDEN, { "urn:example:form" });
    form.add_field ("a", Headstock.DataFieldType.TEXT_MULTI, { "1", "2" });
    var read = new Headstock.DataForm.from_element (form.create_element ());
    return read.get_form_type () == "urn:example:form" && read.get_field ("a").get_values ().length == 2
        && read.list_items ().length == 0;
}

bool check_folder () throws Error {
    var path = DirUtils.make_tmp ("headstock-XXXXXX");
    var folder = new Headstock.StateFolder (File.new_for_path (path));
    var loop = new MainLoop ();
    var good = false;
    folder.load_async.begin (new Headstock.Roster (), null, (source, result) => {
        try {
            good = folder.load_async.end (result);
        } catch (Error error) {
            print ("# %s\n", error.message);
        }
        loop.quit ();
    });
    loop.run ();
    DirUtils.remove (path);
    return good;
}

int main () {
    print ("1..1\n");
    try {
        var client = new Headstock.Client (Environment.get_variable ("HS_TEST_USER1"),
                                           Environment.get_variable ("HS_TEST_PASSWORD1"));
        client.host = Environment.get_variable ("HS_TEST_HOST");
        client.port = int.parse (Environment.get_variable ("HS_TEST_PORT"));
        client.tls_database = TlsFileDatabase.@new (Environment.get_variable ("HS_TEST_CA"));
        var features = new Features (client);
        client.run ();
        if (!check_forms ())
            features.failed += "forms";
        if (!check_folder ())
            features.failed += "folder";
        if (features.failed.length == 0) {
            print ("ok 1 - features in Vala\n");
            return 0;
        }
        print ("# wrong: %s\n", string.joinv (", ", features.failed));
    } catch (Error error) {
        print ("# %s\n", error.message);
    }
    print ("not ok 1 - features in Vala\n");
    return 1;
}

// SPDX-License-Identifier: LGPL-2.1-or-later

// What extensions add to messages, and the modules for blocking, rooms, archives, nodes, uploads and all of a messenger,
// as Vala sees them.

bool check_message () {
    var message = new Headstock.Message.chat ("a@b", "Great idea!");
    message.replace_id = "bad1";
    message.chat_state = Headstock.ChatState.ACTIVE;
    message.hints = Headstock.Hints.STORE | Headstock.Hints.NO_COPY;
    message.set_reply ("1", "anna@example.com/laptop", "We should bake a cake");
    message.set_reactions ("2", { "a", "b", "a" });
    string[] reply = { Headstock.NS_REPLY };
    string[] reactions = message.dup_reactions ();
    return message.dup_body_without_fallback (reply) == "Great idea!"
        && message.dup_reply_to ().to_string () == "anna@example.com/laptop"
        && reactions.length == 2 && message.reacted_id == "2" && message.replace_id == "bad1"
        && !message.is_retracted && message.is_styled && message.origin_id == null;
}

bool check_styling () {
    var spans = Headstock.styling_parse ("> *a*");
    return spans.length == 2 && spans[1].kind == Headstock.SpanKind.STRONG && spans[1].start == 2
        && spans[1].end == 5 && spans[1].depth == 1 && Headstock.styling_is_action ("/me waves");
}

bool check_displayed () {
    var displayed = new Headstock.Displayed ();
    var n = 0;
    displayed.moved.connect ((peer, archive, archive_id) => { n += archive_id.length; });
    displayed.seen_by.connect ((peer, author, id) => { n += id.length; });
    return displayed.dup_position ("juliet@example.com") == null && displayed.client == null && n == 0;
}

bool check_avatars () {
    var avatars = new Headstock.Avatars ();
    var avatar = avatars.lookup ("juliet@example.com");
    avatars.folder = File.new_for_path (Environment.get_tmp_dir ());
    avatars.max_bytes = 1000;
    return avatar == avatars.lookup ("juliet@example.com/balcony") && avatar.hash == null && avatar.bytes == null
        && avatar.media_type == null && avatar.width == 0 && !avatar.is_loading && avatars.lookup ("@") == null;
}

async bool check_blocking () {
    var blocking = new Headstock.Blocking ();
    try {
        yield blocking.block_async ({ "iago@shakespeare.example" }, null);
    } catch (Headstock.ClientError.NOT_CONNECTED error) {
        return blocking.blocked.get_n_items () == 0 && !blocking.is_blocked ("iago@shakespeare.example")
            && !blocking.is_loaded && !blocking.is_supported;
    } catch (Error error) {
        print ("# %s\n", error.message);
    }
    return false;
}

async bool check_rooms () {
    var muc = new Headstock.Muc ();
    var room = muc.add_room ("verona@rooms.example.org", "romeo");
    room.history_limit = 0;
    room.left.connect ((leave) => print ("# %s\n", leave.reason));
    room.occupant_joined.connect ((occupant) => print ("# %s\n", occupant.nick));
    try {
        yield room.join_async (null);
    } catch (Headstock.ClientError.NOT_CONNECTED error) {
        return muc.rooms.get_n_items () == 1 && muc.lookup ("verona@rooms.example.org/x") == room
            && room.state == Headstock.RoomState.OUT && room.own_occupant == null && room.auto_rejoin
            && room.features == Headstock.RoomFeature.NONE && room.occupants.get_n_items () == 0;
    } catch (Error error) {
        print ("# %s\n", error.message);
    }
    return false;
}

async bool check_nodes () {
    var pubsub = new Headstock.PubSub ();
    var options = new Headstock.NodeConfig.private ();
    options.store_value ("max_items", "max");
    pubsub.watch ("urn:example:notes");
    pubsub.event["urn:example:notes"].connect ((event) => print ("# %s\n", event.service.to_string ()));
    pubsub.unwatch ("urn:example:notes");
    try {
        string[] ids = { "1" };
        yield pubsub.query_items_async (null, "urn:example:notes", ids, 0, null);
    } catch (Error error) {
        print ("# %s\n", error.message);
    }
    try {
        var note = new Headstock.Element ("note", "urn:example:notes");
        yield pubsub.publish_async (null, "urn:example:notes", "1", note, options, null);
    } catch (Headstock.ClientError.NOT_CONNECTED error) {
        return pubsub.client == null;
    } catch (Error error) {
        print ("# %s\n", error.message);
    }
    return false;
}

async bool is_slot_refused (Headstock.Upload upload) {
    try {
        yield upload.request_slot_async ("cat.jpg", 5, null);
    } catch (Headstock.ClientError.NOT_CONNECTED error) {
        return upload.service == null && upload.max_size == 0;
    } catch (Error error) {
        print ("# %s\n", error.message);
    }
    return false;
}

async bool check_upload () {
    var upload = new Headstock.Upload ();
    upload.purpose = Headstock.UploadPurpose.PROFILE;
    if (!yield is_slot_refused (upload))
        return false;
#if LIBSOUP
    var transfer = upload.send_stream (new MemoryInputStream.from_data ("miaow".data), "cat.txt", 5, null);
    try {
        print ("# %s\n", yield transfer.wait_async ());
    } catch (Headstock.ClientError.NOT_CONNECTED error) {
        return transfer.is_done && transfer.url == null && transfer.size == 5 && transfer.progress < 1;
    } catch (Error error) {
        print ("# %s\n", error.message);
    }
    return false;
#else
    return true;
#endif
}

async bool check_bookmarks () {
    var bookmarks = new Headstock.Bookmarks ();
    var autojoin = new Headstock.Autojoin (bookmarks, new Headstock.Muc ());
    if (autojoin.bookmarks != bookmarks || autojoin.client != null)
        return false;
    var bookmark = new Headstock.Bookmark ("verona@rooms.example.org");
    bookmark.is_autojoin = true;
    bookmark.notify_when = Headstock.NotifyWhen.NEVER;
    try {
        yield bookmarks.store_async (bookmark, null);
    } catch (Headstock.ClientError.NOT_CONNECTED error) {
        return bookmarks.bookmarks.get_n_items () == 0 && !bookmarks.is_writable && !bookmarks.keeps_passwords
            && bookmarks.lookup ("verona@rooms.example.org") == null && bookmark.extensions != null
            && bookmark.jid.to_string () == "verona@rooms.example.org" && !bookmark.is_pinned;
    } catch (Error error) {
        print ("# %s\n", error.message);
    }
    return false;
}

bool is_gap (Headstock.Gap gap) {
    return gap.archive.to_string () == "romeo@example.org" && gap.reason == Headstock.GapReason.LIMIT && gap.is_open
        && gap.after_id == null && gap.before_id == "1" && gap.before_time.to_unix () == 1;
}

async bool check_history () {
    var history = new Headstock.History ();
    history.order = Headstock.HistoryOrder.NEWEST_FIRST;
    history.limit = 100;
    history.gap_found.connect ((gap) => print ("# %s\n", gap.archive.to_string ()));
    history.caught_up.connect ((archive) => print ("# %s\n", archive.to_string ()));
    history.add_archive ("verona@rooms.example.org");
    try {
        history.restore_state (Variant.parse (null, "(uint32 1, 'romeo@example.org', "
            + "@a(sbx(msx)a(sxxbb)a(u(msx)(msx)ua(sxb))uas) [('', true, 0, (just '2', 5000000), [], "
            + "[(1, (nothing, 0), (just '1', 1000000), 1, [])], 2, [])])"));
        yield history.fill_async ((Headstock.Gap) history.gaps.get_item (0), 10, null);
    } catch (Headstock.ClientError.NOT_CONNECTED error) {
        return is_gap ((Headstock.Gap) history.gaps.get_item (0)) && history.gaps.get_n_items () == 1
            && !history.is_current (null) && history.page_size == 50 && history.max_age == 0 && history.client == null
            && history.dup_state ().get_child_value (2).n_children () == 2;
    } catch (Error error) {
        print ("# %s\n", error.message);
    }
    return false;
}

async bool check_archive () {
    var archive = new Headstock.Archive ();
    var query = new Headstock.ArchiveQuery (null);
    query.with = "juliet@example.com";
    query.start = new DateTime.from_unix_utc (1);
    query.ids = { "1", "2" };
    query.is_backwards = true;
    try {
        Headstock.ArchivePage? page = yield archive.fetch_async (query, null);
        while (page != null) {
            foreach (var delivery in page.list_deliveries ())
                print ("# %s\n", ((Headstock.ChatMessage) delivery).message.to_string ());
            page = yield archive.fetch_next_async (page, null);
        }
    } catch (Headstock.ClientError.NOT_CONNECTED error) {
        return archive.client == null && query.archive == null && query.page_size == 50 && !query.is_flipped
            && query.with == "juliet@example.com" && query.start.to_unix () == 1 && query.ids.length == 2;
    } catch (Error error) {
        print ("# %s\n", error.message);
    }
    return false;
}

bool check_messenger () {
    var client = new Headstock.Client ("romeo@example.org", "secret");
    var own = new Headstock.Muc ();
    client.register (own);
    var messenger = new Headstock.Messenger (client, null);
    return messenger.muc == own && messenger.client == client && messenger.folder == null && messenger.history == null
        && messenger.roster.client == client && messenger.autojoin.muc == own && messenger.archive.client == client
        && client.find_module (typeof (Headstock.Messages)) == messenger.messages && !messenger.keeps_history;
}

async bool check_all () {
    var is_blocking_good = yield check_blocking ();
    var are_rooms_good = yield check_rooms ();
    var are_nodes_good = yield check_nodes ();
    var are_bookmarks_good = yield check_bookmarks ();
    var are_uploads_good = yield check_upload ();
    var is_history_good = yield check_history ();
    var is_archive_good = yield check_archive ();
    return is_blocking_good && are_bookmarks_good && are_rooms_good && are_uploads_good && are_nodes_good && is_history_good
        && is_archive_good && check_displayed () && check_avatars () && check_messenger ();
}

int main () {
    var loop = new MainLoop ();
    var good = check_message () && check_styling ();
    check_all.begin ((source, result) => {
        good = check_all.end (result) && good;
        loop.quit ();
    });
    print ("1..1\n");
    loop.run ();
    print ("%s 1 - messages, styles, blocking, rooms, archives, history, nodes, uploads, the messenger and what is displayed in Vala\n", good ? "ok" : "not ok");
    return good ? 0 : 1;
}

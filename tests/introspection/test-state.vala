// SPDX-License-Identifier: LGPL-2.1-or-later

// A class in Vala whose state a folder keeps.

class Counter : Object, Headstock.Stateful {
    public int count = 0;

    public override string dup_state_name () {
        return "counter";
    }

    public override Variant? dup_state () {
        return new Variant ("(usi)", 1, "user@example.org", count);
    }

    public override bool restore_state (Variant state) throws Error {
        check_state (state, "(usi)", 1, null);
        count = state.get_child_value (2).get_int32 ();
        return true;
    }
}

async bool keep (File file) throws Error {
    var folder = new Headstock.StateFolder (file);
    var counter = new Counter ();
    folder.load (counter);
    counter.count = 3;
    counter.emit_changed ();
    yield folder.flush_async (null);

    var again = new Counter ();
    new Headstock.StateFolder (file).load (again);
    return again.count == 3;
}

int main () {
    var loop = new MainLoop ();
    var good = false;
    print ("1..1\n");
    try {
        var file = File.new_for_path (DirUtils.make_tmp ("state-XXXXXX"));
        keep.begin (file, (source, result) => {
            try {
                good = keep.end (result);
                file.get_child ("counter").delete ();
                file.delete ();
            } catch (Error error) {
                print ("# %s\n", error.message);
            }
            loop.quit ();
        });
        loop.run ();
    } catch (Error error) {
        print ("# %s\n", error.message);
    }
    print ("%s 1 - a class in Vala finds its state again\n", good ? "ok" : "not ok");
    return good ? 0 : 1;
}

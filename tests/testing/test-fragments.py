#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the pieces of code in the guides that are no whole programs, with the server that is inside the test.

    test-fragments.py SOURCE BUILD CC GJS

FRAMES says what is around each piece, which is known by something in it: what it is given, and what has to be true
afterwards. A piece that is new in a guide needs a frame here. The pieces in the comments
of the library are compiled, and those in Python name only what there is. Prints TAP.
"""

import ast
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE, BUILD, CC, GJS = Path(sys.argv[1]), Path(sys.argv[2]), shlex.split(sys.argv[3]), sys.argv[4]
FENCES = {"c": "c", "python": "python", "js": "js"}
HEADS = {
    "c": """
#include <headstock-glib/headstock.h>
#include <headstock-glib-test/headstock-test.h>
""",
    "python": """
import gi
gi.require_version("Headstock", "1.0")
gi.require_version("HeadstockTest", "1.0")
from gi.repository import Gio, GLib, Headstock, HeadstockTest
def start():
    server, client = HeadstockTest.Server(), Headstock.Client(jid="user@example.org", password="secret")
    server.start(client)
    return server, client
def feed(server, body="hi", inside=""):
    server.feed(f"<message from='juliet@example.org/a' type='chat'><body>{body}</body>{inside}</message>")
""",
    "js": """
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Headstock from 'gi://Headstock?version=1.0';
import HeadstockTest from 'gi://HeadstockTest?version=1.0';
function start() {
    const [server, client] = [new HeadstockTest.Server(), new Headstock.Client({jid: 'user@example.org', password: 'x'})];
    server.start(client);
    return [server, client];
}
function check(good) {
    if (!good)
        throw new Error('it is not so');
}
function feed(server, body) {
    server.feed(`<message from='juliet@example.org/a' type='chat'><body>${body}</body></message>`);
}
""",
}
C_CLIENT = """g_autoptr (HsTestServer) server = hs_test_server_new ();
g_autoptr (HsClient) client = hs_client_new ("user@example.org", "secret");
"""
PING = "<iq type='get' id='p' from='example.org'><ping xmlns='urn:xmpp:ping'/></iq>"
FRAMES = {
    ("getting-started", "c", "g_tls_file_database_new"): ("""g_autoptr (GError) error = NULL;
g_autoptr (HsClient) client = hs_client_new ("user@example.org", "secret");
""", 'g_assert_true (error != NULL && hs_client_get_tls_database (client) == authorities);'),
    ("dispatch", "c", "contact, data"): (C_CLIENT + """guint contact_id = 0;
HsHandlerFunc contact = NULL;
gpointer data = &contact_id;
contact = count_contact;
""", """hs_test_server_answer (server, "query", HS_NS_ROSTER,
  "<query xmlns='jabber:iq:roster'><item jid='a@b'/><item jid='c@d'/></query>");
g_assert_true (hs_test_server_start (server, client, NULL));
g_assert_cmpuint (contact_id, ==, 2);"""),
    ("dispatch", "c", "discarded (HsClient"): (C_CLIENT, 'g_assert_true (hs_test_server_start (server, client, NULL));'),
    ("dispatch", "c", "ping (HsClient"): (C_CLIENT, f"""hs_client_add_handler (client, "ping", HS_NS_PING, HS_HANDLER_DEFAULT, ping, NULL, NULL);
g_assert_true (hs_test_server_start (server, client, NULL));
g_assert_true (hs_test_server_feed (server, "{PING}", NULL));
g_autoptr (HsElement) answer = hs_test_server_take_sent (server);
g_assert_cmpstr (hs_stanza_get_stanza_type (HS_STANZA (answer)), ==, "result");"""),
    ("lifecycle", "c", "state_to_text"): (C_CLIENT + """g_autoptr (GObject) label = G_OBJECT (hs_message_new ("chat", NULL));
#define g_object_bind_property_full(source, from, to, property, ...) \\
  g_object_bind_property_full (source, from, to, "body", __VA_ARGS__)
""", """g_assert_true (hs_test_server_start (server, client, NULL));
g_assert_cmpstr (hs_message_get_body (HS_MESSAGE (label)), ==, "ready");"""),
    ("stanzas", "c", "But soft!"): ("", """g_assert_true (hs_element_get_parent (receipt) == HS_ELEMENT (message));
g_assert_cmpstr (hs_stanza_get_id (HS_STANZA (message)), ==, "first");"""),
    ("stanzas", "c", "hs_element_new_tree"): ("", """g_assert_cmpstr (hs_element_get_child_text (
        hs_element_get_first_child (roster), "group", HS_NS_ROSTER), ==, "Friends");"""),
    ("stanzas", "c", "HS_NS_DISCO_INFO"): ("", 'g_assert_true (hs_iq_get_payload (iq) != NULL);'),
    ("tls-and-sign-in", "c", "token_changed_cb"): (C_CLIENT, ""),
    ("stanzas", "python", "Great idea!"): ("", """assert reply.props.body == "> We should bake a cake\\nGreat idea!"
assert reply.dup_body_without_fallback([Headstock.NS_REPLY]) == "Great idea!\""""),
    ("stanzas", "python", "styling_parse"): ("""printed = []
print = lambda *words: printed.append(words)
message = Headstock.Message.new_chat("a@b", "but *soft*")
""", 'assert ("strong", "*soft*") in printed, printed'),
    ("python-and-javascript", "python", "class Ping"): ("server, client = start()",
                                              f'server.feed("{PING}")\nassert server.take_sent()["type"] == "result"'),
    ("python-and-javascript", "python", "Juliet is gone"): ("", "assert callable(gone)"),
    ("python-and-javascript", "python", "text=True"): ("""(server, client), printed = start(), []
print = lambda *words: printed.append(words)""", """client.register(type("Texts", (), {"chat": chat})())
feed(server)
assert printed == [("juliet@example.org/a", "hi")]"""),
    ("python-and-javascript", "python", "show, window"): ("""server, client = start()
shown, window = [], object()
show = lambda client, element, window: shown.append((element.body, window))
""", 'feed(server)\nassert shown == [("hi", window)]'),
    ("python-and-javascript", "python", "ask_for_password"): ("""asked = []
ask_for_password = lambda: asked.append(True)
server, client = HeadstockTest.Server(), Headstock.Client(jid="user@example.org", password="secret")
server.refuse(HeadstockTest.Refusal.SIGN_IN, 1)
server.attach(client)
""", "assert asked"),
    ("python-and-javascript", "python", "async with client"): ("""server, printed = HeadstockTest.Server(), []
print = printed.append
query = Headstock.Element("query", Headstock.NS_VERSION)
server.answer("query", Headstock.NS_VERSION, "<query xmlns='jabber:iq:version'><name>Test</name></query>")
""", "assert printed[0].find('name').text == 'Test'"),
    ("python-and-javascript", "python", "def answered"): ("""(server, client), printed = start(), []
print = printed.append
query = Headstock.Element("query", Headstock.NS_VERSION)
server.answer("query", Headstock.NS_VERSION, "<query xmlns='jabber:iq:version'><name>Test</name></query>")
""", "server.settle()\nassert printed[0].find('name').text == 'Test'"),
    ("python-and-javascript", "python", "find_all"): ("printed = []\nprint = lambda *words: printed.append(words)",
                                              "assert printed == [('juliet@example.org', 'Juliet')]"),
    ("python-and-javascript", "python", "GLib.idle_add"): ("""server, client = start()
message = Headstock.Message.new_chat("juliet@example.org", "hi")
""", "server.settle()\nassert server.take_sent().body == 'hi'"),
    ("python-and-javascript", "python", "await client.request(iq)\nexcept"): ("""(server, client), printed = start(), []
print = lambda *words: printed.append(words)
iq = Headstock.Iq(Headstock.Element("ping", Headstock.NS_PING), stanza_type="get", to="example.org")
server.answer_error("ping", Headstock.NS_PING, Headstock.StanzaError.RESOURCE_CONSTRAINT)
""", "assert printed == [('Later, perhaps:', None)], printed"),
    # It shows what mypy refuses: it is compiled, and not called.
    ("python-and-javascript", "python", "# mypy:"): ("", "assert callable(main)"),
    ("python-and-javascript", "js", "archive.pages"): ("""const [server, client] = start();
const archive = client.ensure_module(Headstock.Archive.$gtype);
server.answer('query', 'urn:xmpp:mam:2',
    "<fin xmlns='urn:xmpp:mam:2' complete='true'><set xmlns='http://jabber.org/protocol/rsm'/></fin>");
""", "check(server.expect('query', 'urn:xmpp:mam:2') !== null);"),
    ("python-and-javascript", "js", "findVersion"): ("""const [server, client] = [new HeadstockTest.Server(), Headstock.Client.new('user@example.org', 'secret')];
const printed = [];
const print = line => void printed.push(line);
const findVersion = () => Promise.resolve('7');
server.answer('query', Headstock.NS_ROSTER, "<query xmlns='jabber:iq:roster'><item jid='a@b'/></query>");
""", """server.start(client);
server.feed("<iq type='get' id='v' from='a@b/c'><query xmlns='jabber:iq:version'/></iq>");
await null;
const answer = server.expect('iq', Headstock.NS_CLIENT);
check(answer.to_string().includes('<version>7</version>'));
check(printed.includes('a@b') && printed.some(line => line.startsWith('ready as user@example.org/')));"""),
    ("python-and-javascript", "js", "text: true"): ("""const [server, client] = start();
const printed = [], print = (...words) => {
    printed.push(words.join(' '));
};""", """feed(server, 'hi');
check(printed.length === 1 && printed[0] === 'juliet@example.org/a hi');"""),
    ("python-and-javascript", "js", "client.add_handler"): ("const [server, client] = start();", "feed(server, 'hi');"),
    ("python-and-javascript", "js", "client.elements"): ("""const [server, client] = start();
const printed = [];
const print = line => {
    printed.push(line);
    client.stop();
};
GLib.idle_add(GLib.PRIORITY_DEFAULT, () => {
    feed(server, 'hi');
    return GLib.SOURCE_REMOVE;
});
""", "check(printed.length === 1 && printed[0] === 'hi');"),
    ("python-and-javascript", "js", "closeAsync"): ("""const [server, client] = start();
const iq = Headstock.Iq.new('get', 'example.org', new Headstock.Element({name: 'ping', namespace: Headstock.NS_PING}));
const message = Headstock.Message.new_chat('anna@example.org', 'hi');
const roster = new Headstock.Roster();
client.register(roster);
server.answer('ping', Headstock.NS_PING, null);
server.answer('query', Headstock.NS_ROSTER, null);
""", "check(answer.stanza_type === 'result' && client.state === Headstock.ClientState.DISCONNECTED);"),
    ("python-and-javascript", "js", "Headstock.StanzaError.ITEM_NOT_FOUND"): ("""const [server, client] = start();
const printed = [];
const print = line => void printed.push(line);
const iq = Headstock.Iq.new('get', 'example.org', new Headstock.Element({name: 'ping', namespace: Headstock.NS_PING}));
server.answer_error('ping', Headstock.NS_PING, Headstock.StanzaError.ITEM_NOT_FOUND);
""", "check(printed[0] === 'There is none.');"),
}
# What the pieces in C call that a program has.
C_BESIDES = """
static inline HsElement *
count_contact (HsClient *client, HsElement *item, gpointer data)
{
  ++*(guint *) data;
  return NULL;
}

static inline gboolean
state_to_text (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  g_autoptr (GEnumClass) states = g_type_class_ref (HS_TYPE_CLIENT_STATE);

  g_value_set_string (to, g_enum_get_value (states, g_value_get_enum (from))->value_nick);
  return TRUE;
}

static inline void
store_in_keyring (GVariant *token)
{
}

static inline GVariant *
load_from_keyring (void)
{
  return NULL;
}
"""

# What the pieces in C in comments have: whatever a program has when it calls the function.
C_COMMENT = """
HsElement *message_cb (HsClient *client, HsElement *element, gpointer data);
HsElement *juliet_left_cb (HsClient *client, HsElement *element, gpointer data);
void retry_later (void);
void ready_cb (HsClient *client, gpointer data);
void sent_cb (GObject *source, GAsyncResult *result, gpointer data);
void answered_cb (GObject *source, GAsyncResult *result, gpointer data);
void connected_cb (GObject *source, GAsyncResult *result, gpointer data);
void closed_cb (GObject *source, GAsyncResult *result, gpointer data);
"""
C_COMMENT_FUNCTION = """
gpointer sample_{number} (HsClient *client, HsStanza *stanza, GAsyncResult *result, GMainLoop *loop, HsJid *juliet);
gpointer
sample_{number} (HsClient *client, HsStanza *stanza, GAsyncResult *result, GMainLoop *loop, HsJid *juliet)
{{
  g_autoptr (GError) error = NULL;
  {{ {text} }}
  return NULL;
}}
"""


def read_fragments():
    """The pieces of each guide that has some, by their frames; and what is wrong."""
    found, wrong, known = {}, [], dict(FRAMES)
    for guide in sorted((SOURCE / "docs").glob("*.md")):
        for language, text in re.findall(r"^```(\w+)\n(.*?)^```", guide.read_text(), re.MULTILINE | re.DOTALL):
            # Whole programs are run against a real server, and the guide to tests by a test of its own.
            is_program = re.search(r"^main \(void\)|^gi\.require_version|^import Headstock", text, re.MULTILINE)
            if language not in FENCES or is_program or guide.stem == "testing":
                continue
            keys = [key for key in known if key[:2] == (guide.stem, language) and key[2] in text]
            if len(keys) != 1:
                wrong.append(f"{guide.name}, {text.splitlines()[0]!r}: it has {len(keys)} frames in {__file__}")
            else:
                found[keys[0]] = text
                del known[keys[0]]
    return found, wrong + [f"{key}: there is no such piece" for key in known]


def make_c(key, text):
    before, after = FRAMES[key]
    lines = text.splitlines()
    last = max((number for number, line in enumerate(lines, 1) if line == "}"), default=0)
    name = re.sub(r"\W", "_", f"{key[0]}_{key[2]}")
    inside = "\n".join([before, *lines[last:], after])
    return "\n".join(lines[:last]) + f"\nstatic void {name} (void)\n{{\n{inside}\n}}\n", f"{name} ();"


def find_flags():
    """How a program in C is compiled with the library and the one for tests."""
    env = dict(os.environ, PKG_CONFIG_PATH=str(BUILD / "meson-uninstalled"))
    return subprocess.run(["pkg-config", "--cflags", "--libs", "headstock-glib-test-1.0"], env=env, check=True,
                          capture_output=True, text=True).stdout


def run_c(fragments, folder):
    functions, calls = zip(*(make_c(key, text) for key, text in fragments.items()))
    code = HEADS["c"] + C_BESIDES + "".join(functions) + f"int main (void) {{ {' '.join(calls)} return 0; }}\n"
    (folder / "fragments.c").write_text(code)
    flags = find_flags()
    if os.environ.get("HS_TEST_PRELOAD"):
        flags += " -fsanitize=address,undefined"
    command = [*CC, "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror", str(folder / "fragments.c"),
               "-o", str(folder / "fragments"), *shlex.split(flags)]
    return run(command, folder) or run([str(folder / "fragments")], folder)


def indent(text, spaces=4):
    return "\n".join(" " * spaces + line if line else "" for line in text.splitlines())


def run_python(fragments, folder):
    parts = [HEADS["python"]]
    for key, text in fragments.items():
        before, after = FRAMES[key]
        # A client that the piece makes itself is one of the server in the test.
        text = re.sub(r"^( *)(client = Headstock\.Client\(.*)$", r"\1\2\n\1server.attach(client)", text,
                      flags=re.MULTILINE)
        if re.search(r"^ *await ", text, re.MULTILINE) and "async def" not in text:
            text = f"async def whole():\n{indent(text)}\nHeadstock.run(whole())"
        name = re.sub(r"\W", "_", f"{key[0]}_{key[2]}")
        parts.append(f"def {name}():\n{indent(before)}\n{indent(text)}\n{indent(after)}\n{name}()\n")
    (folder / "fragments.py").write_text("\n".join(parts))
    return run([sys.executable, str(folder / "fragments.py")], folder)


def run_js(fragments, folder):
    parts = [HEADS["js"], "const loop = new GLib.MainLoop(null, false);\nlet failed = null;\nasync function all() {"]
    for key, text in fragments.items():
        before, after = FRAMES[key]
        parts.append(f"  await (async () => {{\n{before}\n{text}\n{after}\n  }})();")
    parts.append("}\nall().catch(error => { failed = error; }).finally(() => loop.quit());\nloop.run();\n"
                 "if (failed)\n    throw failed;")
    (folder / "fragments.js").write_text("\n".join(parts))
    return run([GJS, "-m", str(folder / "fragments.js")], folder)


def read_samples(language):
    """The pieces in the comments of the library."""
    comments = "".join(path.read_text() for path in sorted((SOURCE / "headstock-glib").rglob("*.c")))
    found = re.findall(rf"^ \* ```{language}\n(.*?)^ \* ```$", comments, re.MULTILINE | re.DOTALL)
    return [re.sub(r"^ \* ?", "", text, flags=re.MULTILINE) for text in found]


def compile_samples(samples, folder):
    functions = [C_COMMENT_FUNCTION.format(number=number, text=text) for number, text in enumerate(samples)]
    (folder / "samples.c").write_text(HEADS["c"] + C_COMMENT + "".join(functions))
    return run([*CC, "-fsyntax-only", "-Wall", "-Wno-unused", "-Werror", str(folder / "samples.c"),
                *shlex.split(find_flags())], folder)


def check_samples(samples, folder):
    """Whether each is Python, and whatever it names in Headstock is there."""
    lines = ["import gi", 'gi.require_version("Headstock", "1.0")', "from gi.repository import Headstock"]
    for text in samples:
        try:
            # A sample that awaits stands in a coroutine.
            compile(text, "sample", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        except SyntaxError as error:
            return [str(error), *text.splitlines()]
        lines += [name for name in re.findall(r"\bHeadstock\.\w+(?:\.\w+)?", text) if ".props" not in name]
    (folder / "samples.py").write_text("\n".join(lines))
    return run([sys.executable, str(folder / "samples.py")], folder)


def run(command, folder):
    """What was said of a failure, or nothing."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    said = done.stdout + done.stderr
    return said.splitlines() if done.returncode or re.search("CRITICAL|WARNING|JS ERROR", said) else []


def main():
    fragments, wrong = read_fragments()
    results = [("each piece of code has its frame", wrong)]
    with tempfile.TemporaryDirectory() as folder:
        for language, runner in (("c", run_c), ("python", run_python), ("js", run_js)):
            chosen = {key: text for key, text in fragments.items() if key[1] == language}
            results.append((f"{len(chosen)} pieces in {language}", runner(chosen, Path(folder))))
        for language, runner in (("c", compile_samples), ("python", check_samples)):
            samples = read_samples(language)
            results.append((f"{len(samples)} pieces in {language} in comments",
                            runner(samples, Path(folder)) if len(samples) > 20 else ["there are fewer than 20"]))
    print(f"1..{len(results)}")
    for number, (what, wrong) in enumerate(results, 1):
        print(f"{'not ok' if wrong else 'ok'} {number} - {what}")
        for line in wrong:
            print(f"# {line}")
    return 1 if any(wrong for _, wrong in results) else 0


if __name__ == "__main__":
    sys.exit(main())

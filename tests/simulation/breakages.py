#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Breaks the library in one way after another, and shows which invariant of the simulation notices.

    breakages.py SOURCE BUILD [--check] [NAME...]

Each breakage is compiled into a simulation of its own; sources and build stay as they are.  Prints TAP;
a breakage that nothing notices fails.  With --check it only looks whether each can be planted.
"""
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ENGINE = "headstock-glib/protocol/hs-stream-management.c"
QUEUE = "headstock-glib/protocol/hs-stanza-queue.c"
STREAM = "headstock-glib/protocol/hs-stream.c"
SASL2 = "headstock-glib/protocol/hs-stream-sasl2.c"
SIGN_IN = "headstock-glib/protocol/hs-stream-sign-in.c"
AUTHENTICATION = "headstock-glib/protocol/hs-authentication.c"
SESSION = "headstock-glib/protocol/hs-stream-session.c"
TOKEN = "headstock-glib/sasl/hs-sasl-ht.c"
PARSER = "headstock-glib/xml/hs-parser.c"
BACKOFF = "headstock-glib/protocol/hs-backoff.c"
LIVENESS = "headstock-glib/protocol/hs-liveness.c"
HISTORY_STATE = "headstock-glib/features/history/hs-history-state.c"
HISTORY_LOG = "headstock-glib/features/history/hs-history-log.c"
HISTORY_OLDEST = "headstock-glib/features/history/hs-history-run-oldest.c"
HISTORY_NEWEST = "headstock-glib/features/history/hs-history-run-newest.c"
HISTORY_RUN = "headstock-glib/features/history/hs-history-run.c"
HISTORY_KEEPER = "headstock-glib/features/history/hs-history-keeper.c"
HISTORY = (HISTORY_STATE, HISTORY_LOG, HISTORY_OLDEST, HISTORY_NEWEST, HISTORY_RUN, HISTORY_KEEPER)
# What seeds that let everything happen seldom show: the set of events that shows it, and the seed before.
DIRECTED = {
    "no gap is recorded without contact": ["--directed=contact"],
    "a live message counts as contact": ["--directed=contact"],
    "the newest entry counts as settled": ["--directed=settling"],
    "nothing is proven at the end of a run": ["--directed=contact", "--first=680"],
    "a run starts at the mark": ["--directed=clock"],
    "the mark moves to the last entry shown before the end": ["--first=8800"],
    "what an archive holds that was empty is not fetched": ["--directed=all-but-loss"],
    "the last entry of a run is not proven": ["--directed=deletion", "--first=680"],
    "a gap that is left is not taken up in the other order": ["--directed=order"],
}
SEEDS = 60000
# Where it is not the session that is broken.
PROGRAMS = {BACKOFF: "reconnect", LIVENESS: "uplink", **dict.fromkeys(HISTORY, "history")}

# What is broken, in which file, and the texts that others take the place of.
BREAKAGES = [
    ("one stanza in fifty is not counted", ENGINE,
     "  self->received += n;\n", "  self->received += n - (self->received % 50 == 49);\n"),
    ("a stanza counts before it has been shown", STREAM,
     "    self->owes_count = hs_stream_counts (self) && !kept;\n",
     "    hs_stream_count_in (self, 1);\n"),
    ("a stanza whose dispatch was broken off counts", STREAM,
     "  self->owes_count = FALSE;\n  hs_stream_give_back (self, event);\n",
     "  hs_stream_give_back (self, event);\n"),
    ("answers that nobody asked for are not counted", STREAM,
     "      hs_stream_count_in (self, hs_parser_take_dropped (self->parser));\n      if (parsed",
     "      hs_parser_take_dropped (self->parser);\n      if (parsed"),
    ("answers that nobody asked for are counted before what stood before them", PARSER,
     "  self->queue.n_dropped_popped += event->n_dropped;\n  return event;",
     "  self->queue.n_dropped_popped += event->n_dropped + self->queue.n_dropped;\n  self->queue.n_dropped = 0;\n"
     "  return event;"),
    ("numbers are compared without wrapping", ENGINE,
     "  n = h - self->acknowledged;\n",
     "  n = h > self->acknowledged ? h - self->acknowledged : 0;\n"),
    ("the queue is dropped with the connection", ENGINE,
     "      on_event (self, HS_MANAGEMENT_ON_INTERRUPT);\n      self->n_sent",
     "      on_event (self, HS_MANAGEMENT_ON_INTERRUPT);\n      hs_stanza_queue_clear (&self->queue);\n"
     "      self->n_written = 0;\n      self->n_sent"),
    ("nothing is sent again after a resumption", ENGINE,
     "  on_event (self, HS_MANAGEMENT_ON_RESUMED);\n  self->told = self->received;\n",
     "  on_event (self, HS_MANAGEMENT_ON_RESUMED);\n  self->told = self->received;\n"
     "  settle (self, self->n_written, HS_DELIVERY_ACKNOWLEDGED);\n"),
    ("what the server had is sent again in the next session", ENGINE,
     "      gboolean known = acknowledge (self, failed, self->n_written, NULL);\n",
     "      gboolean known = TRUE;\n"),
    ("what nobody knows about is sent again", ENGINE,
     "      end_session (self, known, TRUE);\n", "      end_session (self, known || TRUE, TRUE);\n"),
    ("what nobody knew about is called unreceived later", ENGINE,
     "        stanza.flags |= OUT_UNSURE;\n", "        stanza.flags |= 0;\n"),
    ("the server is told too little when resuming", ENGINE,
     "HS_NS_SM, self->received,\n              self->id);", "HS_NS_SM, self->told,\n              self->id);"),
    ("the server is told too much", ENGINE,
     "  write_text (output, \"<a xmlns='%s' h='%u'/>\", HS_NS_SM, self->received);",
     "  write_text (output, \"<a xmlns='%s' h='%u'/>\", HS_NS_SM, self->received + 1);"),
    ("the first of several acknowledged is forgotten", ENGINE,
     "      if (stanza->tag != NULL)\n        add_delivery (self, type",
     "      if (stanza->tag != NULL && (i > 0 || n == 1))\n        add_delivery (self, type"),
    ("an acknowledged stanza stays in the queue", ENGINE,
     "  hs_stanza_queue_pop (&self->queue, n);\n", "  hs_stanza_queue_pop (&self->queue, n > 1 ? n - 1 : n);\n"),
    ("what has been written is not added up", ENGINE,
     "      if (i < self->n_sent)\n        self->sent_bytes -= stanza->length;\n", ""),
    ("any number may be in flight", ENGINE, "#define WINDOW 450\n", "#define WINDOW 100000\n"),
    ("a request follows a request", ENGINE,
     "  if (self->state != HS_MANAGEMENT_ENABLED || self->asking)\n    return FALSE;\n  g_byte_array_append",
     "  if (self->state != HS_MANAGEMENT_ENABLED)\n    return FALSE;\n  g_byte_array_append"),
    ("nothing is asked for before there are a hundred", ENGINE,
     "  if (self->urgent || is_request_due (self) || now >= self->request_time)\n",
     "  if (self->n_unasked >= REQUEST_EVERY)\n"),
    ("a resumption begins with all that may be in flight", ENGINE,
     "  self->window = FIRST_WINDOW;\n", "  self->window = WINDOW;\n"),
    ("nothing is acknowledged unasked", ENGINE,
     "#define ACKNOWLEDGE_EVERY 75\n", "#define ACKNOWLEDGE_EVERY 100000\n"),
    ("what is sent again bears no date", ENGINE,
     "  if (delayed != NULL)\n", "  if (FALSE)\n"),
    ("a kept session forgets what had left", ENGINE,
     "  self->n_written = n_written;\n  return TRUE;", "  self->n_written = 0;\n  return TRUE;"),
    ("a kept session forgets what was received", ENGINE,
     "  self->received = self->told = received;\n", "  self->received = self->told = 0;\n"),
    ("what begins along with the sign-in is not known to be asked for", SASL2,
     "  if (hs_binding_has_asked_for (&self->binding, HS_INLINE_RESUME))\n"
     "    hs_stream_management_write_enable (management, unused);\n", ""),
    ("stanzas begin before the session along with the sign-in does", SASL2,
     "  hs_stream_become_ready (self, HS_STREAM_EVENT_BOUND);\n",
     "  hs_stream_change (self, HS_STREAM_ON_READY);\n"),
    ("a session that went on along with the sign-in has not", SASL2,
     "  hs_stream_on_resumed (self, resumed);\n",
     "  hs_stream_change (self, HS_STREAM_ON_READY);\n  hs_binding_set_jid (&self->binding, hs_session_get_bound_jid (self->config.session));\n"),
    ("any proof of the server's is a good one", TOKEN,
     "  if (length == sizeof proof && hs_sasl_secret_equal (data, proof, sizeof proof))\n",
     "  if (length == sizeof proof)\n"),
    ("a server need not prove that it knows the token", TOKEN,
     "  if (length == sizeof proof && hs_sasl_secret_equal",
     "  if (length == 0 || hs_sasl_secret_equal"),
    ("the server's proof may be the client's own", TOKEN,
     "  prove (self, \"Responder\", proof);\n",
     "  prove (self, \"Initiator\", proof);\n  if (length != sizeof proof || memcmp (data, proof, length) != 0)\n"
     "    prove (self, \"Responder\", proof);\n"),
    ("a token goes with the weakest mechanism that is offered", TOKEN,
     "  if (i == G_N_ELEMENTS (mechanisms) || !can_use (credentials, i))\n",
     "  if (g_strv_contains (offered, mechanisms[3].name))\n    i = 3;\n"
     "  if (i == G_N_ELEMENTS (mechanisms) || !can_use (credentials, i))\n"),
    ("a token that nobody asked for is taken", AUTHENTICATION,
     "  if (self->token_mechanism == NULL)\n    return;\n", ""),
    ("any address is the account's", SASL2,
     "  if (jid != NULL && is_identity (self, jid, full))\n", "  if (jid != NULL)\n"),
    ("a session may go on with another address", SASL2,
     "  if (hs_jid_get_resource (jid) != NULL && (bound == NULL || !hs_jid_equal (jid, bound)))\n",
     "  if (FALSE)\n"),
    ("a session may begin that nobody asked for", SASL2,
     "  if ((bound != NULL && !hs_binding_has_asked_for (&self->binding, HS_INLINE_BIND))\n"
     "      || (resumed != NULL && !resuming) || (bound != NULL && resumed != NULL))\n",
     "  if (resumed != NULL && !resuming)\n"),
    ("a session that is passed over in silence is kept", SASL2,
     "  else if (resuming)\n    hs_stream_management_lose (self->management);\n", ""),
    ("stream management that is passed over in silence is waited for", SASL2,
     "  else if (enabled == NULL)\n    hs_stream_management_lose (management);\n", ""),
    ("what is offered is not compared with what was", SIGN_IN,
     "  if (!hs_authentication_take_features (&self->authentication, features, self->features))\n", "  if (FALSE)\n"),
    ("any change of what is offered begins anew", AUTHENTICATION,
     "&& !(self->using_token && tokens != NULL && g_strv_contains", "&& !(FALSE && g_strv_contains"),
    ("nothing follows a token that is refused", SIGN_IN,
     "  if (hs_authentication_uses_token (&self->authentication))\n", "  if (FALSE)\n"),
    ("each session makes the wait short again", BACKOFF,
     "  if (lasted >= MIN (MAX (self->bound, HS_BACKOFF_SHORT), HS_BACKOFF_LASTING))\n",
     "  if (lasted > 0)\n"),
    ("no session makes the wait short again before half a minute", BACKOFF,
     "  if (lasted >= MIN (MAX (self->bound, HS_BACKOFF_SHORT), HS_BACKOFF_LASTING))\n",
     "  if (lasted >= HS_BACKOFF_LASTING)\n"),
    ("the wait does not grow", BACKOFF,
     "MIN (self->bound * 2, HS_BACKOFF_LAST)", "HS_BACKOFF_FIRST"),
    ("what leaves is no sign of life", LIVENESS,
     "      if (waits && self->watching)\n        self->pace = MAX (self->pace, view->now - self->moved);\n      self->moved = view->now;\n", ""),
    ("the time for the answer begins when the ping is queued", LIVENESS,
     "  self->ping_left = 0;\n", "  self->ping_left = view->now;\n"),
    ("what has come and is not read is no sign of life", LIVENESS,
     "  if (view->unread)\n", "  if (FALSE)\n"),
    ("what leaves is a sign of life for ever", LIVENESS,
     "  if (self->watching && view->now >= get_output_end (self, view))\n", "  if (FALSE)\n"),
    ("<enable/> is sent to whom it was not offered", SESSION,
     "  if (self->config.session != NULL && (features & HS_SESSION_FEATURE_SM) != 0)\n",
     "  if (self->config.session != NULL)\n"),
    ("<enable/> is sent again when there is a resource", SESSION,
     "    hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_ENABLING);\n",
     "    {\n      hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_ENABLING);\n"
     "      hs_stream_management_write_enable (self->management, hs_stream_get_output (self));\n    }\n"),
    ("what was enabled before there was a resource is lost", SESSION,
     "  if (self->management != NULL && !is_enable_pipelined (self))\n    hs_stream_management_lose",
     "  if (self->management != NULL)\n    hs_stream_management_lose"),
    ("what is offered after the sign-in is not compared with what was", SESSION,
     "  if (!keeps_word (self))\n", "  if (FALSE)\n"),
    ("<resume/> is sent again when the features come", SESSION,
     "  if (hs_binding_get_pipelined (&self->binding) != HS_PIPELINED_RESUME_SENT)\n"
     "    hs_stream_management_write_resume",
     "  hs_stream_management_write_resume"),
    ("a session begins before what waits for it", SESSION,
     "      || (management != NULL && hs_stream_management_get_unacknowledged (management) > 0))\n",
     "      )\n"),
    ("memory that is released is not skipped", QUEUE,
     "      g_byte_array_remove_range (self->bytes, 0, self->first_byte);\n      self->first_byte = 0;\n",
     "      g_byte_array_remove_range (self->bytes, 0, self->first_byte);\n"),
    ("a live message moves the mark", HISTORY_KEEPER,
     "  if (leg == 0)\n"
     "    note_arrival (self);\n",
     "  if (leg == 0)\n"
     "    {\n"
     "      hs_history_log_add (&self->log, &(HsHistoryChange){ .kind = HS_HISTORY_CHANGE_MARK, .a = { (char *) id, self->now } });\n"
     "      note_arrival (self);\n"
     "    }\n"),
    ("what a resumption sends again is new", HISTORY_KEEPER,
     "  if (hs_history_state_knows (&self->log.working, id))\n",
     "  if (FALSE)\n"),
    ("what was given is forgotten at the end of a run", HISTORY_STATE,
     "  if (!is_before_mark (self, given) || given->stream.data != NULL)\n"
     "    return FALSE;\n",
     "  if (given->stream.data != NULL)\n"
     "    return FALSE;\n"),
    ("no gap is recorded without contact", HISTORY_OLDEST,
     " && !found_gap (self, entry))\n"
     "    return FALSE;\n",
     ")\n"
     "    self->has_contact = TRUE;\n"),
    ("what was not confirmed is saved", HISTORY_LOG,
     "  if (g_hash_table_size (self->waiting) == 0)\n"
     "    hs_history_state_apply (&self->confirmed, change);",
     "  if (TRUE)\n"
     "    hs_history_state_apply (&self->confirmed, change);"),
    ("the limit leaves no gap", HISTORY_NEWEST,
     "      if (is_far && !self->is_fill)\n"
     "        give_reason (self, HS_GAP_REASON_LIMIT);\n",
     "      if (is_far && !self->is_fill)\n"
     "        hs_history_run_change_gap (self, HS_HISTORY_CHANGE_GAP_CLOSE, self->gap, NULL, HS_GAP_REASON_LIMIT);\n"),
    ("what an archive holds that was empty is not fetched", HISTORY_NEWEST,
     "gap->reason == HS_GAP_REASON_START && self->log->working.first_stamp != HS_HISTORY_NO_STAMP;\n",
     "gap->reason == HS_GAP_REASON_START;\n"),
    ("a gap that is left is not taken up in the other order", HISTORY_RUN,
     "  else if (!hs_history_run_newest_take_up_pending (self))\n", "  else\n"),
    ("gaps are not saved", HISTORY_STATE,
     "  for (guint i = 0; i < from->gaps->len; i++)\n",
     "  for (guint i = from->gaps->len; i < from->gaps->len; i++)\n"),
    ("a live message counts as contact", HISTORY_OLDEST,
     "    self->has_contact = TRUE;\n"
     "  if (!self->has_contact && entry",
     "    self->has_contact = TRUE;\n"
     "  if (hs_history_state_knows (state, entry->id))\n"
     "    self->has_contact = TRUE;\n"
     "  if (!self->has_contact && entry"),
    ("the newest entry counts as settled", HISTORY_OLDEST,
     "entries->len - 1])->stamp - HS_HISTORY_SLACK;\n",
     "entries->len - 1])->stamp;\n"),
    ("nothing is proven at the end of a run", HISTORY_OLDEST,
     "  if (self->last.id != NULL)\n"
     "    ask_for_end (self);\n",
     "  if (self->last.id != NULL && self->is_empty)\n"
     "    ask_for_end (self);\n"
     "  else if (self->last.id != NULL)\n"
     "    finish (self);\n"),
    # Either would do where the other one holds.
    ("a run starts at the mark", HISTORY_OLDEST,
     "self->newest_shown - HS_HISTORY_SLACK - 1)", "self->newest_shown)",
     "(HsHistoryQuestion){ .start = self->start,", "(HsHistoryQuestion){ .start = self->from.stamp,"),
    ("the mark moves to the last entry shown before the end", HISTORY_OLDEST,
     "self->newest_shown - HS_HISTORY_SLACK - 1)", "self->newest_shown)"),
    ("the last entry of a run is not proven", HISTORY_OLDEST,
     "    self->phase = HS_HISTORY_RUN_LAST;\n  else",
     "    finish (self);\n  else"),
    ("changes overtake what is not confirmed", HISTORY_LOG,
     "  while ((first = g_queue_peek_head (&self->changes)) != NULL && !first->is_delivery)\n"
     "    confirm_first (self);\n",
     "  while ((first = g_queue_peek_head (&self->changes)) != NULL)\n"
     "    confirm_first (self);\n"),
]


def compile_command(build, source):
    for entry in json.loads((build / "compile_commands.json").read_text()):
        if entry["file"].endswith(source) and "headstock-glib-private" in entry["output"]:
            return shlex.split(entry["command"])
    raise SystemExit(f"No command compiles {source}")


def libraries():
    return subprocess.run(["pkg-config", "--libs", "gio-2.0", "libxml-2.0", "libidn2", "gnutls"], check=True,
                          capture_output=True, text=True).stdout.split() + ["-lunistring", "-lm"]


def break_text(source, breakage):
    """The file with what is broken in it; None where a text to be replaced is not there once."""
    _, file, *texts = breakage
    text = (source / file).read_text()
    for old, new in zip(texts[::2], texts[1::2]):
        if text.count(old) != 1:
            return None
        text = text.replace(old, new)
    return text


def build_broken(build, folder, file, source, text):
    broken = folder / Path(file).name
    broken.write_text(text)
    command = compile_command(build, file)
    at = next(i for i, word in enumerate(command) if word.endswith(Path(file).name))
    command[at] = str(broken)
    command[command.index("-o") + 1] = str(folder / "broken.o")
    command = [word for word in command if word != "-Werror"] + [f"-I{(source / file).parent}"]
    subprocess.run(command, cwd=build, check=True, stderr=subprocess.DEVNULL)
    name = PROGRAMS.get(file, "simulate")
    program = folder / name
    # What the build has instrumented wants its libraries.
    options = [word for word in command if word == "--coverage" or word.startswith("-fsanitize=")]
    objects = sorted(map(str, (build / "tests/simulation").glob(f"{name}.p/*.o")))
    subprocess.run(["cc", *options, "-fno-lto", "-o", str(program), str(folder / "broken.o"), *objects,
                    str(build / "headstock-glib/libheadstock-glib-private.a"), *libraries()],
                   check=True)
    return program


def run_broken(program, what):
    arguments = [f"--seeds={SEEDS}", "--jobs=2"] if program.name == "simulate" else []
    if program.name == "history":
        arguments = ["--seeds=20000", *DIRECTED.get(what, [])]
    try:
        result = subprocess.run([str(program), *arguments], capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        return "it does not come to an end"
    if result.returncode == 0:
        return None
    match = re.search(r"seed (\d+), step \d+: ([^:]+): (.*)", result.stdout)
    if match:
        return f"{match[2]} (seed {match[1]}: {match[3]})"
    if program.name != "simulate":
        said = [line for line in result.stdout.splitlines() if not line.startswith(" ")]
        return ": ".join(said[-2:])
    lines = result.stderr.strip().splitlines()
    return "an assertion: " + (lines[-1] if lines else str(result.returncode))


def main():
    # Nothing here has a deadline, while other tests do.
    os.nice(5)
    source, build = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    checks_only = "--check" in sys.argv[3:]
    names = [name for name in sys.argv[3:] if name != "--check"]
    chosen = [b for b in BREAKAGES if not names or any(name in b[0] for name in names)]
    failed = False
    print(f"1..{len(chosen)}", flush=True)
    for number, breakage in enumerate(chosen, 1):
        what, file = breakage[:2]
        text = break_text(source, breakage)
        if text is None or checks_only:
            good, said = text is not None, f"it can be planted in {file}"
            said = said if good else f"what it replaces is not to be found once in {file}"
        else:
            with tempfile.TemporaryDirectory() as folder:
                noticed = run_broken(build_broken(build, Path(folder), file, source, text), what)
            good, said = noticed is not None, noticed or "nothing noticed it"
        failed |= not good
        print(f"{'' if good else 'not '}ok {number} {what}")
        print(f"# {said}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())

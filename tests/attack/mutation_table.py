# SPDX-License-Identifier: LGPL-2.1-or-later
"""The defences of the library, how each is taken out, and the test that then fails.

Each row: a name; what is in the code, once; what it becomes; the program that fails; its
arguments.  White space does not count.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    name: str
    old: str
    new: str
    target: str
    arguments: tuple[str, ...] = ()


def attack(name: str, old: str, new: str, pattern: str) -> Mutation:
    """One that an attack, or several, succeed without."""
    return Mutation(name, old, new, "tests/attack/attack", (pattern,))


def unit(name: str, old: str, new: str, program: str, path: str = "") -> Mutation:
    return Mutation(name, old, new, f"tests/unit/test-{program}", ("-p", path) if path else ())


def client(name: str, old: str, new: str, program: str, path: str = "") -> Mutation:
    return Mutation(name, old, new, f"tests/integration/test-client-{program}",
                    ("-p", path) if path else ())


MUTATIONS = [
    # ---- The way to a secure connection ----
    attack("TLS is required",
           "if (!self->secure && self->config.tls_mode != HS_TLS_MODE_NONE)",
           "if (!self->secure && self->config.tls_mode != HS_TLS_MODE_NONE && offers_tls)",
           "starttls/stripped"),
    attack("nothing after <proceed/> is taken",
           "if (priv->input_length > 0) { g_autoptr (GError) error"
           " = g_error_new_literal (HS_ERROR, HS_ERROR_INJECTED_DATA,",
           "if (FALSE) { g_autoptr (GError) error"
           " = g_error_new_literal (HS_ERROR, HS_ERROR_INJECTED_DATA,",
           "injection/stanza"),
    attack("the certificate is for the domain, not the host",
           "self->trusted = errors == G_TLS_CERTIFICATE_NO_FLAGS;",
           "self->trusted = (errors & ~G_TLS_CERTIFICATE_BAD_IDENTITY) == 0;",
           "certificate/for the SRV target"),
    attack("certificates expire",
           "self->trusted = errors == G_TLS_CERTIFICATE_NO_FLAGS;",
           "self->trusted = (errors & ~G_TLS_CERTIFICATE_EXPIRED) == 0;",
           "certificate/expired"),
    attack("certificates are not valid before their time",
           "self->trusted = errors == G_TLS_CERTIFICATE_NO_FLAGS;",
           "self->trusted = (errors & ~G_TLS_CERTIFICATE_NOT_ACTIVATED) == 0;",
           "certificate/not yet"),
    attack("certificates are an authority's",
           "self->trusted = errors == G_TLS_CERTIFICATE_NO_FLAGS;",
           "self->trusted = (errors & ~G_TLS_CERTIFICATE_UNKNOWN_CA) == 0;",
           "certificate/unknown"),
    unit("a pinned certificate is that very one",
         "self->trusted = g_tls_certificate_is_same (certificate, self->pinned);",
         "self->trusted = TRUE;", "tls", "/tls/pinned"),
    unit("nobody hears who is calling before TLS",
         "if (self->secure && hs_jid_get_local (self->config.jid) != NULL)",
         "if (hs_jid_get_local (self->config.jid) != NULL)", "stream", "/stream/session"),
    unit("writes are not held back (TCP_NODELAY)",
         "g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);", ";",
         "connector"),
    unit("a domain that says it has no service is not tried",
         "if (targets == NULL) { self->connector->targets = g_ptr_array_new ();"
         " attempt_fail (self, g_steal_pointer (&error)); return; }",
         "if (targets == NULL) targets"
         " = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_srv_target_free);",
         "connector"),
    # ---- Sign-in ----
    attack("PLAIN never without TLS",
           "return REFUSAL_NOT_ENCRYPTED; }", "return REFUSAL_NONE; }",
           "downgrade/PLAIN without TLS"),
    attack("PLAIN never to a server that was not verified",
           "if (credentials->encrypted)"
           " return credentials->trusted ? REFUSAL_NONE : REFUSAL_NOT_TRUSTED;",
           "if (credentials->encrypted) return REFUSAL_NONE;",
           "downgrade/PLAIN, accepted"),
    attack("PLAIN never after SCRAM has worked",
           "if (credentials->password_proved) return REFUSAL_PROVED;", "",
           "downgrade/PLAIN"),
    unit("EXTERNAL only with a certificate",
         "return credentials->encrypted && credentials->has_certificate ? REFUSAL_NONE"
         " : REFUSAL_NO_CERTIFICATE;",
         "return REFUSAL_NONE;", "sasl"),
    unit("ANONYMOUS only without a localpart",
         "return is_given (credentials->username) ? REFUSAL_HAS_USERNAME : REFUSAL_NONE;",
         "return REFUSAL_NONE;", "sasl"),
    unit("\"y\" is never said where -PLUS was seen",
         "if (g_str_has_suffix (offered[i], \"-PLUS\")) return HS_SASL_BINDING_NONE;", ";",
         "sasl-scram", "/sasl-scram/gs2-flag"),
    attack("SCRAM: the nonce begins with ours",
           "if (!g_str_has_prefix (nonce, client_nonce))", "if (FALSE)", "scram/foreign nonce"),
    attack("SCRAM: the nonce has a part of the server's",
           "if (strlen (nonce) == strlen (client_nonce))", "if (FALSE)", "scram/short nonce"),
    attack("SCRAM: the signature is compared",
           "if (signature_length == self->hash_length && hs_sasl_secret_equal (signature,"
           " self->server_signature, self->hash_length))",
           "if (TRUE)", "scram/wrong v="),
    attack("SCRAM: success without a signature is none",
           "if (self->state == STATE_VERIFIED && length == 0) return TRUE;",
           "if (length == 0) return TRUE;", "scram/no v="),
    attack("SCRAM: at least 4,096 iterations",
           "if (number < min_iterations)", "if (FALSE)", "scram/1 iteration"),
    attack("SCRAM: at most a million iterations",
           "#define HS_SASL_SCRAM_MAX_ITERATIONS 1000000",
           "#define HS_SASL_SCRAM_MAX_ITERATIONS 4000000000", "scram/2^31"),
    unit("SCRAM: messages have a limit",
         "length > HS_SASL_SCRAM_MAX_MESSAGE", "FALSE", "sasl-scram-attacks"),
    unit("SCRAM: the salt has a limit",
         "if (self->salt_length > HS_SASL_SCRAM_MAX_SALT)", "if (FALSE)", "sasl-scram",
         "/sasl-scram/salt-length"),
    attack("SCRAM: extensions that must be understood end it",
           "if (attributes[i][0] == 'm')", "if (FALSE)", "scram/extension"),
    unit("base64 is exactly what an encoder writes",
         "if (!is_canonical (text)) return NULL;", "", "sasl", "/sasl/base64"),
    unit("passwords are prepared with SASLprep",
         "self->username = hs_sasl_scram_escape (username);"
         " self->password = hs_sasl_prepare_password (credentials, error);",
         "self->username = hs_sasl_scram_escape (username);"
         " self->password = g_strdup (credentials->password);", "sasl-scram"),
    client("a refused sign-in is not tried again",
           "{ hs_sasl_error_quark, ANY, VERDICT_NEVER },", "{ hs_sasl_error_quark, ANY, VERDICT_AGAIN },",
           "retry"),
    # ---- XML ----
    attack("DTDs are errors at once",
           "if (rest[1] == '!' && strncmp (rest, cdata, MIN (length, strlen (cdata))) != 0)",
           "if (FALSE)", "size/endless comment"),
    attack("comments are errors",
           "hs_parser_fail (data, HS_XML_ERROR_RESTRICTED,"
           " \"A comment, which XMPP forbids\");", "",
           "restricted/comment in a stanza"),
    unit("processing instructions are errors at once",
         "else if (rest[1] == '?' && !self->prolog)", "else if (FALSE)",
         "parser-bad", "/parser-bad/restricted-at-once"),
    attack("nesting has a limit",
           "if (self->depth > self->max_depth + HS_HEADER_DEPTH)", "if (FALSE)",
           "size/a million deep"),
    unit("stanzas have a limit",
         "if (G_UNLIKELY (size > self->max_stanza_size + 2048))", "if (FALSE)",
         "parser-limits", "/parser/limits/stanza-size/text"),
    attack("tags have a limit",
           "if (self->held->len > self->max_stanza_size)", "if (FALSE)",
           "size/endless name"),
    attack("attributes have a number",
           "if (self->tag.n_values > MAX_ATTRIBUTES)", "if (FALSE)", "size/endless attributes"),
    attack("the header has a limit",
           "if (get_rest (self, &rest) + self->held->len > MAX_HEADER)", "if (FALSE)",
           "size/endless header"),
    attack("references have an end",
           "if (!hs_bytes_may_be_reference (rest, length))", "if (FALSE)",
           "size/endless reference"),
    unit("UTF-8 is checked, also where libxml2 does not",
         "gsize valid = hs_bytes_valid_utf8 (bytes, length);", "gsize valid = length;",
         "parser-bad", "/parser-bad/utf8"),
    unit("the end of a section is an error in text, however it is split",
         "return n < length && bytes[n] == '>' && self->n_brackets + n >= 2;", "return FALSE;",
         "parser-bad", "/parser-bad/end-of-section"),
    attack("names that a peer invents are forgotten",
           "#define MAX_NAMES (64 * 1024)", "#define MAX_NAMES (1024 * 1024 * 1024)",
           "flood/100,000 new names"),
    unit("characters may be split anywhere",
         "gsize whole = hs_bytes_whole_characters ((const char *) held->data, held->len);",
         "gsize whole = held->len;", "parser", "/parser/split"),
    unit("text takes linear time",
         "self->capacity = MAX (need, self->capacity + self->capacity / 2);",
         "self->capacity = need; { char *copy = g_memdup2 (self->text, self->length);"
         " for (gsize i = 0; i < self->length; i++) self->text[i] = copy[i]; g_free (copy); }",
         "parser-limits", "/parser/linear/text-by-100"),
    # ---- Who said it ----
    attack("attributes in a namespace are others",
           "hs_namespace_equal ((*attribute)->namespace_, namespace_)", "TRUE",
           "forged/answers of strangers"),
    attack("answers come from whom was asked",
           "return is_jid (jid, request->to_jid);", "return TRUE;", "forged/answers of strangers"),
    attack("the server's answers come from the account",
           "return is_jid (jid, self->own.bare) || is_jid (jid, self->own.full) ||"
           " is_jid (jid, self->own.domain);",
           "return TRUE;", "forged/answers of the server"),
    attack("a missing sender is the account's server only",
           "return request->to_account && !self->own.strict;", "return TRUE;",
           "forged/answers of strangers"),
    attack("answers that nobody asked for are dropped at once",
           "if (request == NULL) return FALSE; hs_iq_tracker_hold (self->tracker, request);"
           " return TRUE;",
           "if (request == NULL) return TRUE; hs_iq_tracker_hold (self->tracker, request);"
           " return TRUE;",
           "size/100 MB"),
    attack("what is forgotten of an answer was asked for",
           "hs_iq_tracker_match (self->tracker, top) == NULL) return FALSE;",
           "FALSE) return FALSE;", "forged/answers of strangers"),
    attack("handlers of the account's see nothing of strangers",
           "return (handler->flags & HS_HANDLER_FROM_ACCOUNT) == 0 ||"
           " from_account (self, stanza);",
           "return TRUE;", "forged/roster"),
    attack("an address that is none is a stranger's",
           "return jid != NULL && (hs_jid_equal (jid, priv->bound_bare) ||"
           " hs_jid_equal (jid, priv->bound_jid));",
           "return jid == NULL || hs_jid_equal (jid, priv->bound_bare) ||"
           " hs_jid_equal (jid, priv->bound_jid);",
           "forged/carbons"),
    attack("pushes from the full JID are the account's",
           "return jid != NULL && (hs_jid_equal (jid, priv->bound_bare) ||"
           " hs_jid_equal (jid, priv->bound_jid));",
           "return jid != NULL && hs_jid_equal (jid, priv->bound_bare);",
           "forged/roster"),
    attack("stanzas inside stanzas are hidden",
           "hidden = hs_node_get_kind (node) != HS_STANZA_KIND_NONE;", "hidden = FALSE;",
           "forged/stanzas in stanzas"),
    # ---- Answers ----
    client("each question has an answer",
           "if (!handled && !open->answered && !open->deferred) answer_by_default (self, open);",
           "", "replies"),
    client("no question has two",
           "if (open->answered) return FALSE; open->answered = TRUE;", "open->answered = TRUE;",
           "replies"),
    client("a handler that is called once is removed before",
           "if ((handler->flags & HS_HANDLER_ONCE) != 0)"
           " hs_handlers_remove (self->handlers, handler->id);",
           "", "dispatch"),
    client("a handler that was removed is not called",
           "if (handler->removed) return FALSE;", "", "dispatch"),
    # ---- Time and memory ----
    attack("each stage has its time",
           "hs_client_set_deadline (self, HS_DEADLINE_STAGE, priv->connect_timeout);"
           " hs_transport_start_reading",
           "hs_transport_start_reading", "silent/no header"),
    client("the system ends what takes nothing any more",
           "hs_connector_result_set_user_timeout (target, priv->connect_timeout);", ";", "deadlines",
           "/client/deadlines/user-timeout"),
    attack("what is not read is not asked for",
           "#define MAX_QUEUED (1024 * 1024)", "#define MAX_QUEUED (1024 * 1024 * 1024)",
           "flood/1,000,000 questions"),
    client("a turn of the main loop is short",
           "#define HS_TURN_USEC 1500", "#define HS_TURN_USEC 1500000", "flood", "/client/flood/turns-of-slow-handlers"),
    client("what each session brings along is no progress",
           "if (type == HS_FATE_ACKNOWLEDGED && (stanza->flags & HS_OUT_OWN) == 0)",
           "if (type == HS_FATE_ACKNOWLEDGED)", "retry", "/client/retry/progress"),
    client("what the program has sent is progress",
           "hs_backoff_reset (&priv->backoff); }", "}", "retry", "/client/retry/progress"),
    # ---- What leaves ----
    client("the sender is the account",
           "\"The stanza's 'from' is neither the account's bare JID nor its bound full JID\");",
           "\"\") || TRUE;", "send"),
    client("stanzas are no larger than the server takes",
           "if (max == 0 || length <= max) return TRUE;", "return TRUE;", "send"),
    unit("ids are of 128 random bits",
         "memset (bytes, 0, ID_BYTES);", "pool.left += ID_BYTES;", "random"),
    attack("the log has no secrets",
           "return is_in (secret_elements, G_N_ELEMENTS (secret_elements), tag + 1, length)"
           " || is_secret_field (tag, length);",
           "return FALSE;", "silent/no success"),
    unit("our own word is sent before the end",
         "if (self->header_sent && self->state != HS_STREAM_STATE_HANDSHAKE) {"
         " hs_stream_write (self, \"<stream:error>",
         "if (FALSE) { hs_stream_write (self, \"<stream:error>", "stream", "/stream/bad"),

    # ---- Signing in: bound, by token, and before it is asked for ----
    unit("SASL2 has no types of binding without mechanisms",
         "if (!offers && credentials->announced != NULL) return refuse",
         "if (FALSE) return refuse",
         "sasl-binding", "/sasl-binding/choice/types-alone-sasl2"),
    unit("SASL2 has no binding mechanisms without types",
         "if (offers && credentials->announced == NULL) return refuse",
         "if (FALSE) return refuse",
         "sasl-binding", "/sasl-binding/choice/plus-alone-sasl2"),
    unit("the server is told that nothing was announced only where that is so",
         "else if (!offers && credentials->announced == NULL) credentials->binding",
         "else if (!offers) credentials->binding",
         "sasl-binding", "/sasl-binding/choice/types-alone"),
    unit("binding that is required is there",
         "return credentials->channel_binding == HS_CHANNEL_BINDING_REQUIRE;",
         "return FALSE;",
         "sasl-binding", "/sasl-binding/choice/required-nothing"),
    unit("what is hashed of the server's lists is compared",
         "self->lists_match = first->lists_hash_length == self->hash_length"
         " && memcmp (first->lists_hash, hash, self->hash_length) == 0;",
         "self->lists_match = TRUE;",
         "sasl-binding", "/sasl-binding/proof/types-changed"),
    unit("a list with no type of ours has to be proved",
         "if (!self->lists_must_match) return TRUE;",
         "return TRUE;",
         "sasl-binding", "/sasl-binding/proof/absent-and-needed"),
    unit("the server proves that it knows the token",
         "if (length == sizeof proof && hs_sasl_secret_equal (data, proof, sizeof proof))"
         " return TRUE;",
         "return TRUE;",
         "sasl-token", "/sasl-token/exchange"),
    unit("a token has one mechanism",
         "|| !g_strv_contains (offered, credentials->token_mechanism)) return NULL;",
         ") return NULL;",
         "sasl-token", "/sasl-token/bound-to-mechanism"),
    unit("a token that is not bound is for who is trusted",
         "return credentials->trusted"
         " && credentials->channel_binding != HS_CHANNEL_BINDING_REQUIRE;",
         "return TRUE;",
         "sasl-token", "/sasl-token/bound-to-mechanism"),
    client("a token is its account's",
           "|| g_strcmp0 (account, credentials->account) != 0", "",
           "sign-in", "/client-sign-in/token/not-ours"),
    client("a token is its user agent's",
           "|| g_strcmp0 (id, priv->user_agent_id) != 0", "",
           "sign-in", "/client-sign-in/token/not-ours"),
    client("a token that has expired is not shown",
           "if (end != NULL && g_date_time_compare (end, now) <= 0) return;", "",
           "sign-in", "/client-sign-in/token/not-ours"),
    unit("an access token is for who is trusted",
         "if (!credentials->encrypted) return REFUSAL_NOT_ENCRYPTED;"
         " return credentials->trusted ? REFUSAL_NONE : REFUSAL_NOT_TRUSTED;",
         "return REFUSAL_NONE;",
         "sasl-token", "/sasl-token/oauth/not-shown"),
    unit("a client is signed in to its own account",
         "if (full && hs_jid_get_resource (jid) == NULL) return FALSE;",
         "return TRUE;", "stream-sasl2", "/stream-sasl2/identity-other-user"),
    unit("a session is resumed with its own address",
         "if (hs_jid_get_resource (jid) != NULL"
         " && !hs_jid_equal (jid, self->config.session_jid))",
         "if (FALSE)",
         "stream-sasl2", "/stream-sasl2/resumed-other"),
    unit("no session begins that was not asked for",
         "if ((bound != NULL && !self->bind2) || (resumed != NULL && !self->resume_asked)"
         " || (bound != NULL && resumed != NULL))",
         "if (FALSE)",
         "stream-sasl2", "/stream-sasl2/bound-not-asked"),
    unit("a new hash is sent only where nobody reads along",
         "if (used < 0 || hs_sasl_mechanism_get_binding_type (self->mechanism) == NULL) return;",
         "if (used < 0) return;",
         "stream-sasl2", "/stream-sasl2/upgrade/unbound"),
    unit("SASL2 is for whom the header named",
         "if (!self->secure || self->renamed || new == NULL)",
         "if (!self->secure || new == NULL)",
         "stream-sasl2", "/stream-sasl2/renamed"),
    unit("what is remembered is compared",
         "if (!same) { hs_stream_close (self);",
         "if (FALSE) { hs_stream_close (self);",
         "stream-early", "/stream-early/one-more"),
    unit("a password is not shown by what is remembered",
         "|| !is_safe_early (hs_sasl_mechanism_get_name (self->mechanism)))",
         ")",
         "stream-early", "/stream-early/password-not-shown"),
    client("what has changed is forgotten",
           "else if (follow (self) || hs_client_forget_offer (self, copy))",
           "else if (follow (self))",
           "sign-in", "/client-sign-in/changed"),
]

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-retry-policy.h"

#include <gio/gio.h>
#include <string.h>

#include "hs-error.h"

/* The client follows so many redirects of the server one after another. */
#define MAX_REDIRECTS 5
/* After so many equal failures in a row at the same point, the client waits the longest time before it retries. */
#define MAX_SAME 2
/* The same limit for an element that is larger than max-stanza-size. This count goes on when the session makes
 * progress between the failures: a server sends a roster that is too large again in each session. */
#define MAX_TOO_LARGE 5
/* A session that lasted so many milliseconds resets the counts of equal failures, however it ended. */
#define WORTH_HAVING HS_BACKOFF_LAST
/* The longest wait while a session can be resumed and the server answers. */
#define MAX_RESUMING (10 * 1000)
/* A connection that resumed the session, sent stanzas again, and had none of them acknowledged. If the server had
 * time to answer, it has most likely lost its place in the stream (Prosody, where the connection before was cut inside
 * a stanza), and will not answer over the next connection either, whatever it sends. One that was cut sooner says much
 * less, and nothing at all if something arrived. */
#define FRUITLESS 4
#define FRUITLESS_CUT 1
#define MAX_FRUITLESS (2 * FRUITLESS)
/* The longest quotation of a peer's text in a message, in bytes. */
#define MAX_QUOTED 100

typedef enum
{
  VERDICT_AGAIN,          /* a lost network, or a server that says that it will be back */
  VERDICT_ONCE_MORE,      /* where it happens in the same way again, slowly */
  VERDICT_SLOWLY,         /* every five minutes, and when the network changes */
  VERDICT_NEVER,          /* it will not change by itself */
  VERDICT_NEVER_A_CLIENT, /* a component's own old connection may still stand */
  VERDICT_ONCE_MORE_A_CLIENT, /* a server that is starting does not know its components yet */
} Verdict;

#define ANY (-1)

/* The first row that matches an error counts; an error without a row is VERDICT_ONCE_MORE. Before the first `ready`
 * of a run each target is tried once even so, unless the error is permanent. docs/lifecycle.md has this table in
 * words. */
static const struct
{
  GQuark (*domain) (void);
  int code;
  Verdict verdict;
} table[] = {
  { hs_sasl_error_quark, HS_SASL_ERROR_TEMPORARY_AUTH_FAILURE, VERDICT_ONCE_MORE },
  { hs_sasl_error_quark, ANY, VERDICT_NEVER },
  { hs_stream_error_quark, HS_STREAM_ERROR_CONFLICT, VERDICT_NEVER_A_CLIENT },
  { hs_stream_error_quark, HS_STREAM_ERROR_HOST_UNKNOWN, VERDICT_ONCE_MORE_A_CLIENT },
  { hs_stream_error_quark, HS_STREAM_ERROR_NOT_AUTHORIZED, VERDICT_NEVER },
  { hs_stream_error_quark, HS_STREAM_ERROR_CONNECTION_TIMEOUT, VERDICT_AGAIN },
  { hs_stream_error_quark, HS_STREAM_ERROR_RESET, VERDICT_AGAIN },
  { hs_stream_error_quark, HS_STREAM_ERROR_SYSTEM_SHUTDOWN, VERDICT_AGAIN },
  { hs_error_quark, HS_ERROR_INVALID_JID, VERDICT_NEVER },
  { hs_error_quark, HS_ERROR_NO_MECHANISM, VERDICT_NEVER },
  { hs_error_quark, HS_ERROR_NO_CREDENTIALS, VERDICT_NEVER },
  { hs_error_quark, HS_ERROR_CONNECTION_LOST, VERDICT_AGAIN },
  { hs_error_quark, HS_ERROR_TIMED_OUT, VERDICT_AGAIN },
  /* A captive portal, or a clock that is wrong. */
  { g_tls_error_quark, G_TLS_ERROR_BAD_CERTIFICATE, VERDICT_SLOWLY },
  { g_tls_error_quark, G_TLS_ERROR_CERTIFICATE_REQUIRED, VERDICT_ONCE_MORE },
  { g_tls_error_quark, G_TLS_ERROR_HANDSHAKE, VERDICT_ONCE_MORE },
  /* A connection that is cut during the handshake has several of the others. */
  { g_tls_error_quark, ANY, VERDICT_AGAIN },
  { g_io_error_quark, ANY, VERDICT_AGAIN },
  { g_resolver_error_quark, ANY, VERDICT_AGAIN },
};

static const guint8 next_stages[HS_N_RETRY_STAGES][HS_N_RETRY_EVENTS] = {
  /*                            BOUND                RESUMED                  FAILED */
  [HS_RETRY_STAGE_FIRST]   = { HS_RETRY_STAGE_NEW, HS_RETRY_STAGE_RESUMED, HS_RETRY_STAGE_FIRST },
  [HS_RETRY_STAGE_NEW]     = { HS_RETRY_STAGE_NEW, HS_RETRY_STAGE_RESUMED, HS_RETRY_STAGE_NEW },
  [HS_RETRY_STAGE_RESUMED] = { HS_RETRY_STAGE_NEW, HS_RETRY_STAGE_RESUMED, HS_RETRY_STAGE_CARRIED },
  [HS_RETRY_STAGE_CARRIED] = { HS_RETRY_STAGE_NEW, HS_RETRY_STAGE_RESUMED, HS_RETRY_STAGE_CARRIED },
};

static const guint8 next_locations[HS_N_LOCATION_STATES][HS_N_LOCATION_EVENTS] = {
  /*                         SESSION              CHOSEN              UNREADABLE          FAILED */
  [HS_LOCATION_UNTRIED] = { HS_LOCATION_UNTRIED, HS_LOCATION_TRYING, HS_LOCATION_TRIED, HS_LOCATION_UNTRIED },
  [HS_LOCATION_TRYING]  = { HS_LOCATION_UNTRIED, HS_LOCATION_TRYING, HS_LOCATION_TRIED, HS_LOCATION_TRIED },
  [HS_LOCATION_TRIED]   = { HS_LOCATION_UNTRIED, HS_LOCATION_TRIED,  HS_LOCATION_TRIED, HS_LOCATION_TRIED },
};

HsRetryStage
hs_retry_stage_get_next (HsRetryStage stage, HsRetryEvent event)
{
  return next_stages[stage][event];
}

const char *
hs_retry_stage_describe (HsRetryStage stage)
{
  static const char *const names[HS_N_RETRY_STAGES] = { "first", "new", "resumed", "carried" };

  return names[stage];
}

HsLocationState
hs_location_get_next (HsLocationState state, HsLocationEvent event)
{
  return next_locations[state][event];
}

static void
on_event (HsRetryPolicy *self, HsRetryEvent event)
{
  self->stage = hs_retry_stage_get_next (self->stage, event);
  if (event != HS_RETRY_ON_FAILED)
    self->location = hs_location_get_next (self->location, HS_LOCATION_ON_SESSION);
}

static void
on_location (HsRetryPolicy *self, HsLocationEvent event)
{
  self->location = hs_location_get_next (self->location, event);
}

static guint
random_up_to (guint bound)
{
  return g_random_int_range (0, bound + 1);
}

void
hs_retry_policy_init (HsRetryPolicy *self)
{
  *self = (HsRetryPolicy){ .random = random_up_to };
}

static void
forget_target (HsRetryPolicy *self)
{
  g_clear_pointer (&self->host, g_free);
  self->port = 0;
}

void
hs_retry_policy_clear (HsRetryPolicy *self)
{
  forget_target (self);
  g_clear_pointer (&self->note, g_free);
}

void
hs_retry_policy_set_random (HsRetryPolicy *self, guint (*random) (guint bound))
{
  self->random = random;
}

void
hs_retry_policy_begin (HsRetryPolicy *self)
{
  guint (*random) (guint bound) = self->random;

  hs_retry_policy_clear (self);
  *self = (HsRetryPolicy){ .random = random };
}

void
hs_retry_policy_progress (HsRetryPolicy *self)
{
  hs_backoff_reset (&self->backoff);
  self->n_same = 0;
}

void
hs_retry_policy_bound (HsRetryPolicy *self)
{
  on_event (self, HS_RETRY_ON_BOUND);
  self->acknowledged = self->received = 0;
  self->fruitless = 0;
}

/* Called when a session was resumed. A count of stanzas that has moved since the last resumption is progress, and
 * resets the backoff: the server does serve this session. That it reads what it is sent shows in one count only. */
void
hs_retry_policy_resumed (HsRetryPolicy *self, guint32 acknowledged, guint32 received)
{
  on_event (self, HS_RETRY_ON_RESUMED);
  if (acknowledged != self->acknowledged || received != self->received)
    hs_retry_policy_progress (self);
  if (acknowledged != self->acknowledged)
    self->fruitless = 0;
  self->acknowledged = acknowledged;
  self->received = received;
}

/* ---- Where to ---- */

static gboolean
is_host (const char *host)
{
  g_autofree char *ascii = NULL;

  if (*host == '\0' || strlen (host) > 255)
    return FALSE;
  ascii = g_hostname_to_ascii (host);
  for (const char *c = ascii; c != NULL && *c != '\0'; c++)
    {
      if (!g_ascii_isalnum (*c) && strchr ("-._", *c) == NULL)
        return FALSE;
    }
  return ascii != NULL && ascii[0] != '.' && ascii[0] != '\0';
}

static gboolean
is_ipv6 (const char *host)
{
  return strchr (host, ':') != NULL && g_hostname_is_ip_address (host);
}

static gboolean
parse_port (const char *text, guint16 *port)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &value, NULL))
    return FALSE;
  *port = value;
  return TRUE;
}

gboolean
hs_retry_policy_parse_target (const char *text, char **host, guint16 *port)
{
  g_autofree char *copy = g_strstrip (g_strdup (text));
  char *name = copy;
  char *end;
  char after;

  *port = 0;
  if (*copy == '[')
    {
      name++;
      end = strchr (name, ']');
      if (end == NULL || (end[1] != '\0' && end[1] != ':'))
        return FALSE;
      *end++ = '\0';
    }
  else
    end = is_ipv6 (copy) ? copy + strlen (copy) : copy + strcspn (copy, ":");
  after = *end;
  *end = '\0';
  if (name == copy ? !is_host (name) && !is_ipv6 (name) : !is_ipv6 (name))
    return FALSE;
  if (after != '\0' && !parse_port (end + 1, port))
    return FALSE;
  *host = g_strdup (name);
  return TRUE;
}

gboolean
hs_retry_policy_take_target (HsRetryPolicy *self, char **host, guint16 *port)
{
  if (self->host == NULL)
    return FALSE;
  g_free (*host);
  *host = g_steal_pointer (&self->host);
  if (self->port != 0)
    *port = self->port;
  self->port = 0;
  return TRUE;
}

char *
hs_retry_policy_take_note (HsRetryPolicy *self)
{
  return g_steal_pointer (&self->note);
}

static void G_GNUC_PRINTF (2, 3)
take_note (HsRetryPolicy *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_free (self->note);
  self->note = g_strdup_vprintf (format, args);
  va_end (args);
}

/* Plain ASCII, whatever the peer wrote. */
static void
note_unreadable (HsRetryPolicy *self, const char *text, const char *what)
{
  g_autofree char *start = g_strndup (text, MAX_QUOTED);
  g_autofree char *quoted = g_strescape (start, NULL);

  take_note (self, "%s, \"%s%s\", is not a host with a port", what, quoted,
             strlen (text) > MAX_QUOTED ? "..." : "");
}

/* RFC 6120, 4.9.3.19. Where it cannot be read, the domain's own servers are asked once more, at once. */
static gboolean
follow (HsRetryPolicy *self, const HsRetryFailure *failure)
{
  /* Servers may send us on from sessions that they have begun, too. */
  if (failure->lasted >= HS_BACKOFF_LASTING)
    self->n_redirects = 0;
  if (failure->other_host == NULL)
    return FALSE;
  forget_target (self);
  if (!hs_retry_policy_parse_target (failure->other_host, &self->host, &self->port))
    {
      note_unreadable (self, failure->other_host, "the host that it names");
      if (self->n_redirects >= MAX_REDIRECTS)
        return FALSE;
      self->n_redirects = MAX_REDIRECTS;
      return TRUE;
    }
  if (self->n_redirects < MAX_REDIRECTS)
    {
      self->n_redirects++;
      return TRUE;
    }
  forget_target (self);
  return FALSE;
}

/* XEP-0198, 5: where the server wants the session to be resumed, if only once. */
static void
prefer_location (HsRetryPolicy *self, const HsRetrySession *session)
{
  if (session->location == NULL || self->location != HS_LOCATION_UNTRIED)
    return;
  forget_target (self);
  if (hs_retry_policy_parse_target (session->location, &self->host, &self->port))
    {
      on_location (self, HS_LOCATION_ON_CHOSEN);
      return;
    }
  on_location (self, HS_LOCATION_ON_UNREADABLE);
  if (self->note == NULL)
    note_unreadable (self, session->location, "the place where it wants the session to be resumed");
}

/* ---- Whether, and when ---- */

static Verdict
judge (const HsRetryFailure *failure)
{
  Verdict verdict = VERDICT_ONCE_MORE;

  if (failure->error == NULL)
    return VERDICT_AGAIN;
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      if (failure->error->domain == table[i].domain ()
          && (table[i].code == ANY || table[i].code == failure->error->code))
        {
          verdict = table[i].verdict;
          break;
        }
    }
  if (verdict == VERDICT_NEVER_A_CLIENT)
    verdict = failure->component ? VERDICT_AGAIN : VERDICT_NEVER;
  if (verdict == VERDICT_ONCE_MORE_A_CLIENT)
    verdict = failure->component ? VERDICT_AGAIN : VERDICT_ONCE_MORE;
  /* Before TLS is verified, anybody on the network can have sent the error. */
  if (verdict == VERDICT_NEVER && !failure->verified
      && !g_error_matches (failure->error, HS_ERROR, HS_ERROR_INVALID_JID))
    verdict = VERDICT_ONCE_MORE;
  return verdict;
}

/* Counts equal failures in a row. Returns whether there were so many that the client waits the longest time. */
static gboolean
note_same (HsRetryPolicy *self, const HsRetryFailure *failure, Verdict verdict)
{
  if (failure->lasted >= WORTH_HAVING)
    self->n_same = self->n_met = 0;
  /* A network that is lost in between is not counted, and is no progress either. */
  if (verdict == VERDICT_AGAIN)
    return FALSE;
  if (self->domain != failure->error->domain || self->code != failure->error->code
      || self->point != failure->point)
    self->n_same = self->n_met = 0;
  self->n_same++;
  self->n_met++;
  self->domain = failure->error->domain;
  self->code = failure->error->code;
  self->point = failure->point;
  return self->n_same >= MAX_SAME
         || (self->n_met >= MAX_TOO_LARGE
             && g_error_matches (failure->error, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE));
}

gboolean
hs_retry_policy_is_permanent (const HsRetryFailure *failure)
{
  return failure->refused || judge (failure) == VERDICT_NEVER;
}

/* Notes whether the server has acknowledged something on a connection that resumed the session. */
static void
note_fruitless (HsRetryPolicy *self, const HsRetryFailure *failure)
{
  if (self->stage == HS_RETRY_STAGE_RESUMED)
    {
      if (!failure->in_flight || failure->acknowledged != self->acknowledged)
        self->fruitless = 0;
      else if (failure->unanswered)
        self->fruitless += FRUITLESS;
      else if (failure->received == self->received)
        self->fruitless += FRUITLESS_CUT;
    }
  on_event (self, HS_RETRY_ON_FAILED);
}

gboolean
hs_retry_policy_gives_up_session (const HsRetryPolicy *self)
{
  return self->fruitless >= MAX_FRUITLESS;
}

HsRetryAction
hs_retry_policy_failed (HsRetryPolicy *self, const HsRetryFailure *failure)
{
  Verdict verdict = judge (failure);
  gboolean never = failure->refused || verdict == VERDICT_NEVER;
  gboolean at_location
      = self->location == HS_LOCATION_TRYING && failure->point < HS_CLIENT_STATE_READY;
  gboolean follows = follow (self, failure);

  self->lasted = failure->lasted;
  note_fruitless (self, failure);
  if (!follows)
    forget_target (self);
  /* Another address may do better, and if this one was the session's location, so is that. */
  if (!follows && failure->has_more && !never
      && (failure->error == NULL || failure->error->domain != HS_STANZA_ERROR))
    return HS_RETRY_NEXT_TARGET;
  on_location (self, HS_LOCATION_ON_FAILED);
  if (follows)
    return HS_RETRY_TO;
  if (!failure->returning || never)
    return HS_RETRY_NEVER;
  if (at_location)
    return HS_RETRY_TO;
  self->pace = note_same (self, failure, verdict) ? HS_RETRY_PACE_SAME : HS_RETRY_PACE_BACKOFF;
  if (verdict == VERDICT_SLOWLY)
    self->pace = HS_RETRY_PACE_SLOWLY;
  if (hs_retry_policy_gives_up_session (self) && self->note == NULL)
    take_note (self, "the server resumes the session and acknowledges nothing that is sent again, so the next "
                     "connection begins a new session");
  return HS_RETRY_AGAIN;
}

/* Returns the longest wait that does not lose a session which can be resumed. It is half of the time that is left,
 * so that the other half is there to connect, and for another attempt. */
static guint
get_longest (const HsRetrySession *session)
{
  if (!session->resumable || session->left < 0)
    return HS_BACKOFF_LAST;
  return MIN (session->left / 2, HS_BACKOFF_LAST);
}

static void
note_same_again (HsRetryPolicy *self, guint wait)
{
  g_autofree char *before = g_steal_pointer (&self->note);

  take_note (self,
             "%s%sthis has happened %u times in a row at the same point, so the next attempt follows in %u "
             "seconds",
             before != NULL ? before : "", before != NULL ? "; " : "",
             self->n_same >= MAX_SAME ? self->n_same : self->n_met, wait / 1000);
}

guint
hs_retry_policy_wait (HsRetryPolicy *self, const HsRetrySession *session)
{
  guint longest = get_longest (session);
  guint bound = hs_backoff_next (&self->backoff, self->lasted);
  /* The server may refuse to read one of the stanzas in flight. If the session was given up for that, begin a new one
   * soon, but only once. */
  gboolean differs = self->stage >= HS_RETRY_STAGE_RESUMED && session->given_up && self->n_same == MAX_SAME;
  gboolean same = self->pace == HS_RETRY_PACE_SAME && !differs;

  self->n_redirects = 0;
  self->lasted = 0;
  prefer_location (self, session);
  if (same)
    note_same_again (self, longest);
  if (same || self->pace == HS_RETRY_PACE_SLOWLY)
    return longest;
  if (session->resumable && session->answered)
    longest = MIN (longest, MAX_RESUMING);
  return self->random (MIN (bound, longest));
}

guint
hs_retry_policy_wait_for_network (HsRetryPolicy *self)
{
  return self->random (HS_BACKOFF_FIRST);
}

gboolean
hs_retry_policy_has_stood (const HsRetryPolicy *self)
{
  return self->stage != HS_RETRY_STAGE_FIRST;
}

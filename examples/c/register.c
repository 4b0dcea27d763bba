/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Makes an account on a server, and signs in with it.
 *
 *   register [--host=HOST] [--port=PORT] [--ca=FILE] JID|DOMAIN|URI
 *
 * With a DOMAIN the server's form asks for the name as well.  A URI is an invitation:
 * "xmpp:example.com?register;preauth=TOKEN".  Whatever else the server wants to know is asked on the
 * terminal; a password is not shown while it is typed.
 *
 * Where the DNS does not know the server, or its certificate was signed by an authority that the
 * system does not know, --host, --port and --ca (a file of certificates in PEM format) say more; or,
 * in the environment, HEADSTOCK_HOST, HEADSTOCK_PORT and HEADSTOCK_CA.
 *
 * Shown here: the signals of a registration; a data form, field by field; what to do when a name is
 * taken; invitations. */

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <headstock-glib/headstock.h>

/* A line from the terminal, or NULL at its end. */
static char *
read_line (void)
{
  g_autofree char *line = NULL;
  size_t size = 0;
  ssize_t length;

  fflush (stdout);
  length = getline (&line, &size, stdin);
  if (length < 0)
    return NULL;
  line[strcspn (line, "\r\n")] = '\0';
  return g_steal_pointer (&line);
}

/* Silent before it asks: what is typed at once is not shown either. */
static char *
read_secretly (const char *label, const char *more)
{
  struct termios before, silent;
  gboolean terminal = tcgetattr (STDIN_FILENO, &before) == 0;
  char *line;

  if (terminal)
    {
      silent = before;
      silent.c_lflag &= ~ECHO;
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &silent);
    }
  g_print ("%s%s: ", label, more);
  line = read_line ();
  if (terminal)
    {
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
      g_print ("\n");
    }
  return line;
}

static void
forget (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

/* Twice, since nobody sees what is typed. */
static char *
read_password (const char *label)
{
  for (;;)
    {
      char *first, *second;
      gboolean equal;

      first = read_secretly (label, "");
      if (first == NULL)
        return NULL;
      second = read_secretly (label, ", once more");
      equal = g_strcmp0 (first, second) == 0;
      forget (second);
      if (equal)
        return first;
      forget (first);
      g_print ("These are not the same.\n");
    }
}

/* The picture of a captcha: where it is on the web, and a file for what came with the form. */
static void
show_media (HsDataForm *form, HsDataField *field)
{
  const char *const *uris = hs_data_field_get_media_uris (field);
  const char *const *types = hs_data_field_get_media_types (field);

  for (guint i = 0; uris[i] != NULL; i++)
    {
      GBytes *data = hs_data_form_get_media (form, uris[i]);
      g_autofree char *path = NULL;
      int file;

      if (data == NULL)
        {
          if (!g_str_has_prefix (uris[i], "cid:"))
            g_print ("  (%s) %s\n", types[i], uris[i]);
          continue;
        }
      file = g_file_open_tmp ("captcha-XXXXXX", &path, NULL);
      if (file >= 0 && g_file_set_contents (path, g_bytes_get_data (data, NULL),
                                            g_bytes_get_size (data), NULL))
        g_print ("  (%s) %s\n", types[i], path);
      if (file >= 0)
        close (file);
    }
}

static void
show_field (HsDataForm *form, HsDataField *field)
{
  const char *const *values = hs_data_field_get_option_values (field);
  const char *const *labels = hs_data_field_get_option_labels (field);
  const char *description = hs_data_field_get_description (field);

  if (description != NULL)
    g_print ("  %s\n", description);
  for (guint i = 0; values[i] != NULL; i++)
    g_print ("  %s: %s\n", values[i], labels[i]);
  show_media (form, field);
}

static char *
read_answer (HsDataField *field)
{
  const char *label = hs_data_field_get_label (field);
  const char *value = hs_data_field_get_value (field);

  if (label == NULL)
    label = hs_data_field_get_name (field);
  if (hs_data_field_get_field_type (field) == HS_DATA_FIELD_TEXT_PRIVATE)
    return read_password (label);
  g_print ("%s%s", label, hs_data_field_get_required (field) ? " (required)" : "");
  if (value != NULL && *value != '\0')
    g_print (" [%s]", value);
  g_print (": ");
  return read_line ();
}

/* Until the answer is one that the field can have. FALSE at the end of the terminal. */
static gboolean
ask_field (HsDataForm *form, HsDataField *field)
{
  show_field (form, field);
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      char *answer = read_answer (field);
      gboolean there = answer != NULL;

      /* Nothing typed: what is there stays. */
      if (there && *answer != '\0')
        hs_data_field_set_value (field, answer, &error);
      forget (answer);
      if (!there)
        return FALSE;
      if (error == NULL && hs_data_field_validate (field, &error))
        return TRUE;
      g_print ("%s\n", error->message);
    }
}

/* The server asks for something that is not known yet. */
static gboolean
fill_form_cb (HsRegistration *registration, HsDataForm *form, gpointer user_data)
{
  g_autoptr (GPtrArray) fields = hs_data_form_get_fields (form);

  if (hs_data_form_get_title (form) != NULL)
    g_print ("%s\n", hs_data_form_get_title (form));
  if (hs_data_form_get_instructions (form) != NULL)
    g_print ("%s\n", hs_data_form_get_instructions (form));
  if (hs_registration_get_url (registration) != NULL)
    g_print ("This can be done at %s as well.\n", hs_registration_get_url (registration));
  for (guint i = 0; i < fields->len; i++)
    {
      HsDataField *field = g_ptr_array_index (fields, i);
      HsDataFieldType type = hs_data_field_get_field_type (field);
      g_autofree char *text = hs_data_field_get_text (field);

      if (type == HS_DATA_FIELD_FIXED)
        g_print ("%s\n", text);
      else if (type != HS_DATA_FIELD_HIDDEN && !ask_field (form, field))
        {
          hs_registration_cancel (registration);
          break;
        }
    }
  /* For another try, should the name be taken. */
  hs_registration_set_password (registration, hs_data_form_get_value (form, "password"));
  /* Filled in: it is sent when this returns. A window would return TRUE, and call
   * hs_registration_submit() when its button is pressed. */
  return FALSE;
}

/* Whoever does nothing here sees the run end with the error. */
static void
conflict_cb (HsRegistration *registration, HsElement *iq, gpointer user_data)
{
  g_autofree char *name = NULL;

  g_print ("That name is taken. Another one: ");
  name = read_line ();
  if (name != NULL && *name != '\0')
    hs_registration_retry (registration, name);
}

static void
success_cb (HsRegistration *registration, HsElement *iq, gpointer user_data)
{
  g_print ("The account is made.\n");
}

static void
ready_cb (HsClient *client, gpointer user_data)
{
  g_print ("Signed in as %s.\n", hs_jid_to_string (hs_client_get_bound_jid (client)));
  hs_client_stop (client);
}

/* An address as it is, or an invitation's, whose token comes with it. */
static HsJid *
read_address (const char *argument, HsRegistration *registration, GError **error)
{
  g_autoptr (HsInvitation) invitation = NULL;
  HsJid *jid;

  if (g_ascii_strncasecmp (argument, "xmpp:", 5) != 0)
    return hs_jid_new (argument, error);
  invitation = hs_invitation_parse (argument, error);
  if (invitation == NULL)
    return NULL;
  hs_registration_set_preauth_token (registration, hs_invitation_get_token (invitation));
  jid = hs_invitation_get_jid (invitation);
  /* One of a contact is to be used on the contact's server (XEP-0401). */
  if (g_strcmp0 (hs_invitation_get_action (invitation), "register") != 0)
    return hs_jid_new_from_parts (NULL, hs_jid_get_domain (jid), NULL, error);
  return hs_jid_ref (jid);
}

int
main (int argc, char **argv)
{
  g_autofree char *host = g_strdup (g_getenv ("HEADSTOCK_HOST"));
  g_autofree char *ca = g_strdup (g_getenv ("HEADSTOCK_CA"));
  int port = g_getenv ("HEADSTOCK_PORT") != NULL ? atoi (g_getenv ("HEADSTOCK_PORT")) : 0;
  const GOptionEntry entries[] = {
    { "host", 0, 0, G_OPTION_ARG_STRING, &host, "The server's host", "HOST" },
    { "port", 0, 0, G_OPTION_ARG_INT, &port, "Its port", "PORT" },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &ca, "The authorities to trust", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) options = g_option_context_new ("JID|DOMAIN|URI");
  g_autoptr (HsRegistration) registration = hs_registration_new ();
  g_autoptr (GTlsDatabase) authorities = NULL;
  g_autoptr (HsClient) client = NULL;
  g_autoptr (HsJid) jid = NULL;
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error) || argc != 2)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "A JID, a domain or an invitation is needed");
      return 2;
    }
  if (ca != NULL)
    {
      g_autofree char *path = g_canonicalize_filename (ca, NULL);

      authorities = g_tls_file_database_new (path, &error);
    }
  if (error == NULL)
    jid = read_address (argv[1], registration, &error);
  if (error == NULL)
    {
      g_signal_connect (registration, "fill-form", G_CALLBACK (fill_form_cb), NULL);
      g_signal_connect (registration, "handle-register-conflict", G_CALLBACK (conflict_cb), NULL);
      g_signal_connect (registration, "handle-register-success", G_CALLBACK (success_cb), NULL);
      /* The password is asked by the form, and is the client's from then on. */
      client = g_object_new (HS_TYPE_CLIENT, "jid", jid, "host", host, "port", (guint) port,
                             "tls-database", authorities, "registration", registration, NULL);
      g_signal_connect (client, "ready", G_CALLBACK (ready_cb), NULL);
      hs_client_run (client, &error);
    }
  if (error == NULL)
    return 0;
  g_printerr ("%s\n", error->message);
  return 1;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/hs-redactor.h"

#include <string.h>

#define REPLACEMENT "[redacted]"
/* A tag that is longer is nobody's; it is shown without what it holds. */
#define MAX_TAG (64 * 1024)

/* Elements whose text is a secret, by local name whatever the namespace: better one too many. */
static const char *const secret_elements[] = {
  "auth", "response", "challenge", "success", "handshake",       "digest", "key",
  "salt", "hash",     "additional-data", "initial-response", "task-data",
};

/* Names of elements, attributes and fields that have one of these in them speak of a secret. */
static const char *const secret_words[] = {
  "password", "passwd",  "passphrase", "pwd",    "secret",        "token",
  "preauth",  "credential", "cookie",  "authorization", "apikey", "api-key", "api_key",
};

/* Fields of forms, beside those: an address that somebody is invited with (XEP-0401). */
static const char *const secret_fields[] = { "text-private", "landing-url" };

/* Elements that have a name and a value. */
static const char *const named_elements[]
    = { "field", "header", "param", "parameter", "property", "entry", "option" };

/* Parameters of addresses: of an invitation, wherever it stands (XEP-0379, XEP-0445), also inside another address;
 * and of what is uploaded to (XEP-0363). */
static const char *const secret_parameters[] = {
  "preauth=",       "preauth%3d",       "?token=",     ";token=",     "&token=",        "access_token=",
  "refresh_token=", "client_secret=",   "?password=",  ";password=",  "&password=",     "?secret=",
  ";secret=",       "&secret=",         "?signature=", ";signature=", "&signature=",    "?sig=",
  ";sig=",          "&sig=",
};

#define MAX_PARAMETER 16

/* The fragment of such an address is a key (XEP-0454, 2). */
#define KEYED_SCHEME "aesgcm:"

/* Text that is shown a character at a time. */
typedef struct
{
  char last[MAX_PARAMETER]; /* characters, in lower case */
  guint length;
  gboolean hiding; /* the value of a secret parameter */
  gboolean keyed;  /* inside an address whose fragment is a key */
} Shown;

struct _HsRedactor
{
  GString *tag; /* from '<' on, while it has not ended */
  gboolean in_tag;
  char quote;
  char last[2];        /* of a section that begins with "<!" */
  guint hidden;        /* depth inside a secret element, 0: none */
  gboolean replaced;   /* its text has been replaced */
  Shown text;
  GString *partial;    /* a character that has not ended */
};

HsRedactor *
hs_redactor_new (void)
{
  HsRedactor *self = g_new0 (HsRedactor, 1);

  self->tag = g_string_new (NULL);
  self->partial = g_string_new (NULL);
  return self;
}

void
hs_redactor_free (HsRedactor *self)
{
  g_string_free (self->tag, TRUE);
  g_string_free (self->partial, TRUE);
  g_free (self);
}

void
hs_redactor_restart (HsRedactor *self)
{
  g_string_truncate (self->tag, 0);
  g_string_truncate (self->partial, 0);
  self->in_tag = FALSE;
  self->quote = '\0';
  self->hidden = 0;
  self->text = (Shown) { 0 };
}

static gboolean
ends_with (const Shown *shown, const char *text)
{
  gsize length = strlen (text);

  return length <= shown->length && memcmp (shown->last + shown->length - length, text, length) == 0;
}

static gboolean
begins_secret (const Shown *shown, char c)
{
  if (c == '#')
    return shown->keyed;
  if (c != '=' && c != 'd' && c != 'D')
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (secret_parameters); i++)
    {
      if (ends_with (shown, secret_parameters[i]))
        return TRUE;
    }
  return FALSE;
}

static void
show_byte (Shown *shown, GString *out, char c)
{
  if (shown->hiding)
    {
      if (strchr (";&#<>\"')] \t\r\n", c) == NULL)
        return;
      shown->hiding = FALSE;
    }
  g_string_append_c (out, c);
  if (shown->length == sizeof shown->last)
    memmove (shown->last, shown->last + 1, --shown->length);
  shown->last[shown->length++] = g_ascii_tolower (c);
  if (c == ':' && ends_with (shown, KEYED_SCHEME))
    shown->keyed = TRUE;
  else if (strchr ("<>\"' \t\r\n", c) != NULL)
    shown->keyed = FALSE;
  if (begins_secret (shown, c))
    {
      g_string_append (out, REPLACEMENT);
      shown->hiding = TRUE;
    }
}

static void
show (Shown *shown, GString *out, const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    show_byte (shown, out, text[i]);
}

static gboolean
is_in (const char *const *list, guint n, const char *name, gsize length)
{
  const char *colon = memchr (name, ':', length);

  if (colon != NULL)
    {
      length -= colon + 1 - name;
      name = colon + 1;
    }
  for (guint i = 0; i < n; i++)
    {
      if (strlen (list[i]) == length && g_ascii_strncasecmp (list[i], name, length) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_one_of (const char *const *words, guint n, const char *text, gsize length)
{
  g_autofree char *lower = g_ascii_strdown (text, length);

  for (guint i = 0; i < n; i++)
    {
      if (strstr (lower, words[i]) != NULL)
        return TRUE;
    }
  return FALSE;
}

static gboolean
speaks_of_secret (const char *text, gsize length)
{
  return has_one_of (secret_words, G_N_ELEMENTS (secret_words), text, length);
}

static gsize
get_name_length (const char *tag)
{
  return strcspn (tag + 1, " \t\r\n/>");
}

/* A header of HTTP (XEP-0363, XEP-0332), or a field of a form (XEP-0004) or its like whose name speaks of a secret. */
static gboolean
is_named_secret (const char *tag)
{
  static const char *const header[] = { "header" };
  gsize length = get_name_length (tag);

  return is_in (header, G_N_ELEMENTS (header), tag + 1, length)
         || (is_in (named_elements, G_N_ELEMENTS (named_elements), tag + 1, length)
             && (speaks_of_secret (tag, strlen (tag))
                 || has_one_of (secret_fields, G_N_ELEMENTS (secret_fields), tag, strlen (tag))));
}

static gboolean
is_secret_element (const char *tag)
{
  gsize length = get_name_length (tag);

  return is_in (secret_elements, G_N_ELEMENTS (secret_elements), tag + 1, length)
         || speaks_of_secret (tag + 1, length) || is_named_secret (tag);
}

/* @named: the tag is that of something with a name that speaks of a secret. */
static gboolean
is_secret_attribute (const char *name, gsize length, gboolean named)
{
  static const char *const value[] = { "value" };

  return speaks_of_secret (name, length)
         || (named && is_in (value, G_N_ELEMENTS (value), name, length));
}

/* The end of an attribute that begins at @p, and how long its name is; or NULL if none does. */
static const char *
find_attribute_end (const char *p, gsize *name_length)
{
  const char *value;
  const char *end;

  *name_length = strcspn (p, "=\"'<> \t\r\n");
  value = p + *name_length;
  value += strspn (value, " \t\r\n");
  if (*value != '=')
    return NULL;
  value++;
  value += strspn (value, " \t\r\n");
  if (*value != '"' && *value != '\'')
    return NULL;
  end = strchr (value + 1, *value);
  return end != NULL ? end + 1 : NULL;
}

/* A tag, with the values of secret attributes replaced. */
static void
show_tag (GString *out, const char *tag)
{
  const char *p = tag;
  gboolean named = is_named_secret (tag);
  Shown shown = { 0 };

  while (*p != '\0')
    {
      gsize skip = strcspn (p, " \t\r\n");
      gsize name_length;
      const char *end;

      show (&shown, out, p, skip);
      p += skip;
      skip = strspn (p, " \t\r\n");
      show (&shown, out, p, skip);
      p += skip;
      while ((end = find_attribute_end (p, &name_length)) != NULL)
        {
          if (is_secret_attribute (p, name_length, named))
            g_string_append_printf (out, "%.*s='" REPLACEMENT "'", (int) name_length, p);
          else
            show (&shown, out, p, end - p);
          p = end;
          skip = strspn (p, " \t\r\n");
          show (&shown, out, p, skip);
          p += skip;
        }
      /* A tag that was too long ends inside a value. */
      if (p[name_length] != '\0'
          && is_secret_attribute (p, name_length, named))
        {
          g_string_append_printf (out, "%.*s='" REPLACEMENT "'>", (int) name_length, p);
          return;
        }
    }
}

static void
end_tag (HsRedactor *self, GString *out)
{
  const char *tag = self->tag->str;
  gsize length = self->tag->len;
  gboolean closes = length > 1 && tag[1] == '/';
  gboolean empty = length > 2 && tag[length - 2] == '/';
  gboolean other = length > 1 && (tag[1] == '?' || tag[1] == '!');

  if (self->hidden > 0)
    {
      if (closes)
        self->hidden--;
      else if (!empty && !other)
        self->hidden++;
      if (self->hidden == 0)
        g_string_append (out, tag);
      else if (!self->replaced)
        g_string_append (out, REPLACEMENT);
      self->replaced = TRUE;
    }
  else
    {
      show_tag (out, tag);
      if (!closes && !empty && !other && is_secret_element (tag))
        {
          self->hidden = 1;
          self->replaced = FALSE;
        }
    }
  g_string_truncate (self->tag, 0);
  self->in_tag = FALSE;
}

/* Quotation marks and '>' mean nothing inside CDATA and comments. */
static gboolean
ends_section (HsRedactor *self)
{
  if (g_str_has_prefix (self->tag->str, "<![CDATA["))
    return self->last[0] == ']' && self->last[1] == ']';
  if (g_str_has_prefix (self->tag->str, "<!--"))
    return self->last[0] == '-' && self->last[1] == '-';
  return TRUE;
}

static void
take_byte (HsRedactor *self, GString *out, char c)
{
  if (!self->in_tag)
    {
      if (c == '<')
        {
          self->in_tag = TRUE;
          self->quote = '\0';
          self->last[0] = self->last[1] = '\0';
          self->text = (Shown) { 0 };
          g_string_append_c (self->tag, c);
        }
      else if (self->hidden == 0)
        show_byte (&self->text, out, c);
      else if (!self->replaced)
        {
          g_string_append (out, REPLACEMENT);
          self->replaced = TRUE;
        }
      return;
    }
  if (self->tag->len < MAX_TAG)
    g_string_append_c (self->tag, c);
  if (self->tag->str[1] == '!')
    {
      if (c == '>' && ends_section (self))
        end_tag (self, out);
      self->last[0] = self->last[1];
      self->last[1] = c;
      return;
    }
  if (self->quote != '\0')
    {
      if (c == self->quote)
        self->quote = '\0';
    }
  else if (c == '"' || c == '\'')
    self->quote = c;
  else if (c == '>')
    end_tag (self, out);
}

char *
hs_redactor_take (HsRedactor *self, const char *bytes, gsize length)
{
  g_autoptr (GString) out = g_string_new_len (self->partial->str, self->partial->len);
  const char *end;
  char *result;

  g_string_truncate (self->partial, 0);
  for (gsize i = 0; i < length; i++)
    take_byte (self, out, bytes[i]);
  if (!g_utf8_validate_len (out->str, out->len, &end) && out->str + out->len - end < 4 &&
      g_utf8_get_char_validated (end, out->str + out->len - end) == (gunichar) -2)
    {
      g_string_append (self->partial, end);
      g_string_truncate (out, end - out->str);
    }
  result = g_utf8_make_valid (out->str, out->len);
  return result;
}

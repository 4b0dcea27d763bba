/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-state-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hs-error.h"

#define MAX_NAME 64
#define NAME_CHARACTERS G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_."

/* A file has this header and then a GVariant of type `v`, all of it little-endian. The length shows that the file is
 * complete, and the checksum that it is undamaged: a large state need not be checked value by value. */
typedef struct
{
  char magic[8];
  guint64 length;
  guint64 checksum;
} Header;

static const char magic[8] = { 'H', 's', 'S', 't', 'a', 't', 'e', '1' };

/**
 * hs_state_file_is_name:
 *
 * Whether a file may have this name: it is not a path, not hidden, and means the same on all systems.
 */
gboolean
hs_state_file_is_name (const char *name)
{
  gsize length = strlen (name);

  return length >= 1 && length <= MAX_NAME && name[0] != '.' && strspn (name, NAME_CHARACTERS) == length;
}

/* Shows damage, such as a flipped bit or a page that was never written. It does not show forgery: who can write into
 * the folder can do worse. It takes 8 bytes at a time, because a state may have 8 MB. */
static guint64
checksum (const guint8 *data, gsize length)
{
  guint64 sum = G_GUINT64_CONSTANT (0xcbf29ce484222325) ^ length;
  gsize i;

  for (i = 0; i < length; i += sizeof sum)
    {
      guint64 word = 0;

      memcpy (&word, data + i, MIN (sizeof word, length - i));
      sum = (sum ^ GUINT64_FROM_LE (word)) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      sum ^= sum >> 29;
    }
  return sum;
}

static GVariant *
swap_where_needed (GVariant *variant)
{
#if G_BYTE_ORDER == G_BIG_ENDIAN
  g_autoptr (GVariant) native = variant;

  return g_variant_byteswap (native);
#else
  return variant;
#endif
}

GBytes *
hs_state_file_pack (GVariant *state)
{
  g_autoptr (GVariant) boxed = swap_where_needed (g_variant_ref_sink (g_variant_new_variant (state)));
  gsize length = g_variant_get_size (boxed);
  guint8 *data = g_malloc (sizeof (Header) + length);
  Header header;

  g_variant_store (boxed, data + sizeof header);
  memcpy (header.magic, magic, sizeof magic);
  header.length = GUINT64_TO_LE (length);
  header.checksum = GUINT64_TO_LE (checksum (data + sizeof header, length));
  memcpy (data, &header, sizeof header);
  return g_bytes_new_take (data, sizeof header + length);
}

static gpointer
refuse_file (GError **error, const char *what)
{
  g_set_error_literal (error, HS_ERROR, HS_ERROR_INVALID_STATE, what);
  return NULL;
}

GVariant *
hs_state_file_unpack (GBytes *bytes, GError **error)
{
  g_autoptr (GBytes) contents = NULL;
  g_autoptr (GVariant) boxed = NULL;
  g_autoptr (GVariant) state = NULL;
  gsize size, length;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  Header header;

  if (size < sizeof header)
    return refuse_file (error, "The file of the state is shorter than its header");
  memcpy (&header, data, sizeof header);
  if (memcmp (header.magic, magic, sizeof magic) != 0)
    return refuse_file (error, "The file has no state, or has a format that this version of the library does not know");
  length = size - sizeof header;
  if (GUINT64_FROM_LE (header.length) != length)
    return refuse_file (error, "The file of the state is not complete");
  if (GUINT64_FROM_LE (header.checksum) != checksum (data + sizeof header, length))
    return refuse_file (error, "The file of the state is damaged");
  contents = g_bytes_new_from_bytes (bytes, sizeof header, length);
  boxed = swap_where_needed (
    g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARIANT, contents, FALSE)));
  state = g_variant_get_variant (boxed);
  if (!g_str_has_prefix (g_variant_get_type_string (state), "(us"))
    return refuse_file (error, "The file has no state with a version and an account");
  return g_steal_pointer (&state);
}

static gboolean
fail (GError **error, int code, const char *what, const char *path)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s %s: %s", what, shown, g_strerror (code));
  return FALSE;
}

GBytes *
hs_state_file_read (const char *path, GError **error)
{
  g_autoptr (GMappedFile) mapped = NULL;
  g_autoptr (GError) reason = NULL;
  char *contents;
  gsize length;
  GStatBuf buf;

  if (g_stat (path, &buf) != 0)
    {
      fail (error, errno, "Reading", path);
      return NULL;
    }
  /* Opening a pipe would block until somebody writes into it. */
  if (!S_ISREG (buf.st_mode))
    return refuse_file (error, "The file of the state is a folder or a device, and not a regular file");
  /* A mapped file must not shrink: reading past its end kills the process. This library replaces files, and a replaced
   * file stays whole while it is mapped. Another program could still write into it: only large files, which are
   * expensive to copy, are worth that risk. */
  if (buf.st_size > HS_STATE_LARGE && (mapped = g_mapped_file_new (path, FALSE, &reason)) != NULL)
    return g_mapped_file_get_bytes (mapped);
  g_clear_error (&reason);
  if (g_file_get_contents (path, &contents, &length, &reason))
    return g_bytes_new_take (contents, length);
  g_set_error (error, G_IO_ERROR,
               g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? G_IO_ERROR_NOT_FOUND : G_IO_ERROR_FAILED,
               "%s", reason->message);
  return NULL;
}

static gboolean
write_all (int fd, GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  while (length > 0)
    {
      gssize n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      length -= n;
    }
  return fsync (fd) == 0;
}

/* Makes a rename last even if the power fails. Some file systems cannot do this, which is no error. */
static void
sync_folder (const char *folder)
{
  int fd = g_open (folder, O_RDONLY | O_CLOEXEC, 0);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

/*
 * Makes the temporary file that is renamed once it is written, and locks it until it is closed, so that
 * hs_state_file_sweep() of another process does not delete it. If the file was deleted before it was locked, another
 * one is made. Returns -1 with errno set if that fails.
 */
static int
make_temporary (const char *folder, const char *name, char **temporary)
{
  g_autofree char *hidden = g_strdup_printf (".%s.XXXXXX", name);

  for (;;)
    {
      g_autofree char *path = g_build_filename (folder, hidden, NULL);
      int fd = g_mkstemp_full (path, O_WRONLY | O_CLOEXEC, 0600);
      struct stat buf;

      if (fd < 0)
        return -1;
      /* hs_state_file_sweep() holds the lock only for a moment. On a file system without locks, it deletes nothing. */
      while (flock (fd, LOCK_EX) != 0 && errno == EINTR)
        ;
      if (fstat (fd, &buf) != 0 || buf.st_nlink > 0)
        {
          *temporary = g_steal_pointer (&path);
          return fd;
        }
      close (fd);
    }
}

gboolean
hs_state_file_replace (const char *folder, const char *name, GBytes *bytes, GError **error)
{
  g_autofree char *temporary = NULL;
  g_autofree char *path = g_build_filename (folder, name, NULL);
  int fd, code = 0;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return fail (error, errno, "Making the folder", folder);
  fd = make_temporary (folder, name, &temporary);
  if (fd < 0)
    return fail (error, errno, "Writing", path);
  if (!write_all (fd, bytes) || rename (temporary, path) != 0)
    code = errno;
  close (fd);
  if (code != 0)
    {
      g_unlink (temporary);
      return fail (error, code, "Writing", path);
    }
  sync_folder (folder);
  return TRUE;
}

gboolean
hs_state_file_delete (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (g_unlink (path) != 0 && errno != ENOENT)
    return fail (error, errno, "Deleting", path);
  sync_folder (folder);
  return TRUE;
}

/* Deletes a temporary file if its lock is free: the process that wrote it has ended. */
static void
delete_abandoned (const char *path)
{
  int fd = g_open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);

  if (fd < 0)
    return;
  /* A process that has just made the file waits for the lock, and then sees that the file is gone. */
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    g_unlink (path);
  close (fd);
}

void
hs_state_file_sweep (const char *folder, const char *name)
{
  g_autofree char *prefix = g_strdup_printf (".%s.", name);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *entry;

  while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = NULL;

      /* Names have dots: ".roster.XXXXXX" is one of "roster" and not of "roster.XXXXXX". */
      if (!g_str_has_prefix (entry, prefix) || strlen (entry) != strlen (prefix) + 6)
        continue;
      path = g_build_filename (folder, entry, NULL);
      delete_abandoned (path);
    }
}

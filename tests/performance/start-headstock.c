/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>
#ifdef WITH_HEADSTOCK
#include <headstock-glib/headstock.h>
#endif
#include <string.h>

/* An empty program with a main loop, for start.py: with the library and without. Prints what it has in memory. */

static guint
count_libraries (const char *maps)
{
  g_auto (GStrv) lines = g_strsplit (maps, "\n", -1);
  g_autoptr (GHashTable) paths = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *path = strchr (lines[i], '/');

      if (path != NULL && strstr (path, ".so") != NULL)
        g_hash_table_add (paths, (gpointer) path);
    }
  return g_hash_table_size (paths);
}

int
main (void)
{
  g_autoptr (GMainLoop) loop G_GNUC_UNUSED = g_main_loop_new (NULL, FALSE);
  g_autoptr (GCancellable) cancellable G_GNUC_UNUSED = g_cancellable_new ();
  g_autofree char *memory = NULL;
  g_autofree char *maps = NULL;

#ifdef WITH_HEADSTOCK
  if (hs_get_major_version () > 1)
    return 1;
#endif
  if (!g_file_get_contents ("/proc/self/smaps_rollup", &memory, NULL, NULL)
      || !g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL))
    return 1;
  g_print ("%sLibraries: %u\n", memory, count_libraries (maps));
  return 0;
}

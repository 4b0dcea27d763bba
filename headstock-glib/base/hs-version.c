/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-version.h"

/**
 * hs_get_major_version:
 *
 * The major version of the library that the program runs with.
 *
 * Returns: the major version
 */
guint
hs_get_major_version (void)
{
  return HS_MAJOR_VERSION;
}

/**
 * hs_get_minor_version:
 *
 * The minor version of the library that the program runs with.
 *
 * Returns: the minor version
 */
guint
hs_get_minor_version (void)
{
  return HS_MINOR_VERSION;
}

/**
 * hs_get_micro_version:
 *
 * The micro version of the library that the program runs with.
 *
 * Returns: the micro version
 */
guint
hs_get_micro_version (void)
{
  return HS_MICRO_VERSION;
}

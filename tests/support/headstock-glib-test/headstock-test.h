/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* For tests of programs that use headstock-glib: a server without a network, on a clock that stands. */

#include <headstock-glib/headstock.h>

#include <headstock-glib-test/hs-test-enum-types.h>
#include <headstock-glib-test/hs-test-server.h>

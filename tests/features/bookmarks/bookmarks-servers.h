/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Bookmarks on a real server, for a program that is run with one. */
void bookmarks_add_server_tests (void);

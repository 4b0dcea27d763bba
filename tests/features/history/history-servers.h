/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Keeping up with archives on a real server, for a program that is run with one. */
void history_add_server_tests (void);
/* Archives that lose messages. All accounts' archives do. */
void history_add_purged_server_tests (void);
void history_add_room_server_tests (void);

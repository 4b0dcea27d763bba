/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Rooms of a real server, for a program that is run with one. */
void muc_add_server_tests (void);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Uploads to a real server, for a program that is run with one. */
void upload_add_server_tests (void);

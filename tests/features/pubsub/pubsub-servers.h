/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Nodes on a real server, for a program that is run with one. */
void pubsub_add_server_tests (void);

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rows of the mutation table, by area."""

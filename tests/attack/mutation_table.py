# SPDX-License-Identifier: LGPL-2.1-or-later
"""The defences of the library, how each is taken out, and the test that then fails.

The rows are in mutation_rows/, in a file for each area; mutation_rows/row.py says what a row has.
"""

from mutation_rows import connection, messages, people, session, sign_in, uploads, xml
from mutation_rows.row import Mutation

MUTATIONS: list[Mutation] = [
    *connection.ROWS,
    *people.ROWS,
    *uploads.ROWS,
    *messages.ROWS,
    *sign_in.ROWS,
    *xml.ROWS,
    *session.ROWS,
]

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shows whether a server keeps half a stanza when a session is resumed; without the library.

    serve.py [--server=NAME] -- half-stanza.py [--whole]

Signs in, enables stream management, sends one stanza and half of another, cuts the connection,
resumes over another one, and sends a whole stanza and a request for an acknowledgement there.
--whole cuts after the first stanza instead.  Prints what the server answered.  See
docs/resilience.md.
"""

import base64
import os
import re
import socket
import sys

SM = "urn:xmpp:sm:3"


class Stream:
    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", int(os.environ["HS_TEST_PLAIN_PORT"])), 5)
        self.input = ""
        user, self.domain = os.environ["HS_TEST_USER1"].split("@")
        secret = f"\0{user}\0{os.environ['HS_TEST_PASSWORD1']}".encode()
        self.open()
        self.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>"
                  f"{base64.b64encode(secret).decode()}</auth>")
        self.expect("<success[^>]*>")
        self.open()

    def open(self):
        self.send("<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0' "
                  f"xmlns:stream='http://etherx.jabber.org/streams' to='{self.domain}'>")
        self.expect("</stream:features>")

    def send(self, text):
        self.socket.sendall(text.encode())

    def expect(self, pattern):
        """What came, up to the end of the pattern; with None, all until nothing comes for a time."""
        while pattern is None or not (found := re.search(pattern, self.input)):
            try:
                received = self.socket.recv(65536)
            except TimeoutError:
                received = b""
            if not received:
                break
            self.input += received.decode()
        else:
            taken, self.input = self.input[:found.end()], self.input[found.end():]
            return taken
        taken, self.input = self.input, ""
        if pattern is not None:
            raise SystemExit(f"'{pattern}' was expected, and the server sent '{taken}'")
        return taken


def main():
    half = "--whole" not in sys.argv[1:]
    name = f"{os.environ['HS_TEST_SERVER']} {os.environ['HS_TEST_SERVER_VERSION']}"
    first = Stream()
    first.send("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
    first.expect("</iq>")
    first.send(f"<enable xmlns='{SM}' resume='true'/>")
    session = re.search("id=['\"]([^'\"]*)", first.expect("<enabled[^>]*>"))[1]
    first.send(f"<message id='m1'><body>one</body></message><r xmlns='{SM}'/>")
    first.expect("<a [^>]*>")
    if half:
        first.send("<message id='m2'><body>tw")
    first.socket.shutdown(socket.SHUT_RDWR)
    first.socket.close()

    second = Stream()
    second.send(f"<resume xmlns='{SM}' previd='{session}' h='0'/>")
    print(f"{name}: {re.search('<resumed[^>]*>', second.expect('<resumed[^>]*>'))[0]}")
    second.send(f"<message id='m2'><body>two</body></message><r xmlns='{SM}'/>")
    answer = second.expect(None)
    print(f"{name}: after a cut {'inside' if half else 'behind'} a stanza: {answer or 'no answer'}")
    return "<a " not in answer


if __name__ == "__main__":
    sys.exit(main())

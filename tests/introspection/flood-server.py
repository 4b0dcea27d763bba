#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Takes one client without TLS, and sends it messages as fast as it reads.

    flood-server.py COUNT

Prints its port on 127.0.0.1.  Real servers are slower than the clients that are tested here, which
so would never see a flood.  It ends with the program that reads the port, and where its client is
silent for a minute.
"""

import base64
import os
import re
import select
import socket
import sys
import threading

HEADER = ("<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0' id='x' "
          "xmlns:stream='http://etherx.jabber.org/streams' from='example.test'>")
MECHANISMS = ("<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
              "<mechanism>PLAIN</mechanism></mechanisms></stream:features>")
SUCCESS = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
BIND = "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>"
MESSAGE = ("<message from='a@example.test/b' to='user1@example.test/r' type='chat' id='m{}'>"
           "<body>{}</body></message>")


PATIENCE = 60


def end_with_reader():
    """Ends the process once nobody can read what it prints."""
    poll = select.poll()
    poll.register(sys.stdout, 0)
    poll.poll()
    os._exit(1)


class Peer:
    """The client: what it sends in one piece need not be what is waited for at once."""

    def __init__(self, connection):
        self._connection = connection
        self._received = ""

    def expect(self, pattern):
        """Reads until the pattern matches, and returns the match."""
        while not (match := re.search(pattern, self._received)):
            data = self._connection.recv(65536)
            if not data:
                sys.exit("the client went")
            self._received += data.decode()
        self._received = self._received[match.end():]
        return match

    def send(self, text):
        self._connection.sendall(text.encode())


def main():
    count = int(sys.argv[1])
    threading.Thread(target=end_with_reader, daemon=True).start()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(PATIENCE)
    print(listener.getsockname()[1], flush=True)
    connection, _address = listener.accept()
    connection.settimeout(PATIENCE)
    peer = Peer(connection)
    peer.expect("<stream:stream[^>]*>")
    peer.send(HEADER + MECHANISMS)
    answer = peer.expect("<auth[^>]*>([^<]*)</auth>")[1]
    assert base64.b64decode(answer) == b"\0user1\0secret"
    peer.send(SUCCESS)
    peer.expect("<stream:stream[^>]*>")
    peer.send(HEADER + BIND)
    request = peer.expect(r"<iq [^>]*id=['\"]([^'\"]*)['\"][^>]*>.*?</iq>")[1]
    peer.send(f"<iq type='result' id='{request}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
              "<jid>user1@example.test/r</jid></bind></iq>")
    peer.expect("<presence")
    batch = 500
    for first in range(0, count, batch):
        peer.send("".join(MESSAGE.format(n, f"{n} " + "x" * 200)
                          for n in range(first, first + batch)))
    peer.expect("</stream:stream>")
    peer.send("</stream:stream>")
    connection.close()


if __name__ == "__main__":
    main()

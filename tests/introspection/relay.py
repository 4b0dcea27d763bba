#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stands between a client and the test server, and prints the port that it is at.

SIGUSR1: passes on no more of what the client sends. SIGUSR2: ends all connections with a reset, and passes
all on again.  It ends with the program that reads the port.
"""

import os
import select
import selectors
import signal
import socket
import struct
import sys


class Relay:
    """Pairs of sockets: each has its other end, and whether it is the client's."""

    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.others = {}
        self.clients = set()
        self.held = self.cutting = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.selector.register(self.listener, selectors.EVENT_READ)
        signal.signal(signal.SIGUSR1, lambda *_: setattr(self, "held", True))
        signal.signal(signal.SIGUSR2, lambda *_: setattr(self, "cutting", True))

    def accept(self):
        client = self.listener.accept()[0]
        server = socket.create_connection((os.environ["HS_TEST_HOST"], int(os.environ["HS_TEST_PORT"])))
        self.clients.add(client)
        self.others.update({client: server, server: client})
        for end in (client, server):
            self.selector.register(end, selectors.EVENT_READ)

    def drop(self, end):
        for one in (end, self.others[end]):
            self.selector.unregister(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.close()
            del self.others[one]
            self.clients.discard(one)

    def pass_on(self, end):
        try:
            data = end.recv(65536)
            if self.held and end in self.clients and data:
                return
            if data:
                self.others[end].sendall(data)
                return
        except OSError:
            pass
        self.drop(end)

    def turn(self):
        for key, _ in self.selector.select(0.01):
            if key.fileobj is self.listener:
                self.accept()
            elif key.fileobj in self.others:
                self.pass_on(key.fileobj)
        if self.cutting:
            self.cutting = self.held = False
            while self.clients:
                self.drop(next(iter(self.clients)))


relay = Relay()
reader = select.poll()
reader.register(sys.stdout, 0)
print(relay.listener.getsockname()[1], flush=True)
while not reader.poll(0):
    relay.turn()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A direct TLS port with a certificate of our choice, in front of one of a server's ports.

Neither server takes a certificate for one of its ports alone, so the port with the expired
certificate is served here: what a client that accepts it sends reaches the real server.  In
front of a port with direct TLS it is a man in the middle, who reads all and changes nothing.
"""

import asyncio
import contextlib
import ssl
import threading

from certificates import Pair


class TlsProxy:
    """Listens on `port` from `start` until `stop`, in a thread of its own."""

    def __init__(self, port: int, to_port: int, pair: Pair, to_tls: bool = False):
        self._port = port
        self._to_port = to_port
        self._to_context = None
        if to_tls:
            self._to_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self._to_context.check_hostname = False
            self._to_context.verify_mode = ssl.CERT_NONE
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pair.certificate, pair.key)
        self._context.set_alpn_protocols(["xmpp-client"])
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda loop, context: None)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", self._port, ssl=self._context),
            self._loop).result(timeout=10)

    def stop(self) -> None:
        if not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            to_reader, to_writer = await asyncio.open_connection(
                "127.0.0.1", self._to_port, ssl=self._to_context)
        except OSError:
            writer.close()
            return
        await asyncio.gather(self._pipe(reader, to_writer), self._pipe(to_reader, writer))

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ssl.SSLError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        with contextlib.suppress(OSError, ssl.SSLError):
            writer.close()

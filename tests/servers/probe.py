#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that a test server offers what the integration tests rely on.

    serve.py --server=NAME -- probe.py

A small client on bare sockets, independent of the library: it reads the features of each
port, signs in with each mechanism, looks at the certificates, roster and component, and
sends 10 MiB through.  Prints TAP; what was offered is in the comments.
"""

import base64
import contextlib
import hashlib
import hmac
import os
import re
import socket
import ssl
import sys
import xml.etree.ElementTree as ElementTree

ENV = {name[8:]: value for name, value in os.environ.items() if name.startswith("HS_TEST_")}
STREAM = "http://etherx.jabber.org/streams"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
SASL2 = "urn:xmpp:sasl:2"
BINDING = "urn:xmpp:sasl-cb:0"
TLS = "urn:ietf:params:xml:ns:xmpp-tls"
BIND = "urn:ietf:params:xml:ns:xmpp-bind"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Client:
    """One connection; every element at depth one is handed out by `read`."""

    def __init__(self, port: str, domain: str = ENV.get("DOMAIN", ""),
                 namespace: str = "jabber:client"):
        self.domain = domain
        self.namespace = namespace
        self.socket = socket.create_connection((ENV["HOST"], int(ENV[port])), timeout=60)
        self._reset()

    def _reset(self) -> None:
        self.parser = ElementTree.XMLPullParser(("start", "end"))
        self.depth = 0
        self.pending: list[ElementTree.Element] = []

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_) -> None:
        self.socket.close()

    def send(self, text: str) -> None:
        self.socket.sendall(text.encode())

    def read(self) -> ElementTree.Element:
        while not self.pending:
            data = self.socket.recv(262144)
            if not data:
                raise ConnectionError("the server closed the connection")
            self.parser.feed(data)
            for event, element in self.parser.read_events():
                if event == "start":
                    self.depth += 1
                    if self.depth == 1:
                        self.header = element
                else:
                    self.depth -= 1
                    if self.depth == 1:
                        self.pending.append(element)
        return self.pending.pop(0)

    def open(self) -> ElementTree.Element:
        self._reset()
        # ejabberd offers SASL2 only to a stream that says who it is from, and closes one that
        # is from another host.
        sender = ""
        if isinstance(self.socket, ssl.SSLSocket) and self.domain == ENV["DOMAIN"]:
            sender = f"from='{ENV['USER1']}' "
        self.send(f"<?xml version='1.0'?><stream:stream xmlns='{self.namespace}' version='1.0' "
                  f"xmlns:stream='{STREAM}' {sender}to='{self.domain}'>")
        return self.read() if self.namespace == "jabber:client" else None

    def secure(self, authority: str | None = None, certificate: bool = False,
               name: str | None = None) -> None:
        context = ssl.create_default_context(cafile=authority or ENV["CA"])
        if certificate:
            context.load_cert_chain(ENV["CLIENT_CERT"], ENV["CLIENT_KEY"])
        context.set_alpn_protocols(["xmpp-client"])
        self.socket = context.wrap_socket(self.socket, server_hostname=name or self.domain)

    def starttls(self, **how) -> ElementTree.Element:
        features = self.open()
        if features.find(f"{{{TLS}}}starttls") is None:
            raise AssertionError("STARTTLS is not offered")
        self.send(f"<starttls xmlns='{TLS}'/>")
        if self.read().tag != f"{{{TLS}}}proceed":
            raise AssertionError("no <proceed/>")
        self.secure(**how)
        return self.open()

    def authenticate(self, mechanism: str, user: str = "", password: str = "") -> None:
        if mechanism.startswith("SCRAM-"):
            return self._scram(mechanism, user, password)
        initial = {"PLAIN": f"\0{user}\0{password}", "EXTERNAL": "", "ANONYMOUS": ""}[mechanism]
        self._auth(mechanism, initial.encode())
        self._success(self.read())

    def _auth(self, mechanism: str, initial: bytes) -> None:
        self.send(f"<auth xmlns='{SASL}' mechanism='{mechanism}'>{b64(initial) or '='}</auth>")

    def _success(self, element: ElementTree.Element) -> bytes:
        if element.tag != f"{{{SASL}}}success":
            raise AssertionError(ElementTree.tostring(element).decode())
        return base64.b64decode(element.text or "")

    def _scram(self, mechanism: str, user: str, password: str) -> None:
        name = mechanism.removeprefix("SCRAM-").replace("-", "").lower()
        first = f"n={user},r={b64(os.urandom(18))}"
        self._auth(mechanism, f"n,,{first}".encode())
        challenge = self.read()
        if challenge.tag != f"{{{SASL}}}challenge":
            raise AssertionError(ElementTree.tostring(challenge).decode())
        server_first = base64.b64decode(challenge.text).decode()
        values = dict(part.split("=", 1) for part in server_first.split(","))
        salted = hashlib.pbkdf2_hmac(name, password.encode(), base64.b64decode(values["s"]),
                                     int(values["i"]))
        without_proof = f"c=biws,r={values['r']}"
        message = f"{first},{server_first},{without_proof}".encode()
        key = hmac.digest(salted, b"Client Key", name)
        signature = hmac.digest(hashlib.new(name, key).digest(), message, name)
        proof = bytes(a ^ b for a, b in zip(key, signature))
        final = f"{without_proof},p={b64(proof)}".encode()
        self.send(f"<response xmlns='{SASL}'>{b64(final)}</response>")
        expected = hmac.digest(hmac.digest(salted, b"Server Key", name), message, name)
        if self._success(self.read()) != b"v=" + b64(expected).encode():
            raise AssertionError("the server's signature is wrong")

    def bind(self, resource: str | None = None) -> str:
        inside = f"<resource>{resource}</resource>" if resource else ""
        self.open()
        self.send(f"<iq type='set' id='bind'><bind xmlns='{BIND}'>{inside}</bind></iq>")
        return self.read().findtext(f".//{{{BIND}}}jid")


class Tap:
    """Counts, and says what it counted."""

    def __init__(self):
        self.number = 0
        self.failed = 0

    @contextlib.contextmanager
    def test(self, name: str):
        self.number += 1
        try:
            yield
            print(f"ok {self.number} - {name}", flush=True)
        except Exception as error:  # noqa: BLE001: a test that raised has failed
            self.failed += 1
            print(f"not ok {self.number} - {name}\n# {type(error).__name__}: {error}", flush=True)


def mechanisms(features: ElementTree.Element) -> list[str]:
    return sorted(m.text for m in features.iterfind(f"{{{SASL}}}mechanisms/{{{SASL}}}mechanism"))


def describe(title: str, features: ElementTree.Element) -> None:
    print(f"# {title}:")
    print("#   features:", " ".join(re.sub(r"\{(.*)\}(.*)", r"\2(\1)", f.tag) for f in features))
    if mechanisms(features):
        print("#   mechanisms:", " ".join(mechanisms(features)))
    second = features.find(f"{{{SASL2}}}authentication")
    if second is not None:
        print("#   SASL2:", " ".join(m.text for m in second.iterfind(f"{{{SASL2}}}mechanism")),
              "inline:", " ".join(e.tag for e in second.iterfind(f"{{{SASL2}}}inline/*")))
    for binding in features.iterfind(f"{{{BINDING}}}sasl-channel-binding/*"):
        print("#   binding:", binding.get("type"))


def local(user: int) -> str:
    return ENV[f"USER{user}"].partition("@")[0]


def prepared(user: int) -> str:
    import unicodedata
    return unicodedata.normalize("NFKC", ENV[f"PASSWORD{user}"].replace("\u00ad", ""))


def check_features(tap: Tap) -> list[str]:
    with tap.test("STARTTLS is required before anything else"), Client("PORT") as client:
        features = client.open()
        describe("before TLS", features)
        assert features.find(f"{{{TLS}}}starttls") is not None
        assert not mechanisms(features)
    offered = []
    with tap.test("STARTTLS"), Client("PORT") as client:
        features = client.starttls()
        describe(f"after STARTTLS, {client.socket.version()}", features)
        offered = mechanisms(features)
        assert "PLAIN" in offered and any(m.startswith("SCRAM-SHA-") for m in offered)
    with tap.test("STARTTLS with a client's certificate"), Client("PORT") as client:
        features = client.starttls(certificate=True)
        describe("with a client's certificate", features)
        assert "EXTERNAL" in mechanisms(features)
    with tap.test("direct TLS"), Client("TLS_PORT") as client:
        client.secure()
        features = client.open()
        describe(f"direct TLS, {client.socket.version()}, ALPN "
                 f"{client.socket.selected_alpn_protocol()}", features)
        assert mechanisms(features) == offered
    with tap.test("no TLS"), Client("PLAIN_PORT") as client:
        features = client.open()
        describe("the plain port", features)
        assert "PLAIN" in mechanisms(features)
        client.authenticate("PLAIN", local(1), prepared(1))
        describe("after sign-in", client.open())
    return offered


def check_mechanisms(tap: Tap, offered: list[str]) -> None:
    for mechanism in offered:
        if mechanism.endswith("-PLUS") or mechanism not in (
                "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"):
            continue
        for user in range(1, 6):
            with tap.test(f"{mechanism} as user {user}"), Client("PORT") as client:
                client.starttls()
                client.authenticate(mechanism, local(user), prepared(user))
                assert client.bind().startswith(ENV[f"USER{user}"] + "/")
    with tap.test("a wrong password is refused"), Client("PORT") as client:
        client.starttls()
        client._auth("PLAIN", f"\0{local(1)}\0wrong".encode())
        answer = client.read()
        assert answer.find(f"{{{SASL}}}not-authorized") is not None, answer.tag
    for port in ("PORT", "TLS_PORT"):
        with tap.test(f"EXTERNAL on {port}"), Client(port) as client:
            if port == "PORT":
                client.starttls(certificate=True)
            else:
                client.secure(certificate=True)
                client.open()
            client.authenticate("EXTERNAL")
            assert client.bind().startswith(ENV["USER1"] + "/")
    for port in ("PORT", "TLS_PORT"):
        with tap.test(f"ANONYMOUS on {port}"), Client(port, ENV["ANON_DOMAIN"]) as client:
            if port == "PORT":
                features = client.starttls()
            else:
                client.secure()
                features = client.open()
            describe("the anonymous host", features)
            client.authenticate("ANONYMOUS")
            assert client.bind().partition("/")[0].endswith("@" + ENV["ANON_DOMAIN"])


def check_certificates(tap: Tap) -> None:
    def refused(reason: str, client: Client, **how) -> None:
        try:
            if client.direct:
                client.secure(**how)
            else:
                client.starttls(**how)
        except ssl.SSLCertVerificationError as error:
            assert reason in error.verify_message, error.verify_message
        else:
            raise AssertionError("the certificate was accepted")

    for name, port, domain, reason, how in (
            ("an unrelated authority", "PORT", ENV["DOMAIN"], "certificate",
             {"authority": ENV["OTHER_CA"]}),
            ("the expired certificate", "EXPIRED_PORT", ENV["DOMAIN"], "expired", {}),
            ("a wrong host name", "PORT", ENV["WRONG_HOST_DOMAIN"], "Hostname mismatch", {}),
            ("a wrong host name, direct TLS", "TLS_PORT", ENV["WRONG_HOST_DOMAIN"],
             "Hostname mismatch", {})):
        with tap.test(name), Client(port, domain) as client:
            client.direct = port != "PORT"
            refused(reason, client, **how)


def check_session(tap: Tap) -> None:
    with tap.test("rosters"):
        for user, other in ((1, 2), (2, 1)):
            with Client("PORT") as client:
                client.starttls()
                client.authenticate("PLAIN", local(user), prepared(user))
                client.bind()
                client.send("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>")
                item = client.read().find(".//{jabber:iq:roster}item")
                assert item.get("jid") == ENV[f"USER{other}"]
                assert item.get("subscription") == "both"
    with tap.test("a message of 10 MiB"), Client("PLAIN_PORT") as one, Client("PORT") as two:
        two.starttls()
        for client, user in ((one, 1), (two, 2)):
            if client is one:
                client.open()
            client.authenticate("PLAIN", local(user), prepared(user))
            client.jid = client.bind()
        body = "x" * (10 * 1024 * 1024)
        one.send(f"<message type='chat' to='{two.jid}'><body>{body}</body></message>")
        assert two.read().findtext("{jabber:client}body") == body
    with tap.test("a component"), Client("COMPONENT_PORT", ENV["COMPONENT"],
                                         "jabber:component:accept") as client:
        client.open()
        while not hasattr(client, "header"):
            client.parser.feed(client.socket.recv(65536))
            for _, element in client.parser.read_events():
                client.header = element
                client.depth += 1
        secret = client.header.get("id") + ENV["COMPONENT_SECRET"]
        client.send(f"<handshake>{hashlib.sha1(secret.encode()).hexdigest()}</handshake>")
        assert client.read().tag == "{jabber:component:accept}handshake"


def main() -> int:
    tap = Tap()
    print(f"# {ENV['SERVER']} {ENV['SERVER_VERSION']}")
    offered = check_features(tap)
    check_mechanisms(tap, offered)
    check_certificates(tap)
    check_session(tap)
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a program keeps of a sign-in, and what it is told of its security."""

import os

from support import Gio, GLib, Headstock, main, make_client, online, scenario, settle, wait


def only_new(function):
    """Marks a test for servers that know SASL2 and tokens."""
    return function if os.environ["HS_TEST_SERVERS"] == "stable" else scenario(function)


@only_new
def security():
    """what security there is can be told, and outlives the client"""
    client = make_client(1)
    told = []
    client.connect("security-established", lambda _client, info: told.append(info))
    with online(client):
        assert client.props.security_info == told[0]
    del client
    info = told[0]
    assert info.props.tls_version == Gio.TlsProtocolVersion.TLS_1_3, info.props.tls_version
    assert info.props.channel_binding == "tls-exporter" and info.get_verified()
    assert info.props.mechanism.endswith("-PLUS") and info.props.cipher.startswith("TLS_")
    assert info.props.downgrade_protected and not info.props.resumed


@only_new
def token():
    """a token is given, printed, read again and used by another client"""
    client = make_client(1)
    tokens = []
    client.connect("login-token-changed", lambda _client, token: tokens.append(token))
    with online(client):
        wait(lambda: tokens)
    stored = tokens[-1].print_(True)
    assert client.props.login_token.print_(True) == stored
    unpacked = tokens[-1].unpack()
    assert unpacked["account"] == client.props.jid.to_string() and unpacked["token"]
    assert unpacked["user-agent-id"] == client.props.user_agent_id

    other = make_client(1)
    other.props.password = None
    other.props.login_token = GLib.Variant.parse(GLib.VariantType("a{sv}"), stored, None, None)
    assert other.props.user_agent_id == client.props.user_agent_id
    with online(other):
        assert other.props.security_info.props.mechanism == "HT-SHA-256-EXPR"


@scenario
def settings():
    """the properties of a sign-in can be given, read and bound to"""
    client = Headstock.Client(jid="a@b", channel_binding=Headstock.ChannelBinding.REQUIRE, bind2=True,
                              carbons=True, user_agent_software="Test", user_agent_device="Desk",
                              access_token="secret")
    assert client.props.channel_binding == Headstock.ChannelBinding.REQUIRE
    assert client.get_bind2() and client.get_carbons()
    assert client.props.login_token is None and client.props.security_info is None
    assert client.props.oauth_discovery is None
    seen = []
    client.connect("notify::login-token", lambda *_: seen.append(client.props.login_token))
    client.props.login_token = GLib.Variant("a{sv}", {"token": GLib.Variant("s", "x")})
    client.set_login_token(None)
    assert [one and one.unpack() for one in seen] == [{"token": "x"}, None]


@scenario
def early():
    """an object that takes part before the sign-in sees the features first each time"""
    class Negotiator:
        def __init__(self):
            self.features = []

        def negotiate(self, _client, features):
            self.features.append(features.to_string())
            return False

    client = make_client(1)
    negotiator = Negotiator()
    client.register(negotiator)
    for number in (1, 2):
        with online(client):
            assert len(negotiator.features) == number


class Registered:
    """Does not take part before the sign-in."""

    @Headstock.xmpphandler("item", Headstock.NS_ROSTER, from_account=True)
    def item(self, element):
        pass

    def ready(self, client):
        pass


@only_new
def at_once():
    """any other object does not keep the sign-in waiting for the features"""
    client = make_client(1)
    client.register(Registered())
    text = []
    client.connect("xml", lambda _client, _direction, piece: text.append(piece))
    for number in (1, 2):
        text.clear()
        with online(client):
            xml = "".join(text)
        last = xml.rindex("<stream:stream", 0, xml.index("<authenticate "))
        begun = xml.index("<authenticate ") < xml.rindex("<stream:features>", 0, xml.index("<success"))
        assert begun == (number == 2), (number, last, xml)
    settle()


main()

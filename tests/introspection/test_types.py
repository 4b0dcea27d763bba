#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Addresses, elements, constants and decorators; needs no server."""

import copy
import inspect
import os
import pickle
import pydoc
import subprocess
import sys
import warnings

import gi

from support import main, refused, scenario  # isort: skip
from gi.repository import GLib, GObject, Headstock

Jid = Headstock.Jid


@scenario
def jid_values():
    """a Jid compares, sorts, hashes and prints"""
    jid = Jid.new("Juliet@Capulet.example/Balcony")
    assert jid == Jid("juliet@capulet.example/Balcony")
    assert jid != Jid("juliet@capulet.example/balcony")
    assert not jid != Jid(str(jid)) and jid != None and jid != 7 and not jid == None  # noqa: E711
    assert jid == "JULIET@capulet.example/Balcony" == jid and not jid != str(jid) and jid.equal(str(jid))
    assert jid != "juliet@capulet.example/balcony" and jid != "@" and not jid.equals("@") and jid != "a@b\0c"
    assert jid < "juliet@d" and jid <= str(jid) and "juliet@d" > jid >= str(jid) and jid.compare(str(jid)) == 0
    assert {jid: 1}[str(jid)] == 1
    refused(lambda: jid < "@", Headstock.error_quark(), Headstock.Error.INVALID_JID)
    assert {jid: 1}[Jid(str(jid))] == 1
    assert str(jid) == f"{jid}" == "juliet@capulet.example/Balcony"
    assert repr(jid) == "Headstock.Jid('juliet@capulet.example/Balcony')"
    assert sorted([Jid("c@x"), Jid("a@x"), Jid("b@x")]) == [Jid("a@x"), Jid("b@x"), Jid("c@x")]
    assert Jid("a@x") <= Jid("a@x") and Jid("b@x") > Jid("a@x") >= Jid("a@x")
    assert pickle.loads(pickle.dumps(jid)) == copy.deepcopy([jid])[0] == copy.copy(jid) == jid
    assert jid.get_bare() == jid.bare == Jid("juliet@capulet.example") and isinstance(jid.bare, Jid)
    assert (jid.local, jid.domain, jid.resource) == ("juliet", "capulet.example", "Balcony")
    assert Jid("a").local is None and Jid("a").resource is None
    refused(lambda: Jid("@"), Headstock.error_quark(), Headstock.Error.INVALID_JID)


@scenario
def strings_with_nul():
    """a string that C would cut is refused, wherever it is given"""
    h, s = Headstock, "a@b\0c"
    message, element = h.Message.new_chat("a@b", "x"), h.Element.new("a", "b")
    client, form, registration = h.Client.new("a@b", "x"), h.DataForm(), h.Registration()
    for give in (
            lambda: h.Message.new_chat("a@b", s), lambda: h.Message.new_chat(s, "x"), lambda: h.Jid.new(s),
            lambda: h.Jid(s), lambda: h.Jid.new_from_parts(s, "b", None), lambda: h.Message(body=s),
            lambda: h.Message(to=s), lambda: setattr(message.props, "body", s),
            lambda: setattr(message.props, "to_jid", s), lambda: message.set_property("body", s),
            lambda: message.set_properties(body=s), lambda: message.set_body(s),
            lambda: message.get_child_text(name=s, namespace_="x"),
            lambda: message.new_error_reply(h.StanzaError.CONFLICT, s), lambda: element.set_text(s),
            lambda: element.set_attribute("a", s), lambda: element.get_attribute(s), lambda: h.Element(name=s),
            lambda: h.Element.new_from_string(s), lambda: setattr(element.props, "text", s),
            lambda: h.Presence(status=s), lambda: h.Iq.new(s), lambda: h.Iq.new("get", to=s),
            lambda: client.send_raw_stanza(s), lambda: setattr(client.props, "host", s),
            lambda: setattr(client.props, "sasl_mechanisms", [s]), lambda: client.set_sasl_mechanisms(["x", s]),
            lambda: client.set_password(s), lambda: h.Client(jid="a@b", password=s),
            lambda: h.Client.new("a@b", s), lambda: h.Client.new(s), lambda: client.is_own(s),
            lambda: client.add_handler(s, None, 0, print), lambda: client.set_log(s, False),
            lambda: h.Component.new("a", s), lambda: h.jid_escape_local(s), lambda: h.Jid.escape_local(s),
            lambda: form.set_value(s, "x"), lambda: form.set_value("x", s), lambda: h.DataField(name=s),
            lambda: h.Registration(username=s), lambda: setattr(registration.props, "email", s),
            lambda: registration.set_value("x", s), lambda: h.Invitation.parse(s),
            lambda: h.xmpphandler(s), lambda: h.xmpphandler("x", s)):
        try:
            given = give()
        except ValueError:
            continue
        raise AssertionError(f"{inspect.getsource(give)}: {given}")


@scenario
def properties_with_nul():
    """no property of any type takes a string that C would cut"""
    n_checked = 0
    for name in dir(Headstock):
        item = getattr(Headstock, name)
        if not isinstance(item, type) or not issubclass(item, GObject.Object):
            continue
        for spec in item.list_properties():
            if spec.value_type != GObject.TYPE_STRING or not spec.flags & GObject.ParamFlags.WRITABLE:
                continue
            n_checked += 1
            try:
                given = item(**{spec.name.replace("-", "_"): "a\0b"})
            except ValueError:
                continue
            raise AssertionError(f"{name}:{spec.name}: {given}")
    assert n_checked > 50, n_checked


@scenario
def wrong_types():
    """a type, show or priority that there is not is refused where it is given"""
    h = Headstock
    message, presence, iq = h.Message(), h.Presence(), h.Iq.new("get")
    client = h.Client.new("a@b", "x")
    for give in (
            lambda: h.Message(stanza_type="groupchatt"), lambda: h.Message.new("groupchatt", "a@b"),
            lambda: h.Message(stanza_type=""), lambda: h.Message(stanza_type="get"),
            lambda: setattr(message.props, "stanza_type", "Chat"),
            lambda: message.set_property("stanza-type", "x"), lambda: message.set_properties(stanza_type="x"),
            lambda: message.set_stanza_type("available"), lambda: h.Presence(stanza_type="subscribee"),
            lambda: h.Presence.new("subscribee"), lambda: presence.set_stanza_type("online"),
            lambda: h.Presence(show="busy"), lambda: presence.set_show("available"),
            lambda: setattr(presence.props, "show", "DND"), lambda: presence.set_property("show", ""),
            lambda: h.Presence(priority=128), lambda: presence.set_priority(-129),
            lambda: setattr(presence.props, "priority", 300), lambda: h.Iq.new("gett"), lambda: h.Iq.new(None),
            lambda: h.Iq.new(""), lambda: h.Iq(stanza_type="gett"), lambda: iq.set_stanza_type("normal"),
            lambda: client.register_on_iq("gett", None, 0, print)):
        try:
            given = give()
        except ValueError as error:
            assert " not " in str(error) or "must" in str(error), error
            continue
        raise AssertionError(f"{inspect.getsource(give)}: {given}")
    assert message.props.stanza_type == "normal" and presence.props.show is None
    for stanza_type in ("normal", "chat", "groupchat", "headline", "error", None):
        assert h.Message(stanza_type=stanza_type).props.stanza_type == (stanza_type or "normal")
        assert h.Message.new(stanza_type).props.stanza_type == (stanza_type or "normal")
    for show in ("away", "chat", "dnd", "xa", None):
        assert h.Presence(show=show, priority=-128).props.show == show
    for stanza_type in ("available", "unavailable", "subscribe", "subscribed", "unsubscribe", "unsubscribed",
                        "probe", "error"):
        presence.set_stanza_type(stanza_type)
        assert h.Presence.new(stanza_type).props.stanza_type == presence.props.stanza_type == stanza_type


@scenario
def numbers():
    """a number that a property does not take is refused where it is given"""
    h = Headstock
    client, query = h.Client(jid="a@b", port=5222), h.ArchiveQuery()
    for give in (
            lambda: setattr(client, "port", 70000), lambda: setattr(client.props, "port", -1), lambda: client.set_port(70000),
            lambda: client.set_port(port=70000), lambda: client.set_property("port", 70000),
            lambda: client.set_properties(port=70000), lambda: h.Client(jid="a@b", port=70000),
            lambda: setattr(client, "request_timeout", 0), lambda: client.set_request_timeout(2**31),
            lambda: h.Component(jid="a", max_depth=1), lambda: setattr(client, "log_max_size", -1),
            lambda: setattr(client, "tls_mode", 99), lambda: h.Client(jid="a@b", tls_mode=-1), lambda: query.set_page_size(0),
            lambda: setattr(query, "page_size", 1001), lambda: setattr(h.Message(), "chat_state", 77)):
        try:
            given = give()
        except ValueError as error:
            assert " not " in str(error), error
            continue
        raise AssertionError(f"{inspect.getsource(give)}: {given}")
    assert (client.port, client.request_timeout, client.tls_mode) == (5222, 60000, h.TlsMode.REQUIRED)
    client.port, client.tls_mode, client.log_max_size = 0, h.TlsMode.DIRECT, 2**40
    assert (client.port, client.tls_mode, client.log_max_size) == (0, h.TlsMode.DIRECT, 2**40)


@scenario
def addresses():
    """an address may be a Jid or a string"""
    for to in ("a@b/c", Jid("a@b/c")):
        stanzas = [
            Headstock.Message.new_chat(to, "hi"), Headstock.Message.new("chat", to),
            Headstock.Message(to=to, body="hi"), Headstock.Message(to_jid=to),
            Headstock.Presence(to=to), Headstock.Iq(to_jid=to), Headstock.Iq.new("get", to, None),
            Headstock.Iq.new("get", to),
        ]
        for change in (lambda s: setattr(s.props, "to_jid", to), lambda s: s.set_to_jid(to),
                       lambda s: setattr(s.props, "to", to), lambda s: s.set_property("to-jid", to),
                       lambda s: s.set_properties(to_jid=to)):
            stanza = Headstock.Presence()
            change(stanza)
            stanzas.append(stanza)
        for stanza in stanzas:
            assert stanza.get_attribute("to") == stanza.props.to == "a@b/c", stanza
            assert stanza.props.to_jid == stanza.get_to_jid() == Jid("a@b/c")
        stanza.set_from_jid(to)
        assert stanza.props.from_jid == Jid("a@b/c")
        for client in (Headstock.Client.new(to, "x"), Headstock.Client.new(to),
                       Headstock.Client(jid=to), Headstock.Component.new(to, "x")):
            assert client.props.jid == Jid("a@b/c")
            assert client.is_own("A@B/z") and client.is_own(Jid("a@b")) and client.is_own(None)
            assert not client.is_own("a@c")
            client.props.jid = "x@y"
            assert str(client.props.jid) == "x@y"
    stanza.props.to_jid = None
    assert stanza.props.to is None
    refused(lambda: Headstock.Message(to_jid="@"), Headstock.error_quark(),
            Headstock.Error.INVALID_JID)


@scenario
def addresses_everywhere():
    """each property and each function that takes an address takes it in either form"""
    for make in (str, Jid):
        upload = Headstock.Upload(service=make("up.b"))
        services = [upload.service]
        for change in (lambda one: setattr(upload, "service", one), lambda one: setattr(upload.props, "service", one),
                       lambda one: upload.set_service(one), lambda one: upload.set_service(service=one),
                       lambda one: upload.set_properties(service=one)):
            change(make(f"{len(services)}.b"))
            services.append(upload.get_service())
        assert services == ["up.b", "1.b", "2.b", "3.b", "4.b", "5.b"], services
        query = Headstock.ArchiveQuery(archive=make("a@b"), with_=make("c@d"))
        assert (query.archive, query.with_) == ("a@b", "c@d")
        query.with_ = make("e@f")
        assert query.with_ == "e@f" and Headstock.ArchiveQuery.new(make("a@b")).archive == "a@b"
        assert Headstock.ArchiveQuery.new(archive=make("a@b")).archive == "a@b"
        assert Headstock.Bookmark.new(make("room@c")).jid == Headstock.Bookmark(jid=make("Room@c")).jid == "room@c"
        assert Headstock.DiscoItem.new(make("c"), None, None).jid == Headstock.DiscoItem(jid=make("c")).jid == "c"
        assert Headstock.Message.dup_stanza_id(Headstock.Message(), by=make("a@b")) is None

    class Own(Headstock.Client):
        """A property of a program's that has the name of an address."""

        service = GObject.Property(type=str)

    assert Own(jid="a@b", service="x.b").service == "x.b"


@scenario
def keywords():
    """what a constructor takes can be given as properties, too"""
    names = {"Bookmark": {"room": "jid"}, "Client": {}, "Component": {"service": "jid", "secret": "password"},
             "DataField": {"type": "field_type"}, "Element": {"namespace_": "namespace"}}
    n_checked = 0
    for name in dir(Headstock):
        item = getattr(Headstock, name)
        if not isinstance(item, type) or not issubclass(item, GObject.Object) or not hasattr(item, "__info__"):
            continue
        for info in item.__info__.get_methods():
            if not info.is_constructor() or info.get_name() != "new":
                continue
            for argument in info.get_arguments():
                given = names.get(name, {}).get(argument.get_name(), argument.get_name())
                spec = getattr(item.props, given, None)
                assert spec is not None and spec.flags & GObject.ParamFlags.WRITABLE, f"{name}.new({argument.get_name()})"
                n_checked += 1
    assert n_checked > 20, n_checked
    bookmark = Headstock.Bookmark(jid="room@c", name="Room", nick="x", is_autojoin=True)
    assert (bookmark.jid, bookmark.name, bookmark.nick, bookmark.is_autojoin) == ("room@c", "Room", "x", True)
    assert Headstock.Bookmark(jid="c").jid is Headstock.Bookmark(jid="a@b/c").jid is Headstock.Bookmark().jid is None
    item = Headstock.DiscoItem(jid="c", node="n", name="N")
    assert (item.jid, item.node, item.name) == ("c", "n", "N") and Headstock.DiscoItem().jid is None


@scenario
def messages():
    """what extensions add to a message is read and written"""
    message = Headstock.Message(to="a@b", body="Great idea!", replace_id="bad1", requests_receipt=True,
                                chat_state=Headstock.ChatState.ACTIVE, hints=Headstock.Hints.STORE)
    seen = []
    message.connect("notify", lambda message, pspec: seen.append(pspec.name))
    message.set_reply("1", "anna@example.com/laptop", "Anna wrote:\nWe should bake a cake \U0001f382")
    assert sorted(seen) == ["body", "reply-id"]
    assert message.props.body == "> Anna wrote:\n> We should bake a cake \U0001f382\nGreat idea!"
    assert message.dup_body_without_fallback([Headstock.NS_REPLY]) == "Great idea!"
    assert message.dup_body_without_fallback(None) == message.dup_body_without_fallback([]) == message.props.body
    assert message.dup_reply_to() == Jid("anna@example.com/laptop") and message.props.reply_id == "1"
    assert message.props.replace_id == "bad1" and message.props.requests_receipt
    assert message.props.chat_state == Headstock.ChatState.ACTIVE and message.props.hints == Headstock.Hints.STORE
    message.props.replace_id = None
    message.props.chat_state = Headstock.ChatState.NONE
    assert message.get_replace_id() is None and message.get_chat_state() == Headstock.ChatState.NONE
    message.set_reactions("2", ["\U0001f44b", "\U0001f422", "\U0001f44b"])
    assert message.dup_reactions() == ["\U0001f44b", "\U0001f422"] and message.props.reacted_id == "2"
    message.set_reactions("2", [])
    assert message.dup_reactions() == [] and message.props.reacted_id == "2"
    message.set_reactions(None, None)
    assert message.props.reacted_id is None
    message = Headstock.Element.new_from_string(
        "<message><stanza-id xmlns='urn:xmpp:sid:0' by='Room@c' id='7'/><retract xmlns='urn:xmpp:message-retract:1' "
        "id='8'><moderated xmlns='urn:xmpp:message-moderate:1' by='room@c/witch'/></retract></message>")
    assert message.dup_stanza_id(Jid("room@c")) == "7" and message.dup_stanza_id("ROOM@c") == "7"
    assert message.dup_stanza_id("c") is None
    assert message.props.retract_id == "8" and message.dup_moderated_by() == Jid("room@c/witch")


@scenario
def styling():
    """spans are found in the bytes of a text"""
    body = "> \U0001f422 *strong* _\u00fc_"
    text = body.encode()
    spans = Headstock.styling_parse(body)
    assert [(span.props.kind.value_nick, text[span.props.start:span.props.end].decode(), span.get_depth())
            for span in spans] == [("quote", body, 0), ("strong", "*strong*", 1), ("emphasis", "_\u00fc_", 1)]
    assert list(Headstock.styling_parse(None)) == list(Headstock.styling_parse("plain")) == []
    assert Headstock.styling_is_action("/me waves") and not Headstock.styling_is_action("/mewaves")


@scenario
def elements():
    """an element is iterated, printed and compared"""
    element = Headstock.Element.new_from_string("<a xmlns='urn:x' n='1'>t<b/><c>u</c></a>")
    assert [child.get_name() for child in element] == ["b", "c"]
    assert str(element) == '<a xmlns="urn:x" n="1">t<b/><c>u</c></a>'
    assert str(element) in repr(element) and repr(element).startswith("<Headstock.Element ")
    twin = element.copy()
    assert element.equal(twin) and element != twin and element == element
    assert next(iter(element)) is element.get_first_child() is element.get_child("b", "urn:x")
    assert element.get_attribute_names() == ["n"] and element.props.text == "t"
    assert len({element, element.get_first_child().get_parent()}) == 1
    long = Headstock.Message(body="x" * 1000)
    assert len(repr(long)) < 250 and str(long).count("x") >= 1000


@scenario
def trees():
    """an element is made with all that is in it, and asked for its attributes and elements"""
    make, ns = Headstock.Element, "urn:x"
    tree = make("query", ns, make("item", ns, jid=Jid("a@b"), name="J"), make("item", ns, "t\u00e4xt", n=3, from_="q"),
                None, {"x": True}, [make("b", "urn:y")], node="z")
    assert str(tree) == ('<query xmlns="urn:x" node="z" x="true"><item jid="a@b" name="J"/>'
                         '<item n="3" from="q">t\u00e4xt</item><b xmlns="urn:y"/></query>'), tree
    assert [one.get("jid") for one in tree.find_all("item", ns)] == ["a@b", None]
    assert tree.find("b", "urn:y").name == "b" and tree.find("b", ns) is None and tree.find_all() == list(tree)
    assert tree["node"] == "z" and tree.get("none", "other") == "other" and tree.find_all("item")[1].text == "t\u00e4xt"
    tree["node"], tree["{urn:z}a"] = 7, "b"
    assert tree["node"] == "7" and tree["{urn:z}a"] == "b" and tree.get("a") is None
    del tree["node"]
    for wrong, kind in ((lambda: tree["node"], KeyError), (lambda: tree[1], TypeError), (lambda: make("a", ns, 7), TypeError),
                        (lambda: make("a", make("b")), TypeError),
                        (lambda: make("a", ns, x=Headstock.ChatState.ACTIVE), TypeError),
                        (lambda: make("a", ns, x=Headstock.HandlerFlags.ONCE), TypeError), (lambda: Headstock.Message("hi"), TypeError)):
        try:
            wrong()
        except kind:
            continue
        raise AssertionError(inspect.getsource(wrong))
    iq = Headstock.Iq(make("query", ns), stanza_type="get", to="a@b")
    assert iq.payload.name == "query" and iq.to_jid == "a@b"
    message = make("message", Headstock.NS_CLIENT, make("body", Headstock.NS_CLIENT, "hi"))
    assert isinstance(message, Headstock.Message) and message.body == "hi"

    class Own(make):
        """A subclass."""

    own = Own("own", ns, make("b"), a="1")
    assert type(own) is Own and str(own) == '<own xmlns="urn:x" a="1"><b xmlns=""/></own>', own


@scenario
def attributes():
    """properties are attributes; what there is not can't be set but on a program's own objects"""
    client, message = Headstock.Client(jid="a@b", host="x"), Headstock.Message(to="a@b", body="hi")
    client.host, client.jid, message.body = "y", "c@d", "ho"
    assert client.get_host() == client.host == client.props.host == "y" and client.jid == "c@d"
    assert message.get_body() == message.body == "ho" and message.stanza_type == "normal"
    for obj, name in ((client, "hots"), (client, "state"), (message, "bodies"), (Headstock.DataForm(), "x"),
                      (Headstock.Roster(), "contact"), (Jid("a@b"), "local"), (client, "props")):
        try:
            setattr(obj, name, "x")
        except AttributeError as error:
            assert name in str(error)
            continue
        raise AssertionError(name)

    class Bot(Headstock.Client):
        """Has attributes of its own."""

        def __init__(self):
            super().__init__(jid="a@b")
            self.seen = []

    bot = Bot()
    bot.later, bot.port = 1, 5
    assert bot.seen == [] and bot.later == 1 and bot.get_port() == 5
    error = GLib.Error.new_literal(Headstock.SaslError.quark(), "", Headstock.SaslError.NOT_AUTHORIZED)
    assert error.matches(Headstock.SaslError, Headstock.SaslError.NOT_AUTHORIZED)
    assert not error.matches(Headstock.StanzaError, Headstock.SaslError.NOT_AUTHORIZED)
    for name in dir(Headstock):
        if isinstance(getattr(Headstock, name), type):
            assert pydoc.render_doc(getattr(Headstock, name))


@scenario
def construction():
    """stanzas are made with their properties"""
    message = Headstock.Message(to="a@b", body="hi <&>", stanza_type="chat")
    assert str(message) == ('<message xmlns="jabber:client" to="a@b" type="chat">'
                            "<body>hi &lt;&amp;&gt;</body></message>"), message
    assert isinstance(Headstock.Element.new("message", Headstock.NS_CLIENT), Headstock.Message)
    assert isinstance(message, Headstock.Stanza) and isinstance(message, Headstock.Element)
    presence = Headstock.Presence(show="away", priority=3)
    assert presence.props.priority == 3 and presence.props.stanza_type == "available"
    assert "body" in dir(message.props) and {p.name for p in message.list_properties()} > {"body", "to-jid"}
    assert Headstock.Message.props.body.name == "body"

    class Note(Headstock.Message):
        """A subclass with a property of its own."""

        colour = GObject.Property(type=str, default="blue")

    note = Note(to=Jid("a@b"), colour="red")
    assert note.props.colour == note.colour == "red" and note.props.to == "a@b"


@scenario
def read_only_construction():
    """what can only be read is refused where an object is made with it; forms and fields are made with the rest"""
    client = Headstock.Client.new("a@b")
    result = Headstock.DataFormKind.RESULT
    for cls, given, name in (
            (Headstock.Roster, {"client": client}, "client"),
            (Headstock.Client, {"jid": "a@b", "state": 1}, "state"),
            (Headstock.Client, {"bound-jid": "a@b"}, "bound-jid"),
            (Headstock.Message, {"stanza_type": "chat", "occupant_id": "1"}, "occupant_id"),
            (Headstock.DataForm, {"form_type": "x"}, "form_type"),
            (Headstock.DataForm, {"kind": None}, "kind"),
            (Headstock.Client, {"jid": "a@b", "port": "x", "resource": "y"}, "port"),
            (Headstock.Client, {"jid": "a@b", "connection_security": None}, "connection_security"),
            (Headstock.DataForm, {"kind": result, "tilte": "x"}, "tilte"),
            (Headstock.DataField, {"nmae": "x"}, "nmae")):
        try:
            made = cls(**given)
        except TypeError as error:
            assert name in str(error), error
            continue
        raise AssertionError(f"{cls} {given}: {made}")
    for kind in (Headstock.DataFormKind.FORM, Headstock.DataFormKind.SUBMIT, Headstock.DataFormKind.RESULT):
        made = Headstock.DataForm(kind=kind)
        made.add_field("x", Headstock.DataFieldType.TEXT_SINGLE, ["y"])
        assert type(made) is Headstock.DataForm and made.kind == kind and made.get_value("x") == "y"
    assert Headstock.DataForm().kind == Headstock.DataFormKind.FORM
    form = Headstock.DataForm(kind=result, title="A", instructions="B\nC")
    field = Headstock.DataField(name="x", field_type=Headstock.DataFieldType.LIST_MULTI, label="X", description="D",
                                required=True, values=["y", "z"])
    field.add_option("y", "Y")
    assert form.append_field(field) and form.append_field(Headstock.DataField(name="v", value="w"))
    assert not form.append_field(Headstock.DataField(name="x"))
    form.title, field.label, field.required = "A2", None, False
    again = Headstock.DataForm.new_from_element(form.create_element())
    read = again.get_field("x")
    assert (again.kind, again.title, again.instructions, again.get_value("v")) == (result, "A2", "B\nC", "w")
    assert (read.field_type, read.label, read.description, read.required, read.values) == (
        Headstock.DataFieldType.LIST_MULTI, None, "D", False, ["y", "z"])
    assert read.get_option_labels() == ["Y"] and Headstock.DataField(name="x").values == []

    class Counted(Headstock.Message):
        """A subclass with a property that can only be read."""

        count = GObject.Property(type=int, default=3, flags=GObject.ParamFlags.READABLE)

    try:
        Counted(count=4)
    except TypeError as error:
        assert "count" in str(error), error
    else:
        raise AssertionError("a property that can only be read was set")
    assert Counted(to="a@b").count == 3


@scenario
def constructors():
    """a room has an address, and a module that a client makes can be made"""
    try:
        made = Headstock.Room()
    except TypeError as error:
        assert "Muc.add_room()" in str(error), error
    else:
        raise AssertionError(made)
    muc = Headstock.Muc()
    assert type(muc.add_room("r@c", "n")) is Headstock.Room and str(muc.lookup("r@c").jid) == "r@c"
    client = Headstock.Client.new("a@b", "x")
    for wrong in (Headstock.Message, Headstock.Described, Headstock.Room, Headstock.Module, GObject.TYPE_STRING):
        try:
            made = client.ensure_module(wrong)
        except TypeError as error:
            assert "ensure_module()" in str(error), error
            continue
        raise AssertionError(f"{wrong}: {made}")
    assert client.ensure_module(Headstock.Ping) is client.ensure_module(Headstock.Ping.__gtype__)
    assert isinstance(client.ensure_module(Headstock.Disco), Headstock.Disco)
    assert client.ensure_module(Headstock.Described) in list(client.list_modules())


@scenario
def functions():
    """a handler that is no function is refused where it is given"""
    client = Headstock.Client.new("a@b", "x")
    flags = Headstock.HandlerFlags.DEFAULT
    for wrong in (None, 3, "print", Headstock.Iq()):
        for add in (lambda one: client.add_handler("message", Headstock.NS_CLIENT, flags, one),
                    lambda one: client.add_handler("message", None, flags, one, 1, type="chat"),
                    lambda one: client.add_handler_full("message", None, "chat", None, flags, one),
                    lambda one: client.register_on_iq("get", None, flags, one)):
            try:
                add(wrong)
            except TypeError as error:
                assert repr(wrong) in str(error), error
                continue
            raise AssertionError(f"{inspect.getsource(add)}: {wrong!r} was taken")
    assert client.add_handler("message", Headstock.NS_CLIENT, flags, print) > 0


BARE = """
import gi
gi.require_version("Headstock", "1.0")
from gi.repository import GLib, GObject, Headstock

classes = [each for each in (getattr(Headstock, name) for name in dir(Headstock))
           if isinstance(each, type) and issubclass(each, GObject.Object) and not each.__gtype__.is_abstract()
           # A program cannot make it with nothing in it.
           and each is not Headstock.Room]
assert len(classes) > 25, classes
for each in classes:
    print(each, flush=True)
    bare = each()
    for spec in GObject.list_properties(each):
        print("  " + spec.name, flush=True)
        if spec.flags & GObject.ParamFlags.READABLE:
            bare.get_property(spec.name)
    del bare
"""


@scenario
def bare_objects():
    """an object of any class that a program makes with nothing in it can be read and freed"""
    done = subprocess.run([sys.executable, "-c", BARE], capture_output=True, text=True, timeout=60,
                          env=dict(os.environ, G_DEBUG="fatal-criticals"))
    assert done.returncode == 0, done.stdout[-200:] + done.stderr


@scenario
def clients():
    """a client is made for an address in either form"""
    class Bot(Headstock.Client):
        """A subclass."""

    for cls in Headstock.Client, Bot:
        for jid in "A@b", Headstock.Jid.new("a@B"):
            for make in cls.new, cls.new_for_jid:
                client = make(jid, "secret")
                assert type(client) is cls and str(client.props.jid) == "a@b"
    refused(lambda: Headstock.Client.new_for_jid("@", "x"), Headstock.error_quark(),
            Headstock.Error.INVALID_JID)


@scenario
def arrays():
    """a tree is made of arrays"""
    item = Headstock.Element.new_tree("item", None, ["jid", "a@b"], "text", None)
    query = Headstock.Element.new_tree("query", "urn:q", None, None, [item])
    assert query.to_string() == '<query xmlns="urn:q"><item jid="a@b">text</item></query>', query.to_string()
    assert query.get_first_child() is item


@scenario
def constants():
    """namespaces, flags and error domains have their names"""
    assert Headstock.NS_CLIENT == "jabber:client" and Headstock.NS_ROSTER == "jabber:iq:roster"
    assert Headstock.NS_PING == "urn:xmpp:ping"
    flags = Headstock.HandlerFlags.ONCE | Headstock.HandlerFlags.FORGET
    assert int(flags) == 3 and Headstock.HandlerFlags.DEFAULT == 0
    Headstock.StanzaError.steal_last()
    reply = Headstock.Iq.new("get", "a@b", None).new_error_reply(
        Headstock.StanzaError.ITEM_NOT_FOUND, "none such")
    assert isinstance(reply, Headstock.Iq)
    assert (reply.get_error_type(), reply.get_error_text()) == ("cancel", "none such")
    error = reply.get_error()
    assert isinstance(error.stanza, Headstock.Iq) and error.stanza.get_error_text() == "none such"
    assert Headstock.StanzaError.steal_last() is None
    assert isinstance(error, GLib.Error) and "none such" in error.message
    assert error.matches(Headstock.stanza_error_quark(), Headstock.StanzaError.ITEM_NOT_FOUND)
    assert Headstock.sasl_error_quark() != Headstock.stream_error_quark()


@scenario
def final():
    """no class can be derived from but those that are made for it"""
    made_for_it = {"Client", "Component", "Element", "Stanza", "Message", "Presence", "Iq", "Registration"}
    derivable = set()
    for name in dir(Headstock):
        value = getattr(Headstock, name)
        gtype = getattr(value, "__gtype__", None)
        if gtype is not None and gtype.is_a(GObject.Object) and not gtype.is_interface():
            if not GObject.type_test_flags(gtype, GObject.TypeFlags.FINAL):
                derivable.add(name)
    assert derivable == made_for_it, derivable ^ made_for_it


@scenario
def decorator():
    """xmpphandler marks functions and refuses what cannot work"""
    def refuses(function, *arguments):
        try:
            function(*arguments)
        except TypeError as error:
            return str(error)
        raise AssertionError("nothing was raised")

    refuses(Headstock.xmpphandler, lambda element: None)
    refuses(Headstock.xmpphandler, "a", None, True)
    refuses(Headstock.xmpphandler, "a", 3)
    assert "sender" in refuses(lambda: Headstock.xmpphandler("a", None, from_jid=3))

    @Headstock.xmpphandler("a")
    @Headstock.xmpphandler("b", "urn:b", once=True)
    def function(element):
        return element

    assert function(1) == 1


@scenario
def module_names():
    """a Module that defines ready() is warned of, once"""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")

        class Wrong(GObject.Object, Headstock.Module):
            """Means do_ready()."""

            def ready(self, client):
                raise AssertionError

        client = Headstock.Client.new("a@b")
        client.register(Wrong())
        assert len(seen) == 1 and "do_ready" in str(seen[0].message), seen
        assert seen[0].filename == __file__

        class Right(GObject.Object, Headstock.Module):
            """Has it right."""

            def do_ready(self, client):
                pass

        client.register(Right())
        assert len(seen) == 1

        # PyGObject 3.58 makes the class in a function of its own.
        between = os.path.join(os.path.dirname(gi.__file__), "types.py")
        scope = {}
        exec(compile("def make(*what):\n    return type(what[1][0])(*what)", between, "exec"), scope)
        scope["make"]("WrongAgain", (GObject.Object, Headstock.Module),
                      {"ready": lambda self, client: None, "__module__": __name__})
        assert len(seen) == 2 and seen[1].filename == __file__, seen[1]


if __name__ == "__main__":
    main()

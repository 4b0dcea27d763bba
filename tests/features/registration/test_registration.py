# SPDX-License-Identifier: LGPL-2.1-or-later
"""Registration from Python, and the examples: test_registration.py C-EXAMPLE PYTHON-EXAMPLE"""

import os
import pty
import select
import subprocess
import sys
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "introspection"))

from support import main, prepare, refused, scenario, wait  # noqa: E402

from gi.repository import GLib, Headstock  # noqa: E402

C_EXAMPLE, PYTHON_EXAMPLE = sys.argv[1:3]
DOMAIN = os.environ["HS_TEST_DOMAIN"]
PASSWORD = "pythön-s3cret"


def fresh(prefix):
    """A name that nobody has."""
    return f"{prefix}{uuid.uuid4().hex[:10]}"


def make_client(name, registration, password=PASSWORD):
    client = prepare(Headstock.Client.new(f"{name}@{DOMAIN}" if name else DOMAIN, password))
    client.props.auto_reconnect = False
    if registration:
        client.set_registration(registration)
    return client


def run_once(client):
    """A run that ends when the client is ready; the address that it had."""
    had = []

    def ready(client):
        had.append(str(client.props.bound_jid).partition("/")[0])
        client.stop()

    handler = client.connect("ready", ready)
    try:
        client.run()
    finally:
        client.disconnect(handler)
    return had[0]


def make_account(name):
    run_once(make_client(name, Headstock.Registration.new()))


class Recording(Headstock.Registration):
    """Writes down what it is told, and does nothing."""

    def __init__(self, **properties):
        super().__init__(**properties)
        self.told = []

    def do_handle_register_success(self, element):
        self.told.append(("success", element.props.stanza_type))

    def do_handle_register_conflict(self, element):
        self.told.append(("conflict", element.props.stanza_type))

    def do_handle_register_error(self, error, element):
        self.told.append(("error", error.message))


@scenario
def new_account():
    """A new account, from nothing to ready in one run"""
    registration = Recording()
    name = fresh("new")
    client = make_client(name, registration)
    assert run_once(client) == f"{name}@{DOMAIN}"
    assert registration.told == [("success", "result")]
    assert registration.props.registered


@scenario
def conflict():
    """The same again: an override that does nothing ends the run with the conflict"""
    name = fresh("conflict")
    make_account(name)
    registration = Recording()
    refused(lambda: run_once(make_client(name, registration)), Headstock.stanza_error_quark(),
            Headstock.StanzaError.CONFLICT)
    assert registration.told == [("conflict", "error")]


@scenario
def another_name():
    """A subclass answers the conflict with another name, and ends up signed in"""
    name, other = fresh("taken"), fresh("other")
    make_account(name)

    class Retry(Recording):
        def do_handle_register_conflict(self, element):
            super().do_handle_register_conflict(element)
            self.retry(other)

    registration = Retry()
    client = make_client(name, registration)
    assert run_once(client) == f"{other}@{DOMAIN}"
    assert [what for what, _ in registration.told] == ["conflict", "success"]
    assert str(client.props.jid) == f"{other}@{DOMAIN}"


@scenario
def later():
    """A subclass asks for time, and tries another name from the main loop"""
    name, other = fresh("taken"), fresh("later")
    make_account(name)

    class Later(Headstock.Registration):
        def do_handle_register_conflict(self, element):
            self.defer()
            GLib.timeout_add(50, lambda: self.retry(other) or GLib.SOURCE_REMOVE)

    assert run_once(make_client(name, Later())) == f"{other}@{DOMAIN}"


@scenario
def existing():
    """A subclass signs in where the name is taken"""
    name = fresh("mine")
    make_account(name)

    class SignIn(Headstock.Registration):
        def do_handle_register_conflict(self, element):
            self.sign_in()

    assert run_once(make_client(name, SignIn())) == f"{name}@{DOMAIN}"


@scenario
def raising():
    """An override that raises ends the run with the error"""
    name = fresh("raises")
    make_account(name)

    class Raises(Headstock.Registration):
        def do_handle_register_conflict(self, element):
            raise ValueError("on purpose")

    refused(lambda: run_once(make_client(name, Raises())), Headstock.stanza_error_quark(),
            Headstock.StanzaError.CONFLICT)


@scenario
def signals():
    """The same as signals"""
    name, other = fresh("taken"), fresh("signal")
    make_account(name)
    told = []
    registration = Headstock.Registration.new()
    registration.connect("handle-register-conflict",
                         lambda r, element: told.append(element.get_name()) or r.retry(other))
    registration.connect("handle-register-success", lambda r, element: told.append("success"))
    assert run_once(make_client(name, registration)) == f"{other}@{DOMAIN}"
    assert told == ["iq", "success"]


@scenario
def form():
    """A form that a subclass fills in at once, or later"""
    for late in (False, True):
        name = fresh("Formed")

        class Fills(Headstock.Registration):
            def do_fill_form(self, form):
                self.form = form
                fields = {f.get_name(): f for f in form.get_fields() if f.get_name()}
                assert fields["username"].get_required() and not fields["username"].get_value()
                assert (fields["password"].get_field_type()
                        == Headstock.DataFieldType.TEXT_PRIVATE)
                if late:
                    GLib.idle_add(self.fill, form)
                    return True
                form.set_value("username", name)
                form.set_value("password", PASSWORD)
                return False

            def fill(self, form):
                refused(lambda: self.submit(form), Headstock.data_form_error_quark(),
                        Headstock.DataFormError.REQUIRED)
                form.set_value("username", name)
                form.set_value("password", PASSWORD)
                self.submit(form)
                return GLib.SOURCE_REMOVE

        client = make_client(None, Fills(), None)
        assert run_once(client) == f"{name.lower()}@{DOMAIN}"
        assert run_once(client) == f"{name.lower()}@{DOMAIN}"


@scenario
def unfilled():
    """A form that nobody fills in ends the run, and says which field"""
    registration = Recording()
    error = refused(lambda: run_once(make_client(None, registration, None)),
                    Headstock.data_form_error_quark(), Headstock.DataFormError.REQUIRED)
    assert "username" in error.message
    assert registration.told == [("error", error.message)]


@scenario
def changes():
    """The password is changed, then the account is cancelled"""
    name = fresh("change")
    make_account(name)
    registration = Headstock.Registration.new()
    client = make_client(name, None)
    client.register(registration)
    done = []
    client.start()
    wait(lambda: client.props.state == Headstock.ClientState.READY)
    registration.change_password_async("an0ther", None, lambda r, result: done.append(result))
    assert registration.change_password_finish(wait(lambda: done).pop())
    client.stop()
    wait(lambda: client.props.state == Headstock.ClientState.DISCONNECTED)
    assert run_once(client) == f"{name}@{DOMAIN}"

    client.connect("ready", lambda c: registration.cancel_account_async(
        None, lambda r, result: done.append(result)))
    client.run()
    assert registration.cancel_account_finish(wait(lambda: done).pop())
    refused(client.run, Headstock.sasl_error_quark(), Headstock.SaslError.NOT_AUTHORIZED)


@scenario
def forms():
    """Forms and invitations by themselves"""
    x = Headstock.Element.new_from_string(
        "<x xmlns='jabber:x:data' type='form'><field var='l' type='list-multi' label='L'>"
        "<option label='One'><value>1</value></option><option><value>2</value></option></field>"
        "<field var='b' type='boolean'><required/></field></x>")
    form = Headstock.DataForm.new_from_element(x)
    del x
    options = form.get_field("l")
    assert dict(zip(options.get_option_values(), options.get_option_labels())) == {
        "1": "One", "2": "2"}
    options.set_values(["1", "2"])
    assert options.get_values() == ["1", "2"] and options.props.label == "L"
    assert form.get_field("none") is None and form.get_media("cid:x") is None
    error = refused(form.create_submission, Headstock.data_form_error_quark(),
                    Headstock.DataFormError.REQUIRED)
    assert '"b"' in error.message
    form.get_field("b").set_boolean(True)
    submission = form.create_submission()
    assert submission.get_attribute("type") == "submit"
    again = Headstock.DataForm.new_from_element(submission)
    assert again.props.kind == Headstock.DataFormKind.SUBMIT
    assert [f.props.values for f in again.get_fields()] == [["1", "2"], ["true"]]

    invitation = Headstock.Invitation.parse(
        "xmpp:romeo@example.com?roster;preauth=T;ibr=y")
    assert str(invitation.get_jid()) == "romeo@example.com"
    assert invitation.props.token == "T" and invitation.props.can_register
    refused(lambda: Headstock.Invitation.parse("https://example.com"),
            GLib.uri_error_quark(), GLib.UriError.BAD_SCHEME)


# ---- Examples ----

EXAMPLE_ENVIRONMENT = {**os.environ, "HEADSTOCK_HOST": os.environ["HS_TEST_HOST"],
                       "HEADSTOCK_PORT": os.environ["HS_TEST_PORT"],
                       "HEADSTOCK_CA": os.environ["HS_TEST_CA"]}


class Terminal:
    """A program at a terminal of its own."""

    def __init__(self, *command):
        pid, self._fd = pty.fork()
        if pid == 0:
            os.execve(command[0], command, EXAMPLE_ENVIRONMENT)
        self._pid = pid
        self.screen = ""

    def expect(self, text):
        """Waits until a text is on the screen, after all that was expected before."""
        start = getattr(self, "_seen", 0)
        while text not in self.screen[start:]:
            assert select.select([self._fd], [], [], 20)[0], f"no {text!r} in {self.screen!r}"
            try:
                data = os.read(self._fd, 4096)
            except OSError:
                data = b""
            assert data, f"no {text!r} before the end of {self.screen!r}"
            self.screen += data.decode()
        self._seen = self.screen.index(text, start) + len(text)

    def say(self, text):
        os.write(self._fd, text.encode() + b"\n")

    def end(self):
        """The program's status."""
        _, status = os.waitpid(self._pid, 0)
        os.close(self._fd)
        return os.waitstatus_to_exitcode(status)


@scenario
def example_in_c():
    """examples/c/register.c asks on the terminal, and shows no password"""
    name, other = fresh("typed"), fresh("second")
    for taken in (False, True):
        program = Terminal(C_EXAMPLE, DOMAIN)
        program.expect("(required): ")
        program.say("two words")
        program.expect("assword: ")
        program.say("typed-s3cret")
        program.expect("once more: ")
        program.say("typed-s3cret")
        # What is no name is told, and ends the run.
        program.expect("username")
        assert program.end() == 1
        program = Terminal(C_EXAMPLE, DOMAIN)
        program.expect("(required): ")
        program.say(name)
        program.expect("assword: ")
        program.say("typed-s3cret")
        program.expect("once more: ")
        program.say("typed-s4cret")
        program.expect("not the same")
        program.expect("assword: ")
        program.say("typed-s3cret")
        program.expect("once more: ")
        program.say("typed-s3cret")
        if taken:
            program.expect("Another one: ")
            program.say(other)
        program.expect("The account is made.")
        program.expect(f"Signed in as {other if taken else name}@{DOMAIN}/")
        assert program.end() == 0
        assert "s3cret" not in program.screen and "s4cret" not in program.screen
        assert name in program.screen


@scenario
def example_in_python():
    """examples/python/register.py, with each outcome"""
    name, other = fresh("py"), fresh("pyother")

    def run(*arguments):
        return subprocess.run([sys.executable, PYTHON_EXAMPLE, *arguments], text=True, timeout=30,
                              env=EXAMPLE_ENVIRONMENT, capture_output=True)

    first = run(f"{name}@{DOMAIN}", PASSWORD)
    assert first.returncode == 0 and "the account is made" in first.stdout, first
    second = run(f"{name}@{DOMAIN}", PASSWORD)
    assert second.returncode == 1 and "conflict" in second.stderr, second
    third = run(f"{name}@{DOMAIN}", PASSWORD, name, other)
    assert third.returncode == 0 and f"signed in as {other}@{DOMAIN}/" in third.stdout, third
    fourth = run(f"{fresh('error')}@{DOMAIN}", "")
    assert fourth.returncode == 1 and "there is no account: " in fourth.stdout, fourth


main()

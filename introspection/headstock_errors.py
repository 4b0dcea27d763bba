# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an exception tells of the stanza error that it was raised for.

PyGObject makes an exception out of a GError's message, domain and code, and frees the GError.  The library keeps the
stanza that the GError had, and `attach_stanza` takes it from there: the exception has the attributes `condition`,
`error_type`, `text` and `stanza` then.
"""

from functools import wraps

from gi.module import get_introspection_module
from gi.repository import GLib

Headstock = get_introspection_module("Headstock")

# The functions of C, which know nothing of Python's exceptions.
_get_condition = Headstock.StanzaError.get_condition
_get_error_type = Headstock.StanzaError.get_error_type
_take_last = Headstock.StanzaError.steal_last
_DOMAIN = GLib.quark_to_string(Headstock.stanza_error_quark())


def attach_stanza(error, take=_take_last):
    """Gives an exception what there is to know of its stanza error; gives the exception, or what else it was given."""
    if not isinstance(error, GLib.Error) or error.domain != _DOMAIN or hasattr(error, "stanza"):
        return error
    stanza = take()
    error.condition = _get_condition(error)
    # It may be that of another error, which was freed unseen where this one has none.
    if stanza is not None and not _is_about(stanza, error.condition):
        stanza = None
    error.stanza = stanza
    error.error_type = stanza.get_error_type() if stanza else _get_error_type(error)
    error.text = stanza.get_error_text() if stanza else None
    return error


def _is_about(stanza, condition):
    """Whether a stanza has a condition; one that RFC 6120 does not know is undefined-condition."""
    conditions = [child.get_name() for part in stanza.get_children() if part.get_name() == "error"
                  for child in part.get_children() if child.get_namespace() == Headstock.NS_STANZAS]
    return condition in conditions or condition == "undefined-condition"


def attach_to_raised(call):
    """Has a function attach the stanza to what it raises."""
    @wraps(call)
    def attaching(*arguments, **keywords):
        try:
            return call(*arguments, **keywords)
        except GLib.Error as error:
            attach_stanza(error)
            raise

    return attaching


def attach_to_result(call):
    """Has a function that gives an error attach the stanza to it."""
    @wraps(call)
    def attaching(*arguments, **keywords):
        return attach_stanza(call(*arguments, **keywords))

    return attaching


def _attribute(name):
    def get(error):
        # One that a program has made comes without a stanza.
        return getattr(attach_stanza(error, lambda: None), name, None)

    get.__name__ = get.__qualname__ = f"get_{name}"
    get.__doc__ = f"What an exception has as `{name}`; None where its domain is not that of stanza errors."
    return staticmethod(get)


def _match_by_class(matches, quarks):
    """Has GLib.Error.matches() take the class of a domain's codes for the domain, for the library's own domains."""
    @wraps(matches)
    def match(self, domain, code):
        return matches(self, quarks[domain] if isinstance(domain, type) and domain in quarks else domain, code)

    return match


def set_up():
    """Has the classes of error codes know their domains, and take exceptions for C's errors."""
    quarks = {}
    for codes, quark in (("Error", "error"), ("XmlError", "xml_error"), ("StreamError", "stream_error"),
                         ("StanzaError", "stanza_error"), ("SaslError", "sasl_error"),
                         ("DataFormError", "data_form_error"), ("RegistrationError", "registration_error")):
        cls = getattr(Headstock, codes)
        get_quark = getattr(Headstock, f"{quark}_quark")
        quarks[cls] = get_quark()
        if not hasattr(cls, "quark"):
            cls.quark = staticmethod(get_quark)
    GLib.Error.matches = _match_by_class(GLib.Error.matches, quarks)
    for name in ("condition", "error_type", "text", "stanza"):
        setattr(Headstock.StanzaError, f"get_{name}", _attribute(name))
    # From now on the library keeps stanzas.
    _take_last()

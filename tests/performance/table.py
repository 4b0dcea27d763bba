# SPDX-License-Identifier: LGPL-2.1-or-later
"""The table: what was measured, in ratios, against what is to be reached."""

LABELS = {
    "bare": "the baseline: libxml2 alone",
    "handler": "headstock-glib, C handler",
    "signal": "headstock-glib, `message` signal",
    "messages": "headstock-glib, `HsMessages`",
    "python": "headstock-glib, Python handler",
    "javascript": "headstock-glib, JavaScript handler",
    "python-text": "headstock-glib, Python handler of texts",
    "javascript-text": "headstock-glib, JavaScript handler of texts",
    "headstock": "headstock-glib",
    "turn": "headstock-glib, beside a timer",
    "strophe": "libstrophe",
    "loudmouth": "Loudmouth",
    "gloox": "gloox",
    "slixmpp": "slixmpp",
    "nbxmpp": "nbxmpp",
    "qxmpp": "QXmpp",
    "state": "headstock-glib, from a state",
    "roster": "headstock-glib, HsRoster",
    "list": "headstock-glib, HsRoster in a GtkListView",
    "xmppjs": "xmpp.js (Node)",
}


def markdown(header, rows):
    widths = [max(len(row[i]) for row in [header] + rows) for i in range(len(header))]

    def line(cells):
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |"

    return "\n".join([line(header), "|" + "|".join("-" * (width + 2) for width in widths) + "|"]
                     + [line(row) for row in rows])


class Figures:
    """The medians, with None for what has not been measured."""

    def __init__(self, results):
        self.results = results

    def get(self, workload, contestant, figure):
        return self.results.get(workload, {}).get(contestant, {}).get(figure)

    def rate(self, workload, contestant):
        """Stanzas in a second of the client's CPU time."""
        cpu = self.get(workload, contestant, "cpu")
        return self.get(workload, contestant, "amount") / cpu if cpu else None

    def ratio(self, workload, contestant, other):
        ours = self.rate(workload, contestant)
        theirs = self.rate(workload, other)
        return ours / theirs if ours and theirs else None


def million(rate):
    return f"{rate / 1e6:.3f} M" if rate else "-"


def flood_details(figures, name, title):
    rows = []
    for contestant in figures.results.get(name, {}):
        share = figures.ratio(name, contestant, "bare")
        rows.append([LABELS[contestant], million(figures.rate(name, contestant)),
                     f"{share:.2f}" if share else "-",
                     f"{figures.get(name, contestant, 'peak'):.0f}"])
    header = [title, "stanzas / CPU s", "of the baseline", "RSS growth, KiB"]
    return markdown(header, rows)


def roster_details(figures):
    rows = []
    for contestant, medians in figures.results["roster"].items():
        per_item = medians["peak"] * 1024 / medians["amount"]
        rows.append([LABELS[contestant], f"{medians['amount']:.0f}",
                     million(figures.rate("roster", contestant)),
                     f"{medians['peak']:.0f}", f"{per_item:.1f}"])
    return markdown(["roster in one iq", "items", "items / CPU s", "RSS growth, KiB",
                     "bytes an item"], rows)


def contact_details(figures):
    rows = [[LABELS[contestant], f"{medians['amount']:.0f}", f"{medians['cpu']:.3f}",
             f"{medians['peak'] / 1024:.1f}",
             f"{medians['turn_cpu'] * 1e3:.1f}" if "turn_cpu" in medians else "-"]
            for contestant, medians in figures.results["contacts"].items()]
    return markdown(["a roster, from the start until it is there", "contacts", "CPU s", "RSS growth, MiB",
                     "longest turn, CPU ms"], rows)


def presence_details(figures):
    labels = LABELS | {"signal": "headstock-glib, `presence` signal"}
    rows = [[labels[contestant], million(figures.rate("presences", contestant)),
             f"{figures.ratio('presences', contestant, 'signal') or 0:.2f}"]
            for contestant in figures.results["presences"]]
    return markdown(["presences of 100,000 contacts", "presences / CPU s", "of the signal"], rows)


def room_details(figures):
    rows = [[LABELS[contestant], f"{medians['cpu']:.3f}", f"{medians['peak'] / 1024:.1f}",
             f"{medians['turn_cpu'] * 1e3:.1f}" if "turn_cpu" in medians else "-"]
            for contestant, medians in figures.results["room"].items()]
    return markdown(["a room of 5,000, from the request until all are there", "CPU s", "RSS growth, MiB",
                     "longest turn, CPU ms"], rows)


def share_of_core(figures):
    """What 500 presences a second take of one, in per cent."""
    rate = figures.rate("room-presences", "headstock")
    return 500 / rate * 100 if rate else None


def trip_details(figures, name, title):
    rows = [[LABELS[contestant], million(figures.rate(name, contestant)),
             f"{medians['wall'] / medians['amount'] * 1e6:.1f}"]
            for contestant, medians in figures.results[name].items()]
    return markdown([title, "trips / CPU s", "µs a trip"], rows)


def crowd_details(figures, name, title):
    rows = []
    for contestant, medians in figures.results[name].items():
        others = medians["clients"] - 1
        row = [LABELS[contestant], f"{medians['clients']:.0f}", f"{medians['rss'] / others:.2f}",
               f"{medians['signin_cpu'] / others * 1e6:.0f}", f"{medians['signin_wall']:.2f}"]
        if name == "pings":
            row[2] = f"{medians['signed_in'] / others:.2f}"
            row += [f"{medians['cpu'] / medians['clients'] * 1e6:.1f}",
                    f"{medians['turn'] * 1e3:.1f} ({medians['turn_cpu'] * 1e3:.1f})"
                    if "turn" in medians else "-"]
        rows.append(row)
    header = [title, "clients", "KiB each", "sign-in: CPU µs each", "all signed in after s"]
    if name == "pings":
        header += ["a ping: CPU µs", "longest turn, ms (CPU)"]
    return markdown(header, rows)


def turn_details(figures):
    medians = figures.results["turn"]["headstock"]
    return (f"Longest turn of the main loop through {medians['amount']:.0f} group-chat messages: "
            f"{medians['turn'] * 1e3:.1f} ms, of which CPU {medians['turn_cpu'] * 1e3:.1f} ms.")


def details(results):
    figures = Figures(results)
    parts = []
    for name, title in (("chat", "chat messages received"),
                        ("groupchat", "group-chat messages received"),
                        ("tls", "chat messages received through TLS"),
                        ("growth", "100,000 chat messages received"),
                        ("send", "messages built and sent")):
        if results.get(name):
            parts.append(flood_details(figures, name, title))
    if results.get("roster"):
        parts.append(roster_details(figures))
    if results.get("contacts"):
        parts.append(contact_details(figures))
    if results.get("presences"):
        parts.append(presence_details(figures))
    if results.get("room"):
        parts.append(room_details(figures))
    for name, title in (("trips", "requests, one at a time"),
                        ("trips100", "requests, 100 in flight")):
        if results.get(name):
            parts.append(trip_details(figures, name, title))
    for name, title in (("idle", "silent for ten seconds"),
                        ("idle-managed", "the same, with stream management"), ("pings", "each answers a ping")):
        if results.get(name):
            parts.append(crowd_details(figures, name, title))
    if results.get("turn"):
        parts.append(turn_details(figures))
    return "\n\n".join(parts) + "\n"


def at_least(value, goal, unit):
    if value is None:
        return None
    return (f"{value:.2f} {unit}", f">= {goal} {unit}", round(value, 2) >= goal)


def at_most(value, goal, unit):
    if value is None:
        return None
    return (f"{value:.2f} {unit}", f"<= {goal} {unit}", round(value, 2) <= goal)


def per_client(figures, name, contestant):
    rss = figures.get(name, contestant, "rss")
    return rss / (figures.get(name, contestant, "clients") - 1) if rss is not None else None


def signed_in(figures, contestant, other):
    """How much more CPU time the sign-in of many takes one than the other."""
    ours, theirs = (figures.get("idle", name, "signin_cpu") for name in (other, contestant))
    return theirs / ours if ours and theirs else None


def scaled(value, factor):
    return value * factor if value is not None else None


def core_checks(figures):
    """Of the client itself."""
    ratio = figures.ratio
    return [
        ("chat to a C handler", at_least(ratio("chat", "handler", "bare"), 0.75, "of the baseline")),
        ("", at_least(ratio("chat", "handler", "strophe"), 3, "x libstrophe")),
        ("group chat to a C handler",
         at_least(ratio("groupchat", "handler", "bare"), 0.75, "of the baseline")),
        ("", at_least(ratio("groupchat", "handler", "strophe"), 3.5, "x libstrophe")),
        ("chat through the `message` signal",
         at_least(ratio("chat", "signal", "bare"), 0.6, "of the baseline")),
        ("group chat through the `message` signal",
         at_least(ratio("groupchat", "signal", "bare"), 0.6, "of the baseline")),
        ("chat through TLS", at_least(ratio("tls", "handler", "bare"), 0.85, "of the baseline")),
        ("chat to a Python handler", at_least(ratio("chat", "python", "slixmpp"), 10, "x slixmpp")),
        ("group chat to a Python handler",
         at_least(ratio("groupchat", "python", "slixmpp"), 3, "x slixmpp")),
        ("chat to a JavaScript handler",
         at_least(ratio("chat", "javascript", "xmppjs"), 4, "x xmpp.js")),
        ("chat's text to a Python handler", at_least(ratio("chat", "python-text", "slixmpp"), 10, "x slixmpp")),
        ("chat's text to a JavaScript handler",
         at_least(ratio("chat", "javascript-text", "xmppjs"), 4, "x xmpp.js")),
        ("built and sent one by one",
         at_least(ratio("send", "headstock", "loudmouth"), 2, "x Loudmouth")),
        ("", at_least(ratio("send", "headstock", "strophe"), 2.5, "x libstrophe")),
        ("one request at a time", at_least(ratio("trips", "headstock", "strophe"), 1, "x libstrophe")),
        ("sign-in of a thousand", at_least(signed_in(figures, "strophe", "headstock"), 1, "x libstrophe")),
        ("resident growth through 100,000 messages",
         at_most(scaled(figures.get("growth", "handler", "peak"), 1 / 1024), 1, "MiB")),
        ("resident growth through a roster",
         at_most(scaled(figures.get("roster", "headstock", "peak"), 1 / 1024), 2, "MiB")),
        ("one silent connection", at_most(per_client(figures, "idle", "headstock"), 6.5, "KiB")),
        ("one silent connection with stream management",
         at_most(per_client(figures, "idle-managed", "headstock"), 6.5, "KiB")),
        ("longest turn through a flood",
         at_most(scaled(figures.get("turn", "headstock", "turn"), 1000), 5, "ms")),
        ("longest turn while thousands answer",
         at_most(scaled(figures.get("pings", "turn", "turn"), 1000), 5, "ms")),
    ]


def feature_checks(figures):
    """Of the features."""
    ratio = figures.ratio
    return [
        ("100,000 contacts", at_most(figures.get("contacts", "headstock", "cpu"), 0.6, "CPU s")),
        ("", at_least(ratio("contacts", "headstock", "qxmpp"), 8, "x QXmpp")),
        ("", at_most(scaled(figures.get("contacts", "headstock", "peak"), 1 / 1024), 40, "MiB")),
        ("", at_most(scaled(figures.get("contacts", "headstock", "turn_cpu"), 1000), 5, "ms in a turn")),
        ("", at_most(figures.get("contacts", "headstock", "changes"), 10, "`items-changed`")),
        ("100,000 contacts from a state", at_most(figures.get("contacts", "state", "cpu"), 0.15, "CPU s")),
        ("presences of contacts that a list shows",
         at_least(ratio("presences", "list", "signal"), 0.5, "of the `presence` signal")),
        ("a room of 5,000", at_most(figures.get("room", "headstock", "cpu"), 0.1, "CPU s")),
        ("", at_least(ratio("room", "headstock", "qxmpp"), 6, "x QXmpp")),
        ("", at_least(ratio("room", "headstock", "slixmpp"), 20, "x slixmpp")),
        ("", at_most(scaled(figures.get("room", "headstock", "turn_cpu"), 1000), 5, "ms in a turn")),
        ("", at_most(figures.get("room", "headstock", "changes"), 1, "`items-changed`")),
        ("500 presences a second in a room of 5,000", at_most(share_of_core(figures), 2, "% of a core")),
        ("what 5,000 occupants with 50 programs can do",
         at_most(figures.get("room-caps", "headstock", "requests"), 50, "requests")),
        ("", at_most(figures.get("room-caps", "headstock", "unasked"), 0, "requests unless asked")),
        ("", at_most(scaled(figures.get("room-caps", "headstock", "lookup"), 1e6), 0.3, "µs a lookup")),
        ("1,000,000 archived messages, confirmed by hundreds",
         at_least(figures.rate("history", "headstock"), 50000, "a CPU second")),
        ("", at_most(scaled(figures.get("history", "headstock", "peak"), 1 / 1024), 4, "MiB more resident")),
        ("", at_most(scaled(figures.get("history", "headstock", "turn_cpu"), 1000), 5, "ms in a turn")),
        ("10,000 archived messages, answers 100 ms late",
         at_most(figures.get("history-trips", "headstock", "trips"), 225, "round trips")),
        ("chat through `HsMessages`",
         at_least(ratio("chat", "messages", "signal"), 0.7, "of the `message` signal")),
    ]


def goal_table(checks):
    """What was measured beside its goal; and how many goals were missed. Empty where nothing was measured."""
    rows, n_missed, what = [], 0, ""
    for name, check in checks:
        # The first row that was measured says what all those below it are about.
        what = name or what
        if check is None:
            continue
        value, goal, passed = check
        rows.append([what, value, goal, "reached" if passed else "MISSED"])
        what = ""
        n_missed += not passed
    return markdown(["what", "measured", "goal", ""], rows) if rows else "", n_missed


def goals(results):
    """All goals, and how many were missed."""
    figures = Figures(results)
    tables = [goal_table(checks(figures)) for checks in (core_checks, feature_checks)]
    return "\n\n".join(text for text, _ in tables if text), sum(n for _, n in tables)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Connects each release of slixmpp to an address."""


def connect(client, address, tls="none"):
    """Without TLS, with STARTTLS or with TLS from the start; since 1.10 attributes say which."""
    if hasattr(client, "enable_plaintext"):
        client.enable_plaintext = tls == "none"
        client.enable_starttls = tls == "starttls"
        client.enable_direct_tls = tls == "direct"
        client.connect(*address)
    elif tls == "none":
        client.connect(address, force_starttls=False, disable_starttls=True)
    else:
        client.connect(address, use_ssl=tls == "direct", force_starttls=tls == "starttls")

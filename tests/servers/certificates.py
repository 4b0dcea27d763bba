# SPDX-License-Identifier: LGPL-2.1-or-later
"""Certificates for the test servers, made by the openssl command.

All of it lives in one folder, for one run: an authority of our own, the server's
certificate, one that has expired, one for another name, a client's certificate for
SASL EXTERNAL (with id-on-xmppAddr, RFC 6120 13.7.1.4), and an authority that signed
nothing.  Keys are on P-256, so that making all of them takes a fraction of a second.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_CONFIG = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = {names}
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = {names}
"""


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, each in a PEM file."""

    certificate: Path
    key: Path

    def bundle(self) -> Path:
        """One file that holds both, as ejabberd wants it."""
        path = self.certificate.with_suffix(".bundle.pem")
        path.write_bytes(self.certificate.read_bytes() + self.key.read_bytes())
        return path


class Certificates:
    """What one run of the servers needs, in `folder`."""

    def __init__(self, folder: Path, domain: str, other_domains: list[str], jid: str, https_host: str):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        names = [domain, *other_domains]
        self.authority = self._make_authority("ca", "Headstock test authority")
        self.other_authority = self._make_authority("other-ca", "Unrelated authority")
        self.server = self._issue("server", "server", domain, _dns(names))
        self.wrong_host = self._issue("wrong-host", "server", "elsewhere.invalid",
                                      _dns(["elsewhere.invalid"]))
        self.https = self._issue("https", "server", https_host, _dns([https_host]))
        self.expired = self._issue("expired", "server", domain, _dns(names), expired=True)
        self.client = self._issue("client", "client", jid.partition("@")[0],
                                  f"otherName:1.3.6.1.5.5.7.8.5;UTF8:{jid}")

    def _openssl(self, *arguments: str) -> None:
        result = subprocess.run(["openssl", *arguments], cwd=self.folder,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, timeout=60,
                                env={**os.environ, "OPENSSL_CONF": "/dev/null"})
        if result.returncode != 0:
            raise RuntimeError(f"openssl {' '.join(arguments)} failed:\n{result.stdout}")

    def _pair(self, stem: str, name: str, names: str) -> Pair:
        (self.folder / f"{stem}.cnf").write_text(_CONFIG.format(name=name, names=names))
        pair = Pair(self.folder / f"{stem}.pem", self.folder / f"{stem}.key")
        self._openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
                      "-out", pair.key.name)
        return pair

    def _make_authority(self, stem: str, name: str) -> Pair:
        pair = self._pair(stem, name, "DNS:unused.invalid")
        self._openssl("req", "-x509", "-new", "-key", pair.key.name, "-sha256",
                      "-days", "30", "-config", f"{stem}.cnf", "-extensions", "authority",
                      "-out", pair.certificate.name)
        return pair

    def _issue(self, stem: str, kind: str, name: str, names: str, expired: bool = False) -> Pair:
        pair = self._pair(stem, name, names)
        self._openssl("req", "-new", "-key", pair.key.name, "-sha256",
                      "-config", f"{stem}.cnf", "-out", f"{stem}.csr")
        if expired:
            # `openssl x509 -req` cannot date a certificate back; `openssl ca` can.
            self._issue_expired(stem, kind, pair)
        else:
            self._openssl("x509", "-req", "-in", f"{stem}.csr", "-sha256", "-days", "30",
                          "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                          "-extfile", f"{stem}.cnf", "-extensions", kind,
                          "-out", pair.certificate.name)
        return pair

    def _issue_expired(self, stem: str, kind: str, pair: Pair) -> None:
        (self.folder / "index.txt").write_text("")
        with (self.folder / f"{stem}.cnf").open("a") as config:
            config.write("[ca]\ndefault_ca = ours\n[ours]\ndatabase = index.txt\n"
                         "new_certs_dir = .\nrand_serial = yes\npolicy = policy\n"
                         "[policy]\nCN = supplied\n")
        self._openssl("ca", "-batch", "-notext", "-config", f"{stem}.cnf", "-md", "sha256",
                      "-startdate", "20200101000000Z",
                      "-enddate", "20210101000000Z", "-cert", "ca.pem", "-keyfile", "ca.key",
                      "-extensions", kind, "-in", f"{stem}.csr",
                      "-out", pair.certificate.name)


def _dns(names: list[str]) -> str:
    return ", ".join(f"DNS:{name}" for name in names)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prosody in the foreground, from a configuration of ours; 0.12 and 13 alike.

Accounts and rosters are written as Prosody's own storage files.  Three ports take clients:
STARTTLS (required), direct TLS, and a plain one, where a small plug-in of ours marks the
connection as secure, since Prosody can only waive TLS for a whole host.  EXTERNAL comes
from prosody-modules' mod_client_certs, which knows a certificate by its digest; the
certificate of user1 is stored for it.  Without prosody-modules there is no EXTERNAL.
"""

import hashlib
import os
import ssl
from pathlib import Path

import settings
from settings import Setup

NAME = "prosody"

_CONFIG = """\
run_as_root = true
data_path = {data}
plugin_paths = {{ {plugins} }}
interfaces = {{ "127.0.0.1" }}
local_interfaces = {{ "127.0.0.1" }}
pidfile = {pidfile}
log = {{ {{ levels = {{ min = "info" }}, to = "file", filename = {log} }} }}
modules_enabled = {{ {modules} }}
modules_disabled = {{ "s2s", "s2s_auth_certs" }}

c2s_ports = {{ {starttls}, {plain} }}
c2s_direct_tls_ports = {{ {tls} }}
component_ports = {{ {component} }}
hs_plain_port = {plain}
hs_token_file = {token_file}
hs_rooms = {rooms_jid}
hs_rooms_file = {rooms_file}
hs_purge_file = {purge_file}
hs_purge_users = {{ {users} }}
-- Each use of a token is answered with another one.
sasl2_fast_token_min_ttl = 0
c2s_require_encryption = true
ssl = {{
  certificate = {certificate};
  key = {key};
  cafile = {authority};
  verify = {{ "peer" }};
  protocol = {protocol};
}}

-- Limits so high that no test meets them unasked.
c2s_stanza_size_limit = {stanza_size}
component_stanza_size_limit = {stanza_size}
s2s_stanza_size_limit = {stanza_size}
smacks_max_queue_size = 100000
smacks_hibernation_time = 300
storage_archive_item_limit = 100000
min_seconds_between_registrations = 0
registration_throttle_max = 0
allow_registration = {register}
allow_user_invites = {invites}

{end_point}
{http}authentication = {authentication}
password_hash = {hash}

VirtualHost {domain}
  modules_enabled = {{ {domain_modules} }}
VirtualHost {anonymous}
  authentication = "anonymous"
VirtualHost {wrong_host}
  ssl = {{
    certificate = {wrong_certificate};
    key = {wrong_key};
    protocol = {protocol};
  }}
Component {component_jid}
  component_secret = {component_secret}
{rooms}{upload}"""

_ROOMS = """\
Component {jid} "muc"
  modules_enabled = {{ {modules} }}
"""

_UPLOAD = """\
Component {jid} "http_file_share"
  http_host = {host}
  http_external_url = {url}
  http_file_share_size_limit = {size}
"""

# The ports for HTTP are the whole server's.
_HTTP = """\
http_ports = {{ }}
https_ports = {{ {port} }}
https_interfaces = {{ "127.0.0.1" }}
https_ssl = {{
  certificate = {certificate};
  key = {key};
}}
"""

# Earlier than anything that looks at session.secure.
_PLAIN_PLUGIN = """\
local port = module:get_option_number("hs_plain_port");
module:hook("stream-features", function (event)
    local session = event.origin;
    local socket = session.type == "c2s_unauthed" and session.conn and session.conn:socket();
    if not socket or not socket.getsockname then return; end
    local _, here = socket:getsockname();
    if tonumber(here) == port then
        session.secure = true;
        session.conn.starttls = false;
    end
end, 25000);
"""


# What mod_http_oauth2 would do for a user who agrees: an access token for user1, in a file.
_TOKEN_PLUGIN = """\
local tokenauth = module:depends("tokenauth");
local jid = "user1@" .. module.host;
-- The first use of a password changes how it is stored, and ends what was granted before.
assert(require "prosody.core.usermanager".test_password("user1", module.host, "secret1"));
local config = module:shared("tokenauth/oauthbearer_config");
config.oidc_discovery_url = "https://" .. module.host .. "/.well-known/openid-configuration";
local grant = assert(tokenauth.create_grant(jid, jid, 86400));
local token = assert(tokenauth.create_token(jid, grant, "prosody:registered", 86400, "oauth2"));
local file = assert(io.open(module:get_option_string("hs_token_file"), "w"));
file:write(token);
file:close();
"""

# What becomes of the rooms while everybody stays signed in: they end without a word, as when the service crashes, or
# the service is restarted.
_ROOMS_PLUGIN = """\
local host, path = module:get_option_string("hs_rooms"), module:get_option_string("hs_rooms_file");
local found, manager = pcall(require, "prosody.core.modulemanager");
manager = found and manager or require "core.modulemanager";
local commands = {
    forget = function ()
        local muc = prosody.hosts[host].modules.muc;
        for room in muc.all_rooms() do
            muc.forget_room(room);
        end
    end;
    restart = function () assert(manager.reload(host, "muc")); end;
};
module:add_timer(0.05, function ()
    local file = io.open(path);
    if file then
        local command = file:read("*l");
        file:close();
        commands[command]();
        os.remove(path);
    end
    return 0.05;
end);
"""

# Purges the accounts' archives when a test asks for it: see serve.py.
_PURGE_PLUGIN = """\
local archive = module:open_store("archive", "archive");
local path = module:get_option_string("hs_purge_file");
local users = module:get_option_array("hs_purge_users");
module:add_timer(0.05, function ()
    local file = io.open(path);
    if file then
        local last = tonumber((file:read("*a"))) / 1000000;
        file:close();
        for _, user in ipairs(users) do
            archive:delete(user, { ["end"] = last });
        end
        os.remove(path);
    end
    return 0.05;
end);
"""


def _lua(text) -> str:
    """A Lua string, whatever it holds."""
    return '"' + "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\{b:03d}"
                         for b in str(text).encode()) + '"'


def _list(items) -> str:
    return ", ".join(_lua(item) for item in items)


def _store(data: Path, host: str, store: str, user: str, content: str) -> None:
    folder = data / host.replace(".", "%2e").replace("-", "%2d") / store
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{user}.dat").write_text(f"return {content};\n")


class Prosody:
    """One installation, found by `find`."""

    name = NAME

    def __init__(self, root: Path, version: str):
        self.root = root
        self.version = version
        self.generation = "stable" if version.startswith("0.") else "backports"

    @classmethod
    def find(cls, root: Path) -> "Prosody | None":
        try:
            version = (root / "usr/lib/prosody/prosody.version").read_text().strip()
        except OSError:
            return None
        return cls(root, version)

    def prepare(self, setup: Setup) -> None:
        """Writes the configuration, the accounts and the rosters."""
        folder, certificates, options = setup.folder, setup.certificates, setup.options
        data = folder / "data"
        plugins = folder / "plugins"
        for one in (data, plugins, folder / "certs"):
            one.mkdir(exist_ok=True)
        (plugins / "mod_hs_plain_port.lua").write_text(_PLAIN_PLUGIN)
        (plugins / "mod_hs_token.lua").write_text(_TOKEN_PLUGIN)
        (plugins / "mod_hs_rooms.lua").write_text(_ROOMS_PLUGIN)
        (plugins / "mod_hs_purge.lua").write_text(_PURGE_PLUGIN)
        self._write_accounts(data, certificates, options)
        has_client_certs = self._copy_client_certs(plugins)

        hashed = options["passwords"] != "plain"
        of_domain = ["client_certs", "adhoc"] if has_client_certs else []
        if hashed and options["sasl2"] == "yes" and self.generation == "backports":
            of_domain.append("hs_token")
        if options["rooms"] == "yes":
            of_domain.append("hs_rooms")
        if options["mam"] == "yes":
            of_domain.append("hs_purge")
        (folder / "prosody.cfg.lua").write_text(_CONFIG.format(
            data=_lua(data), pidfile=_lua(folder / "prosody.pid"),
            plugins=_list([plugins, self.root / "usr/lib/prosody/modules"]),
            log=_lua(folder / "server.log"),
            modules=_list(self._modules(options)),
            domain_modules=_list(of_domain), token_file=_lua(folder / "access-token"),
            rooms_jid=_lua(settings.ROOMS), rooms_file=_lua(folder / settings.ROOMS_FILE),
            purge_file=_lua(folder / settings.PURGE_FILE), users=_list(settings.PASSWORDS),
            starttls=setup.ports.starttls, tls=setup.ports.tls, plain=setup.ports.plain,
            component=setup.ports.component,
            certificate=_lua(certificates.server.certificate), key=_lua(certificates.server.key),
            authority=_lua(certificates.authority.certificate),
            wrong_certificate=_lua(certificates.wrong_host.certificate),
            wrong_key=_lua(certificates.wrong_host.key),
            protocol=_lua({"any": "tlsv1_2+", "1.2": "tlsv1_2", "1.3": "tlsv1_3"}[options["tls"]]),
            stanza_size=settings.STANZA_SIZE,
            register="true" if options["register"] == "yes" else "false",
            invites="true" if options["invites"] == "yes" else "false",
            authentication=_lua("internal_hashed" if hashed else "internal_plain"),
            hash=_lua("SHA-1" if options["passwords"] in ("plain", "sha1") else "SHA-256"),
            end_point=self._end_point(certificates.server.certificate, options),
            domain=_lua(settings.DOMAIN), anonymous=_lua(settings.ANONYMOUS_DOMAIN),
            wrong_host=_lua(settings.WRONG_HOST_DOMAIN),
            component_jid=_lua(settings.COMPONENT),
            component_secret=_lua(settings.COMPONENT_SECRET),
            rooms=self._rooms(options), http=self._http(setup), upload=self._upload(setup)))

        # The program has its folders written into it.
        program = (self.root / "usr/bin/prosody").read_text()
        if self.root != Path("/"):
            program = program.replace("'/usr/lib/prosody", f"'{self.root}/usr/lib/prosody")
        (folder / "prosody.lua").write_text(program)

    def _rooms(self, options: dict[str, str]) -> str:
        """A service for rooms. Moderation comes with Prosody 13, or with prosody-modules."""
        if options["rooms"] == "no":
            return ""
        modules = ["muc_mam"]
        if any((self.root / f"usr/lib/prosody/modules/{name}").exists()
               for name in ("mod_muc_moderation.lua", "mod_muc_moderation")):
            modules.append("muc_moderation")
        return _ROOMS.format(jid=_lua(settings.ROOMS), modules=_list(modules))

    def _http(self, setup: Setup) -> str:
        if setup.options["upload"] == "no":
            return ""
        pair = setup.certificates.https
        return _HTTP.format(port=setup.ports.https, certificate=_lua(pair.certificate), key=_lua(pair.key))

    def _upload(self, setup: Setup) -> str:
        """A service for uploads (XEP-0363)."""
        if setup.options["upload"] == "no":
            return ""
        return _UPLOAD.format(jid=_lua(settings.UPLOAD), host=_lua(settings.UPLOAD_HOST),
                              url=_lua(f"https://{settings.UPLOAD_HOST}:{setup.ports.https}/"),
                              size=settings.UPLOAD_MAX_SIZE)

    def _end_point(self, certificate: Path, options: dict[str, str]) -> str:
        """tls-server-end-point (RFC 5929, 4.1), with the hash that our certificates are signed with.

        By "auto" Prosody 13 offers it to its first connection alone, and mod_sasl2 does not know it.
        """
        if options["sasl2"] == "yes":
            return ""
        der = ssl.PEM_cert_to_DER_cert(certificate.read_text())
        return f"tls_server_end_point_hash = {_lua(hashlib.sha256(der).hexdigest())}"

    def _copy_client_certs(self, plugins: Path) -> bool:
        """Takes mod_client_certs, where prosody-modules is there, in a form that loads.

        Debian's of 2023 names a permission in a way that Debian's Prosody 0.12 refuses.
        """
        name = "mod_client_certs"
        try:
            text = (self.root / f"usr/lib/prosody/modules/{name}/{name}.lua").read_text()
        except OSError:
            return False
        (plugins / f"{name}.lua").write_text(text.replace('handler, "user")', 'handler, "any")'))
        return True

    def _modules(self, options: dict[str, str]) -> list[str]:
        modules = ["hs_plain_port", "roster", "saslauth", "tls", "disco", "ping", "smacks",
                   "carbons", "csi", "blocklist", "pep", "bookmarks", "private", "version", "time", "lastactivity"]
        # What is published by one way is there by the other one: vCards, avatars (XEP-0398).
        modules += ["vcard4", "vcard_legacy"]
        if options["register"] == "yes":
            modules.append("register")
        if options["invites"] == "yes":
            modules += ["adhoc", "invites", "invites_adhoc", "invites_register"]
        if options["mam"] == "yes":
            modules += ["mam", "offline"]
        if options["sasl2"] == "yes" and self.generation == "backports":
            modules += ["sasl2", "sasl2_bind2", "sasl2_sm", "sasl2_fast", "sasl_ssdp"]
        return modules

    def _write_accounts(self, data: Path, certificates, options: dict[str, str]) -> None:
        for user, password in settings.PASSWORDS.items():
            _store(data, settings.DOMAIN, "accounts", user,
                   f'{{ ["password"] = {_lua(settings.prepared(password))} }}')
        more = "" if options["contacts"] == "few" else ", ".join(
            f'["contact{number}@{settings.DOMAIN}"] = {{ ["subscription"] = "none", '
            f'["name"] = "Contact {number}", ["groups"] = {{ ["Friends"] = true }} }}'
            for number in range(int(options["contacts"])))
        for user, other in (("user1", "user2"), ("user2", "user1")):
            contact = _lua(f"{other}@{settings.DOMAIN}")
            others = f", {more}" if more and user == "user1" else ""
            _store(data, settings.DOMAIN, "roster", user,
                   '{ [false] = { ["version"] = 1 }, '
                   f'[{contact}] = {{ ["subscription"] = "both", ["name"] = {_lua(other.title())}, '
                   f'["groups"] = {{ ["Friends"] = true }} }}{others} }}')
        pem = certificates.client.certificate.read_text()
        digest = hashlib.sha1(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
        _store(data, settings.DOMAIN, "client_certs", "user1",
               f'{{ ["test"] = {{ ["digest"] = {_lua(digest)}, ["pem"] = {_lua(pem)} }} }}')

    def command(self, setup: Setup) -> list[str]:
        return ["lua5.4", str(setup.folder / "prosody.lua"), "--config",
                str(setup.folder / "prosody.cfg.lua"), "-F"]

    def environment(self, setup: Setup) -> dict[str, str]:
        return {**os.environ, "HOME": str(setup.folder)}

    def failed_to_bind(self, log: str) -> bool:
        return "Failed to open server port" in log

    def is_prepared(self, setup: Setup) -> bool:
        """Whether the accounts are there: they are files, and were first."""
        return True

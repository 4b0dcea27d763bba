# SPDX-License-Identifier: LGPL-2.1-or-later
"""ejabberd in the foreground, from a configuration of ours; 23.01 and 24.12 alike.

The Erlang machine is started directly and not by ejabberdctl: without a node name there is
no distribution, hence no epmd and no cookie, any number of servers runs at once, and it
needs not be the user that the package made.  Accounts and rosters are made by an expression
that runs after ejabberd's start and leaves a file when it is done.
"""

import base64
import os
import re
from pathlib import Path

import settings
from settings import Setup

NAME = "ejabberd"

_PICTURE = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5E"
            "rkJggg==")

_CONFIG = """\
hosts:
  - {domain}
  - {anonymous}
  - {wrong_host}
loglevel: info
certfiles:
  - {certificate}
  - {wrong_certificate}
  - {https_certificate}
ca_file: {authority}
c2s_protocol_options: {protocol_options}

listen:
  -
    port: {starttls}
    ip: 127.0.0.1
    module: ejabberd_c2s
    access: all
    shaper: none
    max_stanza_size: {stanza_size}
    max_fsm_queue: 1000000
    backlog: 4096
    starttls: true
    starttls_required: true
    tls_verify: true
    cafile: {authority}
  -
    port: {tls}
    ip: 127.0.0.1
    module: ejabberd_c2s
    access: all
    shaper: none
    max_stanza_size: {stanza_size}
    max_fsm_queue: 1000000
    backlog: 4096
    tls: true
    tls_verify: true
    cafile: {authority}
  -
    port: {plain}
    ip: 127.0.0.1
    module: ejabberd_c2s
    access: all
    shaper: none
    max_stanza_size: {stanza_size}
    max_fsm_queue: 1000000
    backlog: 4096
{plain_sasl2}
  -
    port: {component}
    ip: 127.0.0.1
    module: ejabberd_service
    access: all
    max_stanza_size: {stanza_size}
    max_fsm_queue: 1000000
    backlog: 4096
    hosts:
      {component_jid}:
        password: {component_secret}
{https}
acme:
  auto: false
auth_method: internal
auth_password_format: {format}
{hash}
auth_use_cache: false
disable_sasl_mechanisms:
  - digest-md5
  - x-oauth2
host_config:
  {anonymous}:
    auth_method: anonymous
    anonymous_protocol: sasl_anon
    allow_multiple_connections: true

max_fsm_queue: 1000000
registration_timeout: infinity
{captcha}acl:
  loopback:
    ip:
      - 127.0.0.0/8
access_rules:
  local:
    allow: all
shaper_rules:
  max_user_sessions: 100000
  max_user_offline_messages: 100000
  c2s_shaper: none

modules:
  mod_adhoc: {{}}
  mod_avatar: {{}}
  mod_admin_extra: {{}}
  mod_blocking: {{}}
  mod_caps: {{}}
  mod_carboncopy: {{}}
  mod_client_state: {{}}
  mod_disco: {{}}
  mod_offline:
    access_max_user_messages: max_user_offline_messages
  mod_ping: {{}}
  mod_pubsub:
    plugins: [flat, pep]
  mod_privacy: {{}}
  mod_private: {{}}
  mod_roster:
    versioning: true
  mod_stream_mgmt:
    resend_on_timeout: if_offline
    resume_timeout: 300
    max_ack_queue: 100000
  mod_time: {{}}
  mod_vcard: {{}}
  mod_vcard_xupdate: {{}}
  mod_version: {{}}
{modules}
"""


_HTTPS = """\
  -
    port: {port}
    ip: 127.0.0.1
    module: ejabberd_http
    tls: true
    request_handlers:
      /upload: mod_http_upload
"""

# One domain's alone: several cannot share a URL.
_UPLOAD = """\
append_host_config:
  {domain}:
    modules:
      mod_http_upload:
        host: {host}
        put_url: {url}
        docroot: {folder}
        max_size: {size}
        thumbnail: false
"""

# As in prosody.py. A room that is killed says nothing; one that is stopped says status 332.
_ROOMS = """\
spawn(fun Loop() ->
    case file:read_file({file}) of
        {{ok, <<"forget", _/binary>>}} ->
            [begin
                 mod_muc:room_destroyed({rooms}, Name, Pid, {domain}),
                 exit(Pid, kill)
             end || {{Name, _, Pid}} <- mod_muc:get_online_rooms({rooms})],
            ok = file:delete({file});
        {{ok, <<"restart", _/binary>>}} ->
            gen_mod:stop_module({domain}, mod_muc),
            gen_mod:start_module({domain}, mod_muc),
            true = gen_mod:is_loaded({domain}, mod_muc),
            ok = file:delete({file});
        _ -> ok
    end,
    timer:sleep(50),
    Loop()
end)"""

# Purges the archives when a test asks for it: see serve.py.
_PURGE = """\
spawn(fun Loop() ->
    case file:read_file({file}) of
        {{ok, Time}} ->
            Last = misc:usec_to_now(binary_to_integer(Time) + 1),
            mod_mam_mnesia:delete_old_messages(global, Last, all),
            ok = file:delete({file});
        _ -> ok
    end,
    timer:sleep(50),
    Loop()
end)"""


def _yaml(text) -> str:
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _erlang(text) -> str:
    """An Erlang binary, whatever it holds."""
    return "<<" + ",".join(str(b) for b in str(text).encode()) + ">>"


class Ejabberd:
    """One installation, found by `find`."""

    name = NAME

    def __init__(self, root: Path, application: Path):
        self.root = root
        self._application = application
        self.version = re.sub(r"^ejabberd-([0-9.]+).*", r"\1", application.name)
        self.generation = "stable" if int(self.version.split(".")[0]) < 24 else "backports"

    @classmethod
    def find(cls, root: Path) -> "Ejabberd | None":
        for application in sorted(root.glob("usr/lib/*/ejabberd-*")):
            if (application / "ebin/ejabberd.app").exists():
                return cls(root, application)
        return None

    def prepare(self, setup: Setup) -> None:
        """Writes the configuration and the expression that makes the accounts."""
        folder, certificates, options = setup.folder, setup.certificates, setup.options
        modules = ""
        if options["register"] == "yes":
            modules += ("  mod_register:\n    access: all\n    ip_access: all\n"
                        "    password_strength: 0\n")
            if options["captcha"] == "yes":
                modules += "    captcha_protected: true\n"
        if options["mam"] == "yes":
            modules += "  mod_mam:\n    default: always\n"
        if options["rooms"] == "yes":
            modules += (f"  mod_muc:\n    host: {_yaml(settings.ROOMS)}\n"
                        f"    default_room_options:\n      mam: {'true' if options['mam'] == 'yes' else 'false'}\n")
            # From 23.10 on.
            if self.generation == "backports":
                modules += "  mod_muc_occupantid: {}\n"
        if options["sasl2"] == "yes" and self.generation == "backports":
            modules += "  mod_auth_fast: {}\n"
        https = ""
        if options["upload"] == "yes":
            https = _HTTPS.format(port=setup.ports.https)
            modules += _UPLOAD.format(
                domain=settings.DOMAIN, host=settings.UPLOAD, folder=_yaml(folder / "upload"),
                size=settings.UPLOAD_MAX_SIZE,
                url=_yaml(f"https://{settings.UPLOAD_HOST}:{setup.ports.https}/upload"))
        plain = options["passwords"] == "plain"
        forbidden = {"any": ["no_tlsv1", "no_tlsv1_1"],
                     "1.2": ["no_tlsv1", "no_tlsv1_1", "no_tlsv1_3"],
                     "1.3": ["no_tlsv1", "no_tlsv1_1", "no_tlsv1_2"]}[options["tls"]]
        (folder / "ejabberd.yml").write_text(_CONFIG.format(
            domain=settings.DOMAIN, anonymous=settings.ANONYMOUS_DOMAIN,
            wrong_host=settings.WRONG_HOST_DOMAIN,
            certificate=_yaml(certificates.server.bundle()),
            wrong_certificate=_yaml(certificates.wrong_host.bundle()),
            https_certificate=_yaml(certificates.https.bundle()), https=https,
            authority=_yaml(certificates.authority.certificate),
            protocol_options="[" + ", ".join(forbidden) + "]",
            starttls=setup.ports.starttls, tls=setup.ports.tls, plain=setup.ports.plain,
            plain_sasl2="    allow_unencrypted_sasl2: true"
            if self.generation == "backports" else "",
            component=setup.ports.component, stanza_size=settings.STANZA_SIZE,
            format="plain" if plain else "scram",
            hash="" if plain else "auth_scram_hash: "
            + options["passwords"].replace("sha1", "sha"),
            component_jid=settings.COMPONENT, component_secret=settings.COMPONENT_SECRET,
            modules=modules, captcha=self._write_captcha(folder)
            if options["captcha"] == "yes" else ""))
        (folder / "start.erl").write_text(self._expression(setup))

    def _write_captcha(self, folder: Path) -> str:
        """A program that draws every captcha alike and writes down what is to be read in it."""
        # A picture of a pixel; ejabberd looks at how it begins.
        (folder / "captcha.png").write_bytes(base64.b64decode(_PICTURE))
        program = folder / "captcha.sh"
        program.write_text(f"#!/bin/sh\nprintf %s \"$1\" >'{folder}/captcha'\n"
                           f"exec cat '{folder}/captcha.png'\n")
        program.chmod(0o755)
        return (f"captcha_cmd: {_yaml(program)}\ncaptcha_limit: infinity\n"
                "captcha_url: http://127.0.0.1/captcha\n")

    def _expression(self, setup: Setup) -> str:
        """What runs in the Erlang machine: start, make accounts and rosters, say so."""
        domain = _erlang(settings.DOMAIN)
        lines = ["{ok, _} = application:ensure_all_started(ejabberd)"]
        for user, password in settings.PASSWORDS.items():
            lines.append(f"ok = ejabberd_auth:try_register({_erlang(user)}, {domain}, "
                         f"{_erlang(settings.prepared(password))})")
        for user, other in (("user1", "user2"), ("user2", "user1")):
            query = ("<query xmlns='jabber:iq:roster'>"
                     f"<item jid='{other}@{settings.DOMAIN}' name='{other.title()}' "
                     "subscription='both'><group>Friends</group></item></query>")
            lines.append(f"{{atomic, _}} = mod_roster:set_items({_erlang(user)}, {domain}, "
                         f"xmpp:decode(fxml_stream:parse_element({_erlang(query)})))")
        if setup.options["rooms"] == "yes":
            lines.append(_ROOMS.format(domain=domain, rooms=_erlang(settings.ROOMS),
                                       file=_erlang(setup.folder / settings.ROOMS_FILE)))
        if setup.options["mam"] == "yes":
            # On disk, each message is written along with all others of its account.
            lines.append("{atomic, ok} = mnesia:change_table_copy_type(archive_msg, node(), ram_copies)")
            lines.append(_PURGE.format(file=_erlang(setup.folder / settings.PURGE_FILE)))
        ready = _erlang(setup.folder / "ready")
        return ",\n".join([*lines, f"ok = file:write_file({ready}, <<>>)"]) + ".\n"

    def command(self, setup: Setup) -> list[str]:
        script = _erlang(setup.folder / "start.erl")
        command = ["erl", "-noinput", "+P", "250000", "-mnesia", "dir",
                   '"' + str(setup.folder / "mnesia") + '"',
                   "-eval", f"ok = file:eval({script})."]
        if self.root == Path("/"):
            return command
        return [*command, "-pa", *map(str, self._code_path(setup.folder / "lib"))]

    def _code_path(self, links: Path) -> list[Path]:
        """The unpacked libraries, to come before those of the installed generation.

        Some look for their native parts by the name of the application and some by that of
        the package, so both must lead here: links are made where the folder has the other.
        """
        links.mkdir(exist_ok=True)
        path = [self._application / "ebin"]
        for library in sorted(self.root.glob("usr/lib/erlang/lib/*-*")):
            path.append(library / "ebin")
            version = library.name.rpartition("-")[2]
            for application in library.glob("ebin/*.app"):
                link = links / f"{application.stem}-{version}"
                if link.name != library.name and not link.exists():
                    link.symlink_to(library)
                    path.append(link / "ebin")
        return path

    def environment(self, setup: Setup) -> dict[str, str]:
        folder = setup.folder
        return {
            **os.environ,
            "HOME": str(folder),
            "ERL_LIBS": str(self._application.parent),
            "ERL_CRASH_DUMP": str(folder / "erl_crash.dump"),
            "EJABBERD_CONFIG_PATH": str(folder / "ejabberd.yml"),
            "EJABBERD_LOG_PATH": str(folder / "server.log"),
            "ERL_MAX_PORTS": "32000",
        }

    def failed_to_bind(self, log: str) -> bool:
        return "eaddrinuse" in log or "Failed to open socket" in log

    def is_prepared(self, setup: Setup) -> bool:
        """Whether the accounts are there."""
        return (setup.folder / "ready").exists()

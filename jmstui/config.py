"""The configuration file: profiles without secrets, checked key by key."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jmstui.themes import THEMES

AUTH_MODES = ("token", "private-token", "access-key", "session")

TOP_KEYS: dict[str, type] = {"default_profile": str, "theme": str, "mouse": bool, "profile": dict}
PROFILE_KEYS: dict[str, type] = {
    "url": str,
    "auth": str,
    "username": str,
    "key_id": str,
    "organization": str,
    "ca_file": str,
    "theme": str,
    "mouse": bool,
    "secret_command": str,
    "insecure": bool,
    "allow_http": bool,
    "rate": int,
    "timeout": float,
}
_WORDS = {
    str: "a text in quotes",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    dict: "a table",
}
# patterns as text: who has no configuration file need not wait for them
_SECRET_KEY = (
    r"(?i)pass(word|wd|phrase)?$|passw|secret|token|cookie|session|credential|api_?key|private|csrf|otp"
)
_PRINTERS = {"echo", "printf"}
_UUID = r"(?i)[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}"


class SettingsError(Exception):
    """Something in flags, environment or file is wrong; the text says where and what to do, and holds no
    secret."""

    exit_status = 2

    @property
    def sentence(self) -> str:
        """What happened and what to do."""
        return str(self)


@dataclass(frozen=True, slots=True)
class Config:
    """A file that was read and checked; `path` may not exist, and then everything is empty."""

    path: Path
    exists: bool = False
    top: Mapping[str, Any] = field(default_factory=dict)
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def config_path(env: Mapping[str, str]) -> Path:
    """`JMSTUI_CONFIG`, else `config.toml` in the platform's configuration directory."""
    named = env.get("JMSTUI_CONFIG")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path("jmstui") / "config.toml"


def read_config(path: Path, *, must_exist: bool = False) -> Config:
    """The checked content of `path`. Raises `SettingsError` naming file, line and key, and for a file that
    somebody else could have written: it says where credentials go."""
    try:
        path.stat()
        from jmstui.trusted import read_trusted

        raw = read_trusted(path)
    except FileNotFoundError:
        if must_exist:
            raise SettingsError(
                f"{path}: there is no such file. `jmstui config init` writes an example."
            ) from None
        return Config(path)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}).") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SettingsError(f"{path}:{line}: not UTF-8 text.") from None
    return _checked(path, text)


def _checked(path: Path, text: str) -> Config:
    import tomllib

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = found.group(1) if found else str(text.count("\n") + 1)
        reason = "is defined twice" if "overwrite" in str(error) else "not valid TOML"
        raise SettingsError(f"{path}:{line}: {reason}.") from None
    for keys, value in _walk(data):
        _refuse_secret(path, text, keys, value)
    _check_table(path, text, (), data, TOP_KEYS)
    profiles: dict[str, Mapping[str, Any]] = {}
    for name, table in data.get("profile", {}).items():
        if not isinstance(table, dict):
            raise _wrong(
                path, text, ("profile", name), f"profile {name!r} must be a table: [profile.{name}]."
            )
        _check_table(path, text, ("profile", name), table, PROFILE_KEYS)
        profiles[name] = table
    default = data.get("default_profile")
    if default is not None and default not in profiles:
        raise _wrong(
            path, text, ("default_profile",), f"default_profile names {default!r}, which is not in this file."
        )
    return Config(path, True, {k: v for k, v in data.items() if k != "profile"}, profiles)


def _walk(table: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in table.items():
        keys = (*above, key)
        yield keys, value
        if isinstance(value, dict):
            yield from _walk(value, keys)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    yield from _walk(item, keys)


def _refuse_secret(path: Path, text: str, keys: tuple[str, ...], value: object) -> None:
    """A secret in the file is an error wherever it stands, known key or not."""
    key = keys[-1]
    is_name = len(keys) == 2 and keys[0] == "profile"
    if not is_name and key not in PROFILE_KEYS and re.search(_SECRET_KEY, key):
        raise _wrong(
            path,
            text,
            keys,
            f"{'.'.join(keys)}: secrets do not belong in this file. Take it out, change that secret, and "
            "use the "
            "environment, secret_command or the keyring instead.",
        )
    if not isinstance(value, str):
        return
    if key == "url" and "@" in value.partition("://")[2].partition("/")[0]:
        raise _wrong(path, text, keys, "url: a user name or password does not belong in the address.")
    if key == "key_id" and not re.fullmatch(_UUID, value):
        raise _wrong(
            path, text, keys, "key_id: not an access key id (a UUID); the key's secret does not belong here."
        )
    if key == "secret_command" and os.path.basename(value.strip().partition(" ")[0]) in _PRINTERS:
        raise _wrong(
            path, text, keys, "secret_command: prints a secret that stands in this file; use a secret store."
        )


def _check_table(
    path: Path, text: str, above: tuple[str, ...], table: Mapping[str, Any], known: Mapping[str, type]
) -> None:
    for key, value in table.items():
        keys = (*above, key)
        kind = known.get(key)
        if kind is None:
            raise _wrong(path, text, keys, f"{key}: no such setting. Known: {', '.join(known)}.")
        good = isinstance(value, kind) or (kind is float and isinstance(value, int))
        if not good or (isinstance(value, bool) and kind is not bool):
            raise _wrong(path, text, keys, f"{key}: must be {_WORDS[kind]}.")
        problem = value_problem(key, value)
        if problem:
            raise _wrong(path, text, keys, f"{key}: {problem}.")


def value_problem(key: str, value: object) -> str | None:
    """What is wrong with the value of a setting, whatever place it came from; None when nothing is."""
    if key == "auth" and value not in AUTH_MODES:
        return f"must be one of {', '.join(AUTH_MODES)}"
    if key == "theme" and value not in THEMES:
        return f"must be one of {', '.join(THEMES)}"
    if key == "rate" and isinstance(value, int) and not 1 <= value <= 100_000:
        return "requests a minute, 1 to 100000"
    if key == "timeout" and isinstance(value, (int, float)) and not 0 < value <= 3600:
        return "seconds, more than 0 and at most 3600"
    if key == "url" and isinstance(value, str) and not re.match(r"https?://[^/\s?#]+", value):
        return "must begin with https:// (or http://) and a host"
    if key in ("organization", "username", "secret_command", "ca_file") and not str(value).strip():
        return "is empty"
    return None


def _wrong(path: Path, text: str, keys: tuple[str, ...], message: str) -> SettingsError:
    return SettingsError(f"{path}:{line_of(text, keys)}: {message}")


_HEADER = r"\s*\[\[?\s*(.+?)\s*\]\]?\s*(#.*)?$"
_KEY = r"""\s*((?:"[^"]*"|'[^']*'|[\w.\s-])+?)\s*="""


def line_of(text: str, keys: tuple[str, ...]) -> int:
    """The line (from 1) on which a dotted key stands; the nearest one above it where it is written inline."""
    table: tuple[str, ...] = ()
    best, best_depth = 1, 0
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(_HEADER, line)
        if header and "=" not in header.group(1):
            table = _parts(header.group(1))
            here = table
        else:
            found = re.match(_KEY, line)
            if not found:
                continue
            here = table + _parts(found.group(1))
        if here == keys:
            return number
        depth = next(
            (i for i, (a, b) in enumerate(zip(here, keys, strict=False)) if a != b), min(len(here), len(keys))
        )
        if depth > best_depth and (depth == len(here) or keys[-1] in line):
            best, best_depth = number, depth
    return best


def _parts(dotted: str) -> tuple[str, ...]:
    pieces = re.findall(r""""[^"]*"|'[^']*'|[^.\s]+""", dotted)
    return tuple(piece.strip("\"'") for piece in pieces)


EXAMPLE = """\
# jmstui: profiles. No secret ever stands in this file: a password, a token or a cookie in it is refused.
# Each setting: flag > environment > profile > default. `jmstui config show` says where each value came from.

# default_profile = "prod"
# theme = "dark"                      # dark, light, ansi (the terminal's own colours) or mono

# [profile.prod]
# url = "https://jumpserver.example.com"
# auth = "token"                      # token, private-token, access-key or session
# username = "alice"                  # for token
# key_id = "00000000-0000-0000-0000-000000000000"  # for access-key
# organization = "Production"         # name or id
# ca_file = "/etc/ssl/certs/company-ca.pem"
# secret_command = "pass show jms"    # run without a shell; the first line that it prints is the secret
# rate = 150                          # requests a minute; the server allows 180 for all clients of a user
# timeout = 30                        # seconds
# allow_http = false                  # true: http:// to other machines, where secrets travel in clear
# insecure = false                    # true: certificates are not checked
"""


def write_example(path: Path) -> None:
    """A commented example, 0600. Raises `SettingsError` when the file is there already."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SettingsError(f"{path}: is there already; it was left as it is.") from None
    except OSError as error:
        raise SettingsError(f"{path}: cannot be written ({error.strerror}).") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(EXAMPLE)

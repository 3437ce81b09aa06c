"""Every setting with where it came from: flag > environment > profile > default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jmstui.config import AUTH_MODES, Config, SettingsError, config_path, read_config, value_problem
from jmstui.models.credential import (
    AccessKey,
    BearerToken,
    Credential,
    Password,
    PrivateToken,
    Secret,
    SessionCookie,
)

__all__ = ["AUTH_MODES", "Settings", "SettingsError", "build_credential", "load"]

DEFAULTS: dict[str, Any] = {
    "url": None,
    "org": None,
    "ca_file": None,
    "insecure": False,
    "allow_http": False,
    "rate": 150,
    "timeout": 30.0,
    "theme": "dark",
    "mouse": False,
}
ENVIRONMENT = {"url": "JMSTUI_URL", "org": "JMSTUI_ORG"}
PROFILE_NAMES = {"org": "organization"}
SECRET_VARIABLES = (
    "JMSTUI_PASSWORD",
    "JMSTUI_TOKEN",
    "JMSTUI_PRIVATE_TOKEN",
    "JMSTUI_ACCESS_KEY_SECRET",
    "JMSTUI_SESSION",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a session needs to begin. `credential` is there when environment or file descriptor gave one."""

    url: str | None = None
    credential: Credential | None = None
    org: str | None = None
    ca_file: str | None = None
    insecure: bool = False
    allow_http: bool = False
    rate: int = 150
    """Requests a minute at most."""
    timeout: float = 30.0
    """Seconds that the server may be silent."""
    theme: str = "dark"
    mouse: bool = False
    profile: str | None = None
    auth: str | None = None
    """The mode that the profile names, or the one that the environment's user name or key id stands for."""
    username: str | None = None
    key_id: str | None = None
    half: str | None = None
    """A sentence about the half of a pair that the environment lacks, for who finds it nowhere else."""
    secret_command: str | None = field(default=None, repr=False)
    sources: Mapping[str, str] = field(default_factory=dict)
    """Setting -> "flag", "environment JMSTUI_URL", "profile prod", "default"."""
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """All profiles of the file, for the picker."""
    config_file: Path | None = None


def load(
    flags: Mapping[str, Any],
    env: Mapping[str, str] | None = None,
    config_file: str | os.PathLike[str] | None = None,
    *,
    half_ok: bool = False,
) -> Settings:
    """Resolve every setting. `flags` holds what was given on the command line (None: not given); `auth` there
    is what a command is for, where no profile says otherwise.

    `half_ok`: a user name or key id beside a profile that signs in in another way is no error.

    Raises `SettingsError`: a bad file (with file, line and key), two credentials at once, half a pair whose
    other half can come from nowhere, no such profile.
    """
    env = os.environ if env is None else env
    config = read_config(Path(config_file) if config_file else config_path(env), must_exist=bool(config_file))
    name, profile_source = _profile_name(flags, env, config)
    profile = config.profiles[name] if name else {}
    sources: dict[str, str] = {"profile": profile_source} if name else {}
    values: dict[str, Any] = {}
    for key in DEFAULTS:
        values[key], sources[key] = _pick(key, flags, env, config, profile, name)
    identity = _identity(flags, env, profile, name, sources)
    credential, source = _credential(flags, env, identity)
    half = None
    if credential is not None:
        sources["credential"] = source
    else:
        half = _half(env, profile, half_ok)
    if "secret_command" in profile:
        sources["secret_command"] = f"profile {name}"
    return Settings(
        **values,
        auth=identity["auth"],
        username=identity["username"],
        key_id=identity["key_id"],
        credential=credential,
        half=half,
        profile=name,
        secret_command=profile.get("secret_command"),
        sources=sources,
        profiles=config.profiles,
        config_file=config.path,
    )


def _profile_name(flags: Mapping[str, Any], env: Mapping[str, str], config: Config) -> tuple[str | None, str]:
    for name, source in (
        (flags.get("profile"), "flag"),
        (env.get("JMSTUI_PROFILE"), "environment JMSTUI_PROFILE"),
        (config.top.get("default_profile"), f"default_profile in {config.path}"),
    ):
        if not name:
            continue
        if name not in config.profiles:
            known = ", ".join(config.profiles) or "none"
            raise SettingsError(
                f"There is no profile {name!r} ({source}) in {config.path}. Profiles there: {known}."
            )
        return name, source
    return None, "default"


def _pick(
    key: str,
    flags: Mapping[str, Any],
    env: Mapping[str, str],
    config: Config,
    profile: Mapping[str, Any],
    name: str | None,
) -> tuple[Any, str]:
    """One value and its source."""
    in_file = PROFILE_NAMES.get(key, key)
    variable = ENVIRONMENT.get(key, "")
    if flags.get(key) is not None:
        value, source = flags[key], "flag"
    elif env.get(variable):
        value, source = env[variable], f"environment {variable}"
    elif in_file in profile:
        value, source = profile[in_file], f"profile {name}"
    elif in_file in config.top:
        value, source = config.top[in_file], f"file {config.path}"
    else:
        return DEFAULTS[key], "default"
    if key == "url":
        value = _address(str(value), source)
    problem = value_problem(in_file, value)
    if problem:
        raise SettingsError(f"{key} ({source}): {problem}.")
    if key == "ca_file":
        value = os.path.expanduser(value)
    return (float(value) if key == "timeout" else value), source


def _address(text: str, source: str) -> str:
    """An address as given, with `https://` where no scheme was typed."""
    text = text.strip()
    if "://" not in text:
        text = f"https://{text}"
    if "@" in text.partition("://")[2].partition("/")[0]:
        raise SettingsError(f"url ({source}): a user name or password does not belong in the address.")
    return text


def _identity(
    flags: Mapping[str, Any],
    env: Mapping[str, str],
    profile: Mapping[str, Any],
    name: str | None,
    sources: dict[str, str],
) -> dict[str, str | None]:
    """Credential mode, user name and key id: no secrets."""
    found: dict[str, str | None] = {}
    for key, variable in (("auth", ""), ("username", "JMSTUI_USERNAME"), ("key_id", "JMSTUI_ACCESS_KEY_ID")):
        for value, source in (
            (flags.get(key) if key != "auth" else None, "flag"),
            (env.get(variable), f"environment {variable}"),
            (profile.get(key), f"profile {name}"),
        ):
            if value:
                found[key], sources[key] = value, source
                break
        else:
            found[key] = None
    if not found["auth"]:
        found["auth"] = flags.get("auth") or _mode_of_names(flags, env)
        if found["auth"]:
            named = "key_id" if found["auth"] == "access-key" else "username"
            sources["auth"] = sources.get(named, "the command itself")
    return found


def _mode_of_names(flags: Mapping[str, Any], env: Mapping[str, str]) -> str | None:
    """The mode that a user name or a key id stands for, given for this one call. Raises for both."""
    if flags.get("username"):
        return "token"
    if env.get("JMSTUI_ACCESS_KEY_ID") and env.get("JMSTUI_USERNAME"):
        raise SettingsError(
            "Two credentials at once: JMSTUI_USERNAME and JMSTUI_ACCESS_KEY_ID. Leave one of them."
        )
    if env.get("JMSTUI_ACCESS_KEY_ID"):
        return "access-key"
    return "token" if env.get("JMSTUI_USERNAME") else None


def _credential(
    flags: Mapping[str, Any], env: Mapping[str, str], identity: Mapping[str, str | None]
) -> tuple[Credential | None, str]:
    """The one credential that environment or file descriptor give. Raises when there are two, or half of a
    pair."""
    secrets = {name: source for name in SECRET_VARIABLES if (source := _where(name, env))}
    fd = flags.get("secret_fd")
    if len(secrets) + (fd is not None) > 1:
        names = [_pair(name, source) for name, source in secrets.items()]
        both = [*names, "--secret-fd"] if fd is not None else names
        raise SettingsError(f"Two credentials at once: {' and '.join(both)}. Leave one of them.")
    if fd is not None:
        mode = _mode_of_fd(flags, env, identity)
        return build_credential(
            mode, identity, read_fd(int(fd), "--secret-fd"), "--secret-fd"
        ), "flag --secret-fd"
    if not secrets:
        return None, ""
    name, source = next(iter(secrets.items()))
    _refuse_other_half(name, env)
    secret = Secret(env[name]) if source == name else read_fd(_number(env[source], source), source)
    mode = {
        "JMSTUI_PASSWORD": "token",
        "JMSTUI_TOKEN": "bearer",
        "JMSTUI_PRIVATE_TOKEN": "private-token",
        "JMSTUI_ACCESS_KEY_SECRET": "access-key",
        "JMSTUI_SESSION": "session",
    }[name]
    return build_credential(mode, identity, secret, source), f"environment {_pair(name, source)}"


def _where(name: str, env: Mapping[str, str]) -> str | None:
    """The variable that holds the secret, or the one that names a file descriptor for it."""
    if env.get(name) and env.get(f"{name}_FD"):
        raise SettingsError(f"Two credentials at once: {name} and {name}_FD. Leave one of them.")
    return name if env.get(name) else f"{name}_FD" if env.get(f"{name}_FD") else None


def _pair(name: str, source: str) -> str:
    first = {
        "JMSTUI_PASSWORD": "JMSTUI_USERNAME + ",
        "JMSTUI_ACCESS_KEY_SECRET": "JMSTUI_ACCESS_KEY_ID + ",
    }.get(name, "")
    return first + source


def _refuse_other_half(name: str, env: Mapping[str, str]) -> None:
    """`JMSTUI_TOKEN` beside `JMSTUI_ACCESS_KEY_ID` is two credentials, one of them half."""
    if name != "JMSTUI_ACCESS_KEY_SECRET" and env.get("JMSTUI_ACCESS_KEY_ID"):
        raise SettingsError(f"Two credentials at once: JMSTUI_ACCESS_KEY_ID and {name}. Leave one of them.")
    if name != "JMSTUI_PASSWORD" and env.get("JMSTUI_USERNAME"):
        raise SettingsError(f"Two credentials at once: JMSTUI_USERNAME and {name}. Leave one of them.")


def _half(env: Mapping[str, str], profile: Mapping[str, Any], half_ok: bool) -> str | None:
    """The sentence for half a pair in the environment: the other half may be kept, or be asked for. Raises it
    where a profile says that the secret is of another kind."""
    declared = profile.get("auth") or ("token" if "secret_command" in profile else None)
    for mode, half, other in (
        ("access-key", "JMSTUI_ACCESS_KEY_ID", "JMSTUI_ACCESS_KEY_SECRET"),
        ("token", "JMSTUI_USERNAME", "JMSTUI_PASSWORD"),
    ):
        if env.get(half):
            sentence = f"{half} is set but {other} is missing."
            if declared not in (None, mode) and not half_ok:
                raise SettingsError(sentence)
            return sentence if declared is None else None
    return None


def _mode_of_fd(flags: Mapping[str, Any], env: Mapping[str, str], identity: Mapping[str, str | None]) -> str:
    mode = _mode_of_names(flags, env) or identity["auth"]
    if mode is None:
        raise SettingsError(
            "--secret-fd: which credential is it? Set JMSTUI_USERNAME or JMSTUI_ACCESS_KEY_ID, or a "
            "profile's auth."
        )
    return mode


def build_credential(
    mode: str, identity: Mapping[str, str | None], secret: Secret, source: str
) -> Credential:
    """A credential of a mode ("token", "bearer", "private-token", "access-key", "session") from its secret.

    Raises `SettingsError` naming the half that is missing.
    """
    if not secret:
        raise SettingsError(f"{source}: the secret is empty.")
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in secret.reveal()):
        raise SettingsError(f"{source}: the secret holds a control character or a line break.")
    if mode == "token":
        username = identity.get("username")
        if not username:
            raise SettingsError(f"{source} is set but the user name is missing: set JMSTUI_USERNAME.")
        return Password(username, secret)
    if mode == "access-key":
        key_id = identity.get("key_id")
        if not key_id:
            raise SettingsError(f"{source} is set but the key's id is missing: set JMSTUI_ACCESS_KEY_ID.")
        return AccessKey(key_id, secret)
    kinds: dict[str, type[BearerToken] | type[PrivateToken] | type[SessionCookie]] = {
        "bearer": BearerToken,
        "private-token": PrivateToken,
        "session": SessionCookie,
    }
    return kinds[mode](secret)


def _number(text: str, source: str) -> int:
    if not text.isdecimal():
        raise SettingsError(f"{source}: must be the number of an open file descriptor.")
    return int(text)


def read_fd(number: int, source: str) -> Secret:
    """The secret that an inherited file descriptor gives, up to its end (64 KiB at most); closes it."""
    parts: list[bytes] = []
    try:
        while sum(map(len, parts)) < 65536 and (part := os.read(number, 65536)):
            parts.append(part)
        if number > 2:
            os.close(number)
    except OSError as error:
        raise SettingsError(
            f"{source}: file descriptor {number} cannot be read ({error.strerror})."
        ) from None
    try:
        return Secret(b"".join(parts).decode().rstrip("\r\n"))
    except UnicodeDecodeError:
        raise SettingsError(f"{source}: what file descriptor {number} gives is not UTF-8 text.") from None

"""The bearer token that `jmstui login` keeps: in the keyring, or in a file of the runtime directory, until
it expires."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jmstui.config import SettingsError
from jmstui.models.credential import BearerToken, Credential, Password, Secret
from jmstui.secrets import Kept, address_key, forget, kept_secrets, recall, remember, user_key
from jmstui.settings import Settings
from jmstui.state import read_private, runtime_dir, write_private

MARGIN = 60
"""Seconds before its end from which a token counts as ended."""


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token that was found, with where it was kept."""

    credential: BearerToken
    username: str
    until: datetime | None
    place: Kept | Path


def keep_in_keyring(url: str, username: str, token: BearerToken, until: datetime | None) -> None:
    """Keep a token in the keyring. Raises `KeyringError` where there is none to be trusted."""
    remember(Kept("bearer", address_key(url), username, until.isoformat() if until else ""), token.token)


def keep_in_runtime_file(url: str, username: str, token: BearerToken, until: datetime | None) -> Path:
    """Keep a token in a 0600 file under `XDG_RUNTIME_DIR`; gives its path. Raises `SettingsError`."""
    path = _file(url, username)
    entry = {
        "url": address_key(url),
        "username": username,
        "until": until.isoformat() if until else "",
        "token": token.token.reveal(),
    }
    write_private(path, json.dumps(entry))
    return path


def _file(url: str, username: str) -> Path:
    name = hashlib.sha256(f"{address_key(url)}\n{username}".encode()).hexdigest()[:32]
    return runtime_dir() / f"token-{name}.json"


def find_token(settings: Settings) -> StoredToken | None:
    """A token kept for this server and user (any user when none is named) that has not expired.

    None too where the profile signs in in another way. Raises `SettingsError` for a token file that others
    may read.
    """
    if not settings.url or settings.auth not in (None, "token"):
        return None
    found = [*_from_files(settings.url), *_from_index(settings.url)]
    return next((token for token in found if _fits(token, settings.username)), None)


def _fits(token: StoredToken, username: str | None) -> bool:
    if username and user_key(token.username) != user_key(username):
        return False
    return token.until is None or token.until.timestamp() - MARGIN > time.time()


def _files() -> list[Path]:
    """Every token file, the newest first."""
    try:
        return sorted(runtime_dir().glob("token-*.json"), key=lambda path: -path.lstat().st_mtime)
    except (SettingsError, OSError):
        return []


def _from_files(url: str) -> list[StoredToken]:
    advice = "`jmstui logout` deletes it; then run `jmstui login` again."
    found = [_parsed(path, read_private(path, advice)) for path in _files()]
    return [token for key, token in filter(None, found) if key == address_key(url)]


def _parsed(path: Path, text: str | None) -> tuple[str, StoredToken] | None:
    """(server, token) of a token file; None for one that makes no sense."""
    try:
        entry = json.loads(text or "")
        token = BearerToken(Secret(str(entry["token"])))
        return str(entry["url"]), StoredToken(token, str(entry["username"]), _moment(entry["until"]), path)
    except (ValueError, KeyError, TypeError):
        return None


def _from_index(url: str) -> list[StoredToken]:
    """Reads the keyring for entries of this server that the index calls alive."""
    found = []
    for kept in kept_secrets():
        until = _moment(kept.until)
        if (
            kept.kind != "bearer"
            or kept.url != address_key(url)
            or (until and until.timestamp() < time.time())
        ):
            continue
        secret = recall(kept)
        if secret is not None:
            found.append(StoredToken(BearerToken(secret), kept.username, until, kept))
    return found


def _moment(text: object) -> datetime | None:
    try:
        value = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return value if value.tzinfo else None


def forget_token(token: StoredToken) -> None:
    """Forget a token where it was kept; the server has no way to end it (§1.6). Raises `SettingsError`."""
    if isinstance(token.place, Path):
        _delete(token.place)
    else:
        forget(token.place)


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be deleted ({error.strerror}).") from None


def forget_all(settings: Settings) -> int:
    """Forget every kept token of this server (and user, when one is named); gives how many, expired ones
    too. Raises `SettingsError`."""
    count = 0
    key = address_key(settings.url or "")
    for path in _files():
        if _is_of(path, key, settings.username):
            _delete(path)
            count += 1
    for kept in kept_secrets():
        mine = not settings.username or user_key(kept.username) == user_key(settings.username)
        if kept.kind == "bearer" and kept.url == key and mine:
            forget(kept)
            count += 1
    return count


def _is_of(path: Path, key: str, username: str | None) -> bool:
    """Whether a token file is this server's and user's, whoever may read it. One that cannot be read at all
    is in the way of every command and counts too."""
    try:
        found = _parsed(path, read_private(path, readable_ok=True))
    except SettingsError:
        return True
    if found is None or found[0] != key:
        return False
    return not username or user_key(username) == user_key(found[1].username)


def promised(settings: Settings) -> bool:
    """Whether a credential can be had without asking anybody: given, by a command, or kept. Starts no
    program.

    For the choice of the first screen; `first_credential` then fetches it and may still come back with
    nothing.
    """
    if settings.credential is not None or settings.secret_command:
        return True
    if not settings.url:
        return False
    mode, key = settings.auth or "token", address_key(settings.url)
    kinds = {mode, "bearer"} if mode == "token" else {mode}
    if any(kept.kind in kinds and kept.url == key for kept in kept_secrets()):
        return True
    return mode == "token" and bool(_from_files(settings.url))


def first_credential(settings: Settings) -> tuple[Credential | None, StoredToken | None]:
    """The credential to begin with: a kept token where a password would be needed, else `secrets.obtain`'s.

    Blocks while the keyring or a command works: call it in a thread. When the server does not take a kept
    token
    (`SessionExpired`), `forget_token` it and ask `secrets.obtain`. Raises `SettingsError`.
    """
    from jmstui.secrets import obtain

    if settings.credential is None or isinstance(settings.credential, Password):
        stored = find_token(settings)
        if stored is not None:
            return stored.credential, stored
    return obtain(settings), None

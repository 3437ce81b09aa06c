"""Keyring backends for the tests, chosen with PYTHON_KEYRING_BACKEND; the child process imports them."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class FileKeyring(KeyringBackend):
    """A keyring that answers: it keeps its entries in the file that JMS_TEST_KEYRING names."""

    priority = 5  # type: ignore[assignment]

    def _all(self) -> dict[str, str]:
        path = Path(os.environ["JMS_TEST_KEYRING"])
        return json.loads(path.read_text()) if path.exists() else {}

    def _write(self, entries: dict[str, str]) -> None:
        Path(os.environ["JMS_TEST_KEYRING"]).write_text(json.dumps(entries))

    def get_password(self, service: str, username: str) -> str | None:
        return self._all().get(f"{service}|{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        print("a backend that prints")
        self._write(self._all() | {f"{service}|{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        entries = self._all()
        if entries.pop(f"{service}|{username}", None) is None:
            raise PasswordDeleteError("none")
        self._write(entries)


class SilentKeyring(FileKeyring):
    """A keyring behind a D-Bus that never answers."""

    priority = 5  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        time.sleep(60)
        return None


class PlaintextKeyring(FileKeyring):
    """A keyring that keeps secrets in a plain file and says so by its name."""


class LeakyKeyring(FileKeyring):
    """A keyring whose error repeats what it was given."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"cannot store {password}")

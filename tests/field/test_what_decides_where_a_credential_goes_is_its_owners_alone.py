"""Row 21b: a file that says where a credential goes is believed only where nobody else can write it."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jmstui import tokens
from jmstui.api.errors import BadCaFile
from jmstui.api.http import tls_context
from jmstui.config import SettingsError, read_config
from jmstui.models.credential import BearerToken, Secret
from jmstui.settings import Settings, load
from tests.api.certificates import make

Jmstui = Callable[..., Any]
URL = "https://jms.example.com"
PROFILES = {
    "url": 'default_profile = "p"\n[profile.p]\nurl = "{}"\n',
    "insecure": 'default_profile = "p"\n[profile.p]\nurl = "{}"\ninsecure = true\n',
    "ca_file": 'default_profile = "p"\n[profile.p]\nurl = "{}"\nca_file = "/tmp/ca.pem"\n',
    "secret_command": 'default_profile = "p"\n[profile.p]\nurl = "{}"\nsecret_command = "pass show jms"\n',
    "nothing of it": 'theme = "dark"\n# {}\n',
}


def to_somebody_else(path: Path, patch: pytest.MonkeyPatch) -> None:
    """Make another user its owner: in truth where we may, else by being somebody else ourselves."""
    if os.getuid() == 0:
        os.chown(path, 54321, -1)
    else:
        mine = os.getuid()
        patch.setattr(os, "getuid", lambda: mine + 1)


@pytest.mark.parametrize("mode", [0o666, 0o664, 0o622, 0o602])
@pytest.mark.parametrize("what", PROFILES)
def test_a_configuration_that_others_may_write(
    home: Path, jmstui: Jmstui, demo: Any, monkeypatch: pytest.MonkeyPatch, what: str, mode: int
) -> None:
    """The environment's token does not go to the address in it."""
    monkeypatch.setenv("JMSTUI_TOKEN", "S3CRET-TOKEN")
    path = home / "config" / "jmstui" / "config.toml"
    path.parent.mkdir()
    path.write_text(PROFILES[what].format(demo.url))
    path.chmod(mode)
    before = len(demo.requests)
    ran = jmstui("list", "orgs")
    assert ran.status == 2
    assert f"chmod go-w {path}" in ran.err
    assert len(demo.requests) == before
    path.chmod(0o644)
    assert read_config(path).exists


@pytest.mark.parametrize("named", ["--config", "JMSTUI_CONFIG", "a link"])
def test_a_configuration_of_somebody_else(
    home: Path, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    path = home / "theirs.toml"
    path.write_text(PROFILES["url"].format(URL))
    to_somebody_else(path, monkeypatch)
    if named == "JMSTUI_CONFIG":
        monkeypatch.setenv(named, str(path))
    if named == "a link":
        (home / "config" / "jmstui").mkdir()
        (home / "config" / "jmstui" / "config.toml").symlink_to(path)
    ran = jmstui("list", "orgs", *(["--config", str(path)] if named == "--config" else []))
    assert ran.status == 2
    assert "belongs to another user" in ran.err


def test_what_is_no_file_is_read_as_before(home: Path) -> None:
    """A pipe of the shell (`--config <(…)`), and `/dev/null` for none at all."""
    reader, writer = os.pipe()
    os.write(writer, PROFILES["url"].format(URL).encode())
    os.close(writer)
    assert load({}, {}, f"/dev/fd/{reader}").url == URL
    os.close(reader)
    assert load({}, {}, "/dev/null").url is None


def test_a_pipe_that_somebody_planted_does_not_hold_us(home: Path) -> None:
    path = home / "config.toml"
    os.mkfifo(path)
    path.chmod(0o666)
    with pytest.raises(SettingsError, match="others may write"):
        read_config(path)


def test_a_configuration_without_end(home: Path) -> None:
    with pytest.raises(SettingsError, match="larger than 16 MB"):
        read_config(Path("/dev/zero"))


@pytest.mark.parametrize("named", ["ca_file", "SSL_CERT_FILE"])
def test_certificates_that_others_may_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    """Whoever writes them chooses who may pass for the server."""
    pem = make(tmp_path, "Corp Root", organization="Corp", ca=True).pem
    if named == "SSL_CERT_FILE":
        monkeypatch.setenv(named, str(pem))
    ca_file = str(pem) if named == "ca_file" else None

    def trusts() -> bool:
        return any("Corp Root" in str(known["subject"]) for known in tls_context(ca_file).get_ca_certs())

    pem.chmod(0o644)
    assert trusts()
    pem.chmod(0o666)
    with pytest.raises(BadCaFile, match="others may write"):
        tls_context(ca_file)
    assert tls_context(ca_file, insecure=True).verify_mode is ssl.CERT_NONE
    pem.chmod(0o600)
    to_somebody_else(pem, monkeypatch)
    with pytest.raises(BadCaFile, match="another user"):
        tls_context(ca_file)


def test_a_directory_of_certificates_that_others_may_fill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "certs"
    folder.mkdir()
    monkeypatch.setenv("SSL_CERT_DIR", os.pathsep.join(["/no/such/folder", str(folder)]))
    assert tls_context()
    folder.chmod(0o1777)
    with pytest.raises(BadCaFile, match="SSL_CERT_DIR"):
        tls_context()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622])
@pytest.mark.parametrize("username", [None, "alice"])
def test_logout_deletes_a_token_that_others_may_read(
    home: Path, jmstui: Jmstui, mode: int, username: str | None
) -> None:
    end = datetime.now(UTC) + timedelta(hours=1)
    path = tokens.keep_in_runtime_file(URL, "alice", BearerToken(Secret("t0ken")), end)
    other = tokens.keep_in_runtime_file("https://other", "alice", BearerToken(Secret("t0ken")), end)
    path.chmod(mode)
    with pytest.raises(SettingsError, match="`jmstui logout` deletes it"):
        tokens.find_token(Settings(url=URL))
    ran = jmstui("logout", "--url", URL, *(["--username", username] if username else []))
    assert ran.status == 0
    assert "1 token forgotten" in ran.err
    assert not path.exists()
    assert other.exists()


def test_logout_deletes_a_link_and_a_token_of_somebody_else(
    home: Path, jmstui: Jmstui, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are never used, and every command would stop at them."""
    end = datetime.now(UTC) + timedelta(hours=1)
    path = tokens.keep_in_runtime_file(URL, "alice", BearerToken(Secret("t0ken")), end)
    link = path.with_name("token-0.json")
    link.symlink_to(home / "nowhere")
    if os.getuid() == 0:
        to_somebody_else(path, monkeypatch)
    assert "2 tokens forgotten" in jmstui("logout", "--url", URL).err
    assert not path.exists()
    assert not link.is_symlink()


def test_logout_says_what_it_cannot_delete(home: Path, jmstui: Jmstui) -> None:
    path = home / "run" / "jmstui" / "token-0.json"
    path.mkdir(parents=True)
    ran = jmstui("logout", "--url", URL)
    assert ran.status == 2
    assert f"{path}: cannot be deleted" in ran.err


def test_the_index_of_kept_secrets_is_mended_not_deleted(home: Path, jmstui: Jmstui) -> None:
    """A sibling: it names what the keyring holds, and deleting it would lose that."""
    path = home / "state" / "jmstui" / "secrets.json"
    path.parent.mkdir()
    path.write_text("[]")
    path.chmod(0o644)
    ran = jmstui("secrets", "list")
    assert ran.status == 2
    assert f"chmod 600 {path}" in ran.err


@pytest.mark.parametrize("name", ["config/jmstui/config.toml", "state/jmstui/secrets.json"])
def test_a_directory_in_place_of_a_file_is_said(home: Path, jmstui: Jmstui, name: str) -> None:
    (home / name).mkdir(parents=True)
    ran = jmstui("secrets", "list") if "secrets" in name else jmstui("list", "orgs", "--url", URL)
    assert ran.status == 2
    assert f"{home / name}: " in ran.err

"""Settings: where each value comes from, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jmstui.models.credential import AccessKey, BearerToken, Password, PrivateToken, Secret, SessionCookie
from jmstui.settings import Settings, SettingsError, load

KEY = "48cf0957-02c3-5ab2-9033-ff4fb8268a08"


def settings(
    env: dict[str, str] | None = None, flags: dict | None = None, text: str = "", tmp: Path | None = None
) -> Settings:
    env = dict(env or {})
    if tmp is not None:
        path = tmp / "config.toml"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        env["JMSTUI_CONFIG"] = str(path)
    env.setdefault("JMSTUI_CONFIG", "/nonexistent/config.toml")
    return load(flags or {}, env)


PROFILES = """\
default_profile = "prod"
theme = "light"

[profile.prod]
url = "https://prod.example.com"
auth = "token"
username = "alice"
organization = "Production"
rate = 60

[profile.lab]
url = "https://lab.example.com"
theme = "mono"
"""


def test_flag_beats_environment_beats_profile_beats_default(tmp_path: Path) -> None:
    env = {"JMSTUI_URL": "https://env.example.com"}
    flagged = settings(env, {"url": "https://flag.example.com"}, PROFILES, tmp_path)
    assert (flagged.url, flagged.sources["url"]) == ("https://flag.example.com", "flag")
    from_env = settings(env, {}, PROFILES, tmp_path)
    assert (from_env.url, from_env.sources["url"]) == ("https://env.example.com", "environment JMSTUI_URL")
    from_profile = settings({}, {}, PROFILES, tmp_path)
    assert (from_profile.url, from_profile.sources["url"]) == ("https://prod.example.com", "profile prod")
    assert (from_profile.org, from_profile.rate, from_profile.theme) == ("Production", 60, "light")
    assert from_profile.sources["org"] == "profile prod"
    assert from_profile.sources["theme"].startswith("file ")
    assert (from_profile.timeout, from_profile.sources["timeout"]) == (30.0, "default")


def test_a_profile_is_chosen_by_flag_environment_or_default(tmp_path: Path) -> None:
    assert settings({}, {"profile": "lab"}, PROFILES, tmp_path).theme == "mono"
    assert settings({"JMSTUI_PROFILE": "lab"}, {}, PROFILES, tmp_path).profile == "lab"
    assert settings({}, {}, PROFILES, tmp_path).profile == "prod"
    with pytest.raises(SettingsError, match=r"no profile 'nope'.*prod, lab"):
        settings({}, {"profile": "nope"}, PROFILES, tmp_path)


@pytest.mark.parametrize(
    ("env", "credential"),
    [
        ({"JMSTUI_USERNAME": "a", "JMSTUI_PASSWORD": "p w"}, Password("a", Secret("p w"))),
        ({"JMSTUI_TOKEN": "t"}, BearerToken(Secret("t"))),
        ({"JMSTUI_PRIVATE_TOKEN": "t"}, PrivateToken(Secret("t"))),
        ({"JMSTUI_ACCESS_KEY_ID": KEY, "JMSTUI_ACCESS_KEY_SECRET": "s"}, AccessKey(KEY, Secret("s"))),
        ({"JMSTUI_SESSION": "jms_sessionid=x"}, SessionCookie(Secret("jms_sessionid=x"))),
        ({}, None),
    ],
)
def test_credentials_of_the_environment(env: dict[str, str], credential: object) -> None:
    found = settings(env)
    assert found.credential == credential
    if env:
        assert all(name in found.sources["credential"] for name in env)


@pytest.mark.parametrize(
    ("env", "named"),
    [
        (
            {"JMSTUI_TOKEN": "S3CRET", "JMSTUI_PRIVATE_TOKEN": "S3CRET"},
            ("JMSTUI_TOKEN", "JMSTUI_PRIVATE_TOKEN"),
        ),
        ({"JMSTUI_TOKEN": "S3CRET", "JMSTUI_ACCESS_KEY_ID": KEY}, ("JMSTUI_TOKEN", "JMSTUI_ACCESS_KEY_ID")),
        ({"JMSTUI_SESSION": "S3CRET", "JMSTUI_USERNAME": "a"}, ("JMSTUI_SESSION", "JMSTUI_USERNAME")),
        (
            {"JMSTUI_USERNAME": "a", "JMSTUI_PASSWORD": "S3CRET", "JMSTUI_SESSION": "S3CRET"},
            ("JMSTUI_USERNAME", "JMSTUI_PASSWORD", "JMSTUI_SESSION"),
        ),
    ],
)
def test_two_credentials_at_once_name_both(env: dict[str, str], named: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(env)
    assert "Two credentials at once" in str(caught.value)
    assert all(name in str(caught.value) for name in named)
    assert "S3CRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("env", "missing"),
    [
        ({"JMSTUI_PASSWORD": "p"}, "JMSTUI_USERNAME"),
        ({"JMSTUI_ACCESS_KEY_SECRET": "s"}, "JMSTUI_ACCESS_KEY_ID"),
    ],
)
def test_half_a_pair_names_the_missing_half(env: dict[str, str], missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        settings(env)


@pytest.mark.parametrize(
    ("name", "mode", "missing"),
    [
        ("JMSTUI_USERNAME", "token", "JMSTUI_PASSWORD"),
        ("JMSTUI_ACCESS_KEY_ID", "access-key", "JMSTUI_ACCESS_KEY_SECRET"),
    ],
)
def test_the_secret_of_a_pair_may_be_kept_or_be_asked_for(
    name: str, mode: str, missing: str, tmp_path: Path
) -> None:
    """So half a pair is no error yet, but beside a profile whose secret is of another kind."""
    found = settings({name: KEY})
    assert KEY in (found.username, found.key_id)
    assert (found.auth, found.credential) == (mode, None)
    assert found.half == f"{name} is set but {missing} is missing."
    assert settings({name: KEY, missing: "s"}).half is None
    profile = '[profile.p]\nurl = "https://a"\nauth = "session"\n'
    with pytest.raises(SettingsError, match=missing):
        settings({name: KEY}, {"profile": "p"}, profile, tmp_path)


def test_a_user_name_and_a_key_id_are_two_credentials() -> None:
    with pytest.raises(SettingsError, match="Two credentials at once"):
        settings({"JMSTUI_USERNAME": "a", "JMSTUI_ACCESS_KEY_ID": KEY})


def _pipe(text: bytes) -> int:
    read, write = os.pipe()
    os.write(write, text)
    os.close(write)
    return read


def test_a_secret_by_file_descriptor() -> None:
    fd = _pipe(b"p\xc3\xa4ss\n")
    found = settings({"JMSTUI_USERNAME": "a"}, {"secret_fd": fd})
    assert found.credential == Password("a", Secret("päss"))
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(fd)
    fd = _pipe(b"tok")
    assert settings({"JMSTUI_TOKEN_FD": str(fd)}).credential == BearerToken(Secret("tok"))


def test_what_a_descriptor_is_for_must_be_known() -> None:
    with pytest.raises(SettingsError, match="which credential"):
        settings({}, {"secret_fd": _pipe(b"x")})
    with pytest.raises(SettingsError, match="cannot be read"):
        settings({"JMSTUI_TOKEN_FD": "999"})
    with pytest.raises(SettingsError, match="must be the number"):
        settings({"JMSTUI_TOKEN_FD": "abc"})
    with pytest.raises(SettingsError, match=r"JMSTUI_TOKEN and JMSTUI_TOKEN_FD"):
        settings({"JMSTUI_TOKEN_FD": "3", "JMSTUI_TOKEN": "x"})


def test_no_secret_in_repr() -> None:
    found = settings({"JMSTUI_USERNAME": "a", "JMSTUI_PASSWORD": "hunter2"})
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize("secret", ["a\nb", "a\x00b"])
def test_a_secret_with_a_line_break_is_refused(secret: str) -> None:
    with pytest.raises(SettingsError, match="line break"):
        settings({"JMSTUI_TOKEN": secret})


def test_an_address_gets_https_and_no_password() -> None:
    assert settings({"JMSTUI_URL": "jms.example.com"}).url == "https://jms.example.com"
    with pytest.raises(SettingsError, match="does not belong in the address") as caught:
        settings({"JMSTUI_URL": "https://root:hunter2@jms.example.com"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("flags", "words"),
    [({"rate": 0}, "requests a minute"), ({"timeout": -1.0}, "seconds"), ({"theme": "pink"}, "one of dark")],
)
def test_a_wrong_value_names_the_setting(flags: dict, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        settings({}, flags)

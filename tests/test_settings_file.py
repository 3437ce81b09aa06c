"""The configuration file: no secret in it, and errors that name file, line and key."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from jmstui.config import Config, SettingsError, config_path, line_of, read_config, write_example

SECRET = "hunter2-S3CRET"


def read(tmp_path: Path, text: str, mode: int = 0o600) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return read_config(path)


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        (f'[profile.prod]\nurl = "https://a"\npassword = "{SECRET}"\n', 3, "password"),
        (f'token = "{SECRET}"\n', 1, "token"),
        (f'# words\n\n[profile.prod]\nprivate_token = "{SECRET}"\n', 4, "private_token"),
        (f'[profile.prod]\naccess_key_secret="{SECRET}"\n', 2, "access_key_secret"),
        (f'[profile.prod]\nsession = "{SECRET}"\n', 2, "session"),
        (f'[profile.prod]\ncookie = "jms_sessionid={SECRET}"\n', 2, "cookie"),
        (f'[profile.prod]\n"Password" = "{SECRET}"\n', 2, "Password"),
        (f'profile.prod.password = "{SECRET}"\n', 1, "password"),
        (f'[profile]\nprod = {{ url = "https://a", password = "{SECRET}" }}\n', 2, "password"),
        (f'[elsewhere]\nx = 1\n[elsewhere.deep]\nsecret = "{SECRET}"\n', 4, "secret"),
        (f'[profile.prod]\nurl = "https://root:{SECRET}@jms"\n', 2, "url"),
        (f'[profile.prod]\nauth = "access-key"\nkey_id = "{SECRET}"\n', 3, "key_id"),
        (f'[profile.prod]\nsecret_command = "echo {SECRET}"\n', 2, "secret_command"),
        (f'[profile.prod]\nsecret_command = "/usr/bin/printf {SECRET}"\n', 2, "secret_command"),
    ],
)
def test_a_secret_is_refused_with_its_line_and_never_shown(
    tmp_path: Path, text: str, line: int, key: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    said = str(caught.value)
    assert said.startswith(f"{tmp_path / 'config.toml'}:{line}: ")
    assert key in said
    assert SECRET not in said


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[profile.prod]\nurl = "https://a"\ncolour = "red"\n', 3, "colour: no such setting"),
        ("nothing = 1\n", 1, "nothing: no such setting"),
        ('[profile.prod]\nrate = "many"\n', 2, "rate: must be a whole number"),
        ("[profile.prod]\nrate = true\n", 2, "rate: must be a whole number"),
        ("[profile.prod]\nurl = 7\n", 2, "url: must be a text in quotes"),
        ('[profile.prod]\nauth = "magic"\n', 2, "auth: must be one of token, private-token"),
        ('[profile.prod]\nurl = "ftp://a"\n', 2, "url: must begin with https://"),
        ('theme = "pink"\n', 1, "theme: must be one of dark"),
        ('x = "unfinished\n', 1, "not valid TOML"),
        ('[profile.a]\nurl = "https://a"\nurl = "https://b"\n', 3, "is defined twice"),
        ('default_profile = "b"\n[profile.a]\nurl = "https://a"\n', 1, "names 'b'"),
        ('[profile]\nprod = "https://a"\n', 2, "must be a table"),
    ],
)
def test_an_error_names_file_line_and_key(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'config.toml'}:{line}: ")
    assert words in str(caught.value)


def test_a_good_file(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        'default_profile = "生产"\n[profile."生产"]\nurl = "https://a"\ntimeout = 5\nsecret_command = "pass '
        'show jms"\n'
        '[profile.token]\nurl = "https://b"\nauth = "session"\n',
    )
    assert set(config.profiles) == {"生产", "token"}
    assert config.profiles["生产"]["timeout"] == 5


def test_no_file_is_an_empty_one(tmp_path: Path) -> None:
    assert read_config(tmp_path / "none.toml").profiles == {}
    with pytest.raises(SettingsError, match="no such file"):
        read_config(tmp_path / "none.toml", must_exist=True)


def test_a_file_that_runs_a_command_must_be_ours_alone_to_write(tmp_path: Path) -> None:
    text = '[profile.a]\nurl = "https://a"\nsecret_command = "pass show jms"\n'
    assert read(tmp_path, text, 0o644).profiles
    with pytest.raises(SettingsError, match="others may write"):
        read(tmp_path, text, 0o664)


def test_not_utf_8_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'theme = "dark"\n# \xff\n')
    with pytest.raises(SettingsError, match=r"config\.toml:2: not UTF-8"):
        read_config(path)


def test_the_example_is_private_valid_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    write_example(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_config(path).exists
    uncommented = "\n".join(
        line[2:]
        if line.startswith(
            (
                "# default",
                "# theme",
                "# [",
                "# url",
                "# auth",
                "# user",
                "# key",
                "# org",
                "# ca",
                "# sec",
                "# rate",
                "# timeout",
                "# allow",
                "# insec",
            )
        )
        else line
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    assert read(tmp_path, uncommented).profiles["prod"]["username"] == "alice"
    before = path.read_text(encoding="utf-8")
    with pytest.raises(SettingsError, match="already"):
        write_example(path)
    assert path.read_text(encoding="utf-8") == before


def test_the_file_is_where_the_environment_says() -> None:
    assert config_path({"JMSTUI_CONFIG": "/x/y.toml"}) == Path("/x/y.toml")
    assert config_path({}).name == "config.toml"


def test_lines_are_found_through_comments_and_tables() -> None:
    text = "# a = 1\n[profile.x] # words\n\n a = 1\n[profile.y]\na=2\n"
    assert line_of(text, ("profile", "x", "a")) == 4
    assert line_of(text, ("profile", "y", "a")) == 6

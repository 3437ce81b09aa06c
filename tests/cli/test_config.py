"""`jmstui config path|show|validate|init`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def test_path_init_validate_show(jmstui: Callable[..., Any], home: Path) -> None:
    path = home / "config" / "jmstui" / "config.toml"
    assert jmstui("config", "path").out == f"{path}\n"
    assert jmstui("config", "validate").status == 2
    assert jmstui("config", "init").status == 0
    assert path.stat().st_mode & 0o777 == 0o600
    ran = jmstui("config", "init")
    assert ran.status == 2
    assert "already" in ran.err
    assert jmstui("config", "validate").status == 0
    assert jmstui("config", "show").status == 0


def test_show_says_where_from_and_never_a_secret(
    jmstui: Callable[..., Any], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = home / "x.toml"
    path.write_text('[profile.prod]\nurl = "https://prod"\nrate = 60\nsecret_command = "pass show jms"\n')
    path.chmod(0o600)
    monkeypatch.setenv("JMSTUI_USERNAME", "alice")
    monkeypatch.setenv("JMSTUI_PASSWORD", "C4NARY")
    monkeypatch.setenv("JMSTUI_ORG", "Staging")
    ran = jmstui("config", "show", "--config", str(path), "--profile", "prod", "--timeout", "9", "--json")
    shown = {item["setting"]: (item["value"], item["source"]) for item in json.loads(ran.out)["items"]}
    assert shown["url"] == ("https://prod", "profile prod")
    assert shown["rate"] == (60, "profile prod")
    assert shown["org"] == ("Staging", "environment JMSTUI_ORG")
    assert shown["timeout"] == (9.0, "flag")
    assert shown["theme"] == ("dark", "default")
    assert shown["credential"] == ("Password", "environment JMSTUI_USERNAME + JMSTUI_PASSWORD")
    assert shown["secret_command"][1] == "profile prod"
    assert "C4NARY" not in ran.out + ran.err
    assert "C4NARY" not in jmstui("config", "show").out


def test_a_file_with_a_secret_is_refused_by_every_command(jmstui: Callable[..., Any], home: Path) -> None:
    path = home / "config" / "jmstui" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text('[profile.prod]\nurl = "https://prod"\npassword = "C4NARY"\n')
    for argv in (["config", "validate"], ["config", "show"], ["list", "users"], ["login"], ["doctor"]):
        ran = jmstui(*argv)
        assert ran.status == (1 if argv == ["doctor"] else 2)
        assert f"{path}:3:" in ran.err + ran.out
        assert "C4NARY" not in ran.err + ran.out

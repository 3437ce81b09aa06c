"""Completion: real shells load the scripts and offer what the parser has."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jmstui.cli.completion import levels, script
from jmstui.cli.flags import COMMANDS
from jmstui.cli.main import full_parser


def bash(line: str, tmp_path: Path) -> list[str]:
    """What bash offers at the end of `line`."""
    (tmp_path / "c.bash").write_text(script("bash"))
    words = line.split(" ")
    array = " ".join(f"'{word}'" for word in words)
    code = (
        f"source {tmp_path}/c.bash; COMP_WORDS=({array}); COMP_CWORD={len(words) - 1}; _jmstui; "
        "printf '%s\n' \"${COMPREPLY[@]}\""
    )
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=True, timeout=20)
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_offers_commands_flags_and_values(tmp_path: Path) -> None:
    assert set(bash("jmstui ", tmp_path)) == set(COMMANDS)
    assert set(bash("jmstui wh", tmp_path)) == {"why", "who-can", "what-can"}
    assert set(bash("jmstui list ", tmp_path)) == {
        "assets",
        "users",
        "groups",
        "permissions",
        "nodes",
        "platforms",
        "orgs",
    }
    assert set(bash("jmstui config ", tmp_path)) == {"path", "show", "validate", "init"}
    assert bash("jmstui list assets --se", tmp_path) == ["--search", "--secret-fd"]
    assert "--json" in bash("jmstui config show --", tmp_path)
    assert set(bash("jmstui --theme ", tmp_path)) == {"dark", "light", "ansi", "mono"}
    assert set(bash("jmstui --url list config ", tmp_path)) == {"path", "show", "validate", "init"}
    assert bash("jmstui completion z", tmp_path) == ["zsh"]


@pytest.mark.skipif(not shutil.which("zsh"), reason="no zsh on this machine")
def test_zsh_takes_the_script(tmp_path: Path) -> None:
    (tmp_path / "_jmstui").write_text(script("zsh"))
    load = f"autoload -Uz compinit; compinit -u -d {tmp_path}/dump; source {tmp_path}/_jmstui"
    code = f"{load}; print $_comps[jmstui]"
    done = subprocess.run(["zsh", "-f", "-c", code], capture_output=True, text=True, check=True, timeout=20)
    assert (done.stdout.strip(), done.stderr) == ("_jmstui", "")


@pytest.mark.skipif(not shutil.which("fish"), reason="no fish on this machine")
def test_fish_offers_commands(tmp_path: Path) -> None:
    (tmp_path / "c.fish").write_text(script("fish"))
    code = f"source {tmp_path}/c.fish; complete -C 'jmstui wh'; complete -C 'jmstui list '"
    done = subprocess.run(
        ["fish", "--no-config", "-c", code], capture_output=True, text=True, check=True, timeout=20
    )
    offered = {line.split("\t")[0] for line in done.stdout.splitlines()}
    assert offered >= {"why", "who-can", "assets", "orgs"}
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_command_and_flag_is_in_every_script(shell: str, jmstui: Callable[..., Any]) -> None:
    ran = jmstui("completion", shell)
    assert ran.status == 0
    assert ran.err == ""
    for level in levels(full_parser()):
        for word in level.words:
            assert word in ran.out
        for flag in level.flags:
            assert (flag if shell != "fish" else flag.lstrip("-")) in ran.out


def test_an_unknown_shell_is_usage(jmstui: Callable[..., Any]) -> None:
    assert jmstui("completion", "csh").status == 2

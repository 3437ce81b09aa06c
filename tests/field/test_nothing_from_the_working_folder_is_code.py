"""Row 14: a planted file in the working folder is never run, and never reads a secret on stdin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jmstui.isolation import CHILD, forget_recorders, trusted_path

NAMES = [
    "json",
    "base64",
    "asyncio",
    "socket",
    "ssl",
    "select",
    "signal",
    "shlex",
    "hashlib",
    "tempfile",
    "keyring",
    "httpx",
    "textual",
    "msgspec",
    "platformdirs",
    "sitecustomize",
    "usercustomize",
    "secrets",
    "typing",
    "logging",
    "encodings/idna",
    "keyring/__init__",
    "httpsig/__init__",
]
ROOT = Path(__file__).parents[2]
STDIN = b'{"do": "set", "account": "a", "secret": "S3CRET"}'


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A folder full of modules that tell when they are imported, and what they find on stdin."""
    folder = tmp_path / "work"
    for name in NAMES:
        file = folder / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        told = folder / "told"
        file.write_text(f"open({str(told)!r}, 'a').write({name!r})\nraise ImportError('planted')\n")
    return folder


def run(
    argv: list[str], folder: Path, stdin: bytes = b"", **environ: str
) -> subprocess.CompletedProcess[bytes]:
    """The program in that folder, with nothing of the tests' own paths."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return subprocess.run(
        argv, cwd=folder, input=stdin, env={**clean, **environ}, capture_output=True, timeout=60, check=False
    )


def told(folder: Path) -> str:
    """The planted modules that ran."""
    file = folder / "told"
    return file.read_text() if file.exists() else ""


def test_a_planted_module_would_tell(planted: Path) -> None:
    run([sys.executable, "-c", "import base64"], planted)
    assert told(planted) == "base64"


def test_the_keyrings_child_runs_none_of_them(planted: Path) -> None:
    """Twenty names and more, and the secret on stdin reaches the keyring alone."""
    kept = planted.parent / "kept"
    done = run(
        [sys.executable, *CHILD, *trusted_path()],
        planted,
        STDIN,
        PYTHON_KEYRING_BACKEND="tests.keyrings_for_tests.FileKeyring",
        JMS_TEST_KEYRING=str(kept),
        PYTHONPATH=str(planted),
    )
    assert json.loads(done.stdout) == {}, done.stderr
    assert json.loads(kept.read_text()) == {"jmstui|a": "S3CRET"}
    assert told(planted) == ""


def test_the_child_of_a_program_that_has_the_folder_on_its_path(planted: Path) -> None:
    """A parent started with `python -c` has '' first on its path; what it starts does not."""
    code = (
        "import sys; here = sys.path.pop(0); from jmstui import secrets; sys.path.insert(0, here); "
        "print(secrets.keyring_state().usable)"
    )
    backend = "tests.keyrings_for_tests.FileKeyring"
    kept = str(planted.parent / "kept")
    done = run(
        [sys.executable, "-c", code],
        planted,
        PYTHON_KEYRING_BACKEND=backend,
        JMS_TEST_KEYRING=kept,
        PYTHONPATH=str(ROOT),
    )
    assert done.stdout == b"True\n", done.stderr
    assert told(planted) == ""


@pytest.mark.parametrize(
    "argv", [["--version"], ["--demo", "list", "orgs"], ["--demo", "doctor"], ["--help"]]
)
def test_the_installed_command_runs_none_of_them(planted: Path, argv: list[str]) -> None:
    """Siblings: everything that is imported after the start, in this process and its children."""
    done = run([str(Path(sys.executable).parent / "jmstui"), *argv], planted)
    assert b"Traceback" not in done.stderr
    assert done.returncode in (0, 1)
    assert told(planted) == ""


def test_a_relative_pythonpath_names_the_working_folder_too(planted: Path) -> None:
    """A sibling: "." or an empty entry of PYTHONPATH, which Python itself takes for the working folder."""
    names = [name for name in NAMES if name not in ("sitecustomize", "usercustomize")]
    for name in set(NAMES) - set(names):
        (planted / f"{name}.py").unlink()
    code = (
        f"import sys; sys.path.append({str(ROOT)!r}); sys.path.remove(''); entries = list(sys.path); "
        "sys.path = [e for e in entries if e != '.']; from jmstui.isolation import trusted_path; "
        "sys.path = entries; print('.' in trusted_path(), '' in trusted_path())"
    )
    done = run([sys.executable, "-I", "-c", code.replace("sys.path.remove(''); ", "")], planted)
    assert done.stdout == b"False False\n", done.stderr
    assert told(planted) == ""


def test_variables_that_record_are_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 16: what Textual, asyncio and OpenSSL would write down."""
    for name in [name for name in os.environ if name.startswith("TEXTUAL")]:
        monkeypatch.delenv(name)
    for name in ("TEXTUAL_LOG", "TEXTUAL_DEBUG", "SSLKEYLOGFILE", "PYTHONASYNCIODEBUG", "TEXTUAL"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("TEXTUAL_FPS", "30")
    found = forget_recorders()
    assert found == ["PYTHONASYNCIODEBUG", "SSLKEYLOGFILE", "TEXTUAL", "TEXTUAL_DEBUG", "TEXTUAL_LOG"]
    assert "SSLKEYLOGFILE" not in os.environ
    assert os.environ["TEXTUAL_FPS"] == "30"


def test_the_command_says_what_it_ignores(tmp_path: Path) -> None:
    """Row 16: a sentence, no file, and the command works."""
    log, keys = tmp_path / "log", tmp_path / "keys"
    command = str(Path(sys.executable).parent / "jmstui")
    done = run([command, "--demo", "list", "orgs"], tmp_path, TEXTUAL_LOG=str(log), SSLKEYLOGFILE=str(keys))
    assert done.returncode == 0
    assert b"ignored: SSLKEYLOGFILE, TEXTUAL_LOG" in done.stderr
    assert not log.exists()
    assert not keys.exists()

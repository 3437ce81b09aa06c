"""No secret is in anything that a command writes: canaries are planted, and everything is searched."""

from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.demo_server import RunningDemo
from tests.security.canaries import (
    JMSTUI,
    ProcessList,
    environments,
    files_below,
    found_in,
    planted,
    run,
    run_each,
)

MODES = ("password", "bearer", "private token", "access key secret", "session")


def searched(home: Path, written: bytes, secrets: dict[str, str], but: tuple[Path, ...] = ()) -> list[str]:
    """The secrets that were found in `written` or in a file below `home`, except in the files `but`."""
    everything = written + b"".join(data for path, data in files_below(home).items() if path not in but)
    return found_in(everything, secrets)


def test_the_search_finds_what_it_should() -> None:
    import base64

    secrets = {"a": "C4NARY-with-ä%"}
    hidden = [
        b"x C4NARY-with-\xc3\xa4% y",
        b"C4NARY-with-%C3%A4%25",
        base64.b64encode(b"admin:C4NARY-with-\xc3\xa4%:more"),
        b"\x1b]52;c;" + base64.b64encode(b"C4NARY-with-\xc3\xa4%") + b"\x07",
    ]
    assert [found_in(data, secrets) for data in hidden] == [["a"]] * len(hidden)
    assert found_in(b"C4NARY-without", secrets) == []


COMMANDS = (
    (("config", "show", "--json"), 0),
    (("doctor", "--json", "--verbose"), 0),
    (("list", "assets", "--limit", "3", "--verbose"), 0),
    (("list", "users", "--org", "Nowhere"), 5),
    (("why", "nobody", "nothing", "--verbose"), 5),
)


@pytest.mark.parametrize("mode", MODES)
def test_commands_that_work_and_that_fail_later(target: RunningDemo, home: Path, mode: str) -> None:
    secrets = planted(target)
    environ = environments(secrets, target)[mode] | {"JMSTUI_URL": target.url}
    ran = run_each([argv for argv, _ in COMMANDS], environ)
    assert [each.status for each in ran] == [status for _, status in COMMANDS], [each.err for each in ran]
    assert "users/profile/" in ran[2].err, "--verbose said what was asked"
    assert searched(home, b"".join(each.all for each in ran), secrets) == []


def test_a_server_that_is_not_there(target: RunningDemo, home: Path) -> None:
    secrets = planted(target)
    argv = [*JMSTUI, "list", "assets", "--verbose", "--allow-http"]
    there = {"JMSTUI_URL": "http://127.0.0.1:9"}
    cases = [environments(secrets, target)[mode] | there for mode in MODES]
    proxy = "http://u:C4NARY-pr0xy@127.0.0.1:9"
    cases.append({"JMSTUI_URL": "http://jms.example.com", "HTTP_PROXY": proxy, "JMSTUI_TOKEN": "x"})
    with ThreadPoolExecutor(len(cases)) as pool:  # all at once: each waits between its three tries
        ran = list(pool.map(lambda environ: run(argv, environ), cases))
    assert [each.status for each in ran] == [4] * len(cases), [each.err for each in ran]
    assert "proxy http://127.0.0.1:9." in ran[-1].err
    assert searched(home, b"".join(each.all for each in ran), secrets | {"proxy": "C4NARY-pr0xy"}) == []


WRONG = {
    "password": ({"JMSTUI_USERNAME": "nobody", "JMSTUI_PASSWORD": "C4NARY-wr0ng"}, 3),
    "bearer": ({"JMSTUI_TOKEN": "C4NARY-wr0ng"}, 3),
    "private token": ({"JMSTUI_PRIVATE_TOKEN": "C4NARY-wr0ng"}, 3),
    "access key": (
        {
            "JMSTUI_ACCESS_KEY_ID": "81a5008a-df7a-5c99-a58d-ff2dfbfa3797",
            "JMSTUI_ACCESS_KEY_SECRET": "C4NARY-wr0ng",
        },
        3,
    ),
    "session": ({"JMSTUI_SESSION": "jms_sessionid=C4NARY-wr0ng"}, 3),
    "a line break": ({"JMSTUI_TOKEN": "C4NARY-wr0ng\nx"}, 2),
    "not for a header": ({"JMSTUI_PRIVATE_TOKEN": "C4NARY-wr0ng é"}, 3),
    "two at once": ({"JMSTUI_TOKEN": "C4NARY-wr0ng", "JMSTUI_SESSION": "C4NARY-wr0ng"}, 2),
    "in the address": ({"JMSTUI_URL": "https://root:C4NARY-wr0ng@jms.example.com/"}, 2),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_command_that_fails(target: RunningDemo, home: Path, what: str) -> None:
    environ, status = WRONG[what]
    argv = [*JMSTUI, "list", "assets", "--verbose", "--allow-http"]
    failed = run(argv, {"JMSTUI_URL": target.url, **environ})
    assert failed.status == status, failed.err
    assert failed.err.startswith("jmstui: ") or "\njmstui: " in failed.err
    assert "Traceback" not in failed.err
    if status == 3 and what not in ("password", "not for a header"):
        assert "GET users/profile/" in failed.err, "--verbose says what was refused"
    assert searched(home, failed.all, {"wrong": "C4NARY-wr0ng"}) == []


CRASH = """
import os, sys
from jmstui.api import transport
build = transport.Transport._request
def fail(self, *args, **kwargs):
    request = build(self, *args, **kwargs)
    if self.auth:
        for _ in self.auth.auth_flow(request): break
    held = [vars(each) for each in [self.auth] if each]
    inside = [dict(request.headers), request.content, args, kwargs, repr(self.auth), held, dict(os.environ)]
    raise ZeroDivisionError(f"inside: {inside}")
transport.Transport._request = fail
from jmstui.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize("mode", MODES)
def test_a_command_that_crashes(target: RunningDemo, home: Path, mode: str) -> None:
    secrets = planted(target)
    script = home / "crash.py"
    script.write_text(CRASH)
    environ = environments(secrets, target)[mode] | {"JMSTUI_URL": target.url}
    crashed = run([sys.executable, str(script), "list", "assets", "--verbose"], environ)
    assert crashed.status == 70, crashed.err
    assert "Traceback" not in crashed.err
    report = next(home.joinpath("state").rglob("crash-*.txt"))
    assert report.stat().st_mode & 0o777 == 0o600
    assert "ZeroDivisionError: inside" in report.read_text()
    assert searched(home, crashed.all, secrets) == []
    assert "signature=" not in report.read_text().replace("signature= [secret]", "")


def test_a_password_that_is_kept_is_in_the_keyring_and_nowhere_else(
    target: RunningDemo, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = home / "ring.json"
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyrings_for_tests.FileKeyring")
    monkeypatch.setenv("JMS_TEST_KEYRING", str(ring))
    secrets = planted(target)
    environ = environments(secrets, target)["password"] | {"JMSTUI_URL": target.url}
    with ProcessList() as processes:
        login = run([*JMSTUI, "login", "--remember-password", "--verbose"], environ)
        listed = run([*JMSTUI, "secrets", "list", "--json"], {})
        used = run([*JMSTUI, "list", "users", "--limit", "1"], {"JMSTUI_URL": target.url})
    assert (login.status, listed.status, used.status) == (0, 0, 0), login.err + used.err
    assert len(json.loads(listed.out)["items"]) == 2
    assert any(b"secrets" in line for line in processes.seen), "the process list was seen"
    assert found_in(b"\n".join(processes.seen), secrets) == []
    assert found_in(ring.read_bytes(), secrets) == ["password", "bearer"]
    assert searched(home, login.all + listed.all + used.all, secrets, but=(ring,)) == []


def test_the_secret_of_a_command_and_of_a_descriptor(target: RunningDemo, home: Path) -> None:
    secrets = planted(target)
    give, path = home / "give", home / "jms.toml"
    give.write_bytes(secrets["private token"].encode() + b"\nmore\n")
    account = target.credentials["token"]["username"]
    path.write_text(
        f'[profile.c]\nurl = "{target.url}"\nauth = "private-token"\nsecret_command = "cat {give}"\n'
        f'[profile.d]\nurl = "{target.url}"\nauth = "token"\nusername = "{account}"\n'
    )
    path.chmod(0o600)
    argv = [*JMSTUI, "list", "users", "--limit", "1", "-v", "--config", str(path)]
    with ProcessList() as processes:
        by_command = run([*argv, "--profile", "c"], {})
        by_pipe = run(
            ["bash", "-c", 'exec "$@" 9< <(cat "$FROM")', "-", *argv, "--profile", "d", "--secret-fd", "9"],
            {"FROM": str(_file(home, secrets["password"]))},
        )
    assert (by_command.status, by_pipe.status) == (0, 0), by_command.err + by_pipe.err
    assert found_in(b"\n".join(processes.seen), secrets) == []
    written = by_command.all + by_pipe.all
    assert searched(home, written, secrets, but=(give, home / "password")) == []


def _file(home: Path, text: str) -> Path:
    path = home / "password"
    path.write_text(text)
    return path


def test_no_object_of_ours_shows_a_secret_in_its_repr(target: RunningDemo) -> None:
    import asyncio
    import gc

    from jmstui.demo.totp import code_at
    from jmstui.models.credential import Password, Secret
    from jmstui.settings import Settings
    from jmstui.tui.session import Session

    secrets = planted(target)
    mfa = target.credentials["mfa"]

    async def signed_in() -> list[str]:
        session = Session(Settings(url=target.url, rate=100_000))
        who = Password(mfa["username"], Secret(mfa["password"]))
        await session.sign_in(session.settings, who)
        shown = _all_reprs(gc.get_objects())
        await session.answer("otp", code_at(mfa["otp_secret"], time.time()))
        shown += _all_reprs(gc.get_objects())
        await session.close()
        return shown

    shown = asyncio.run(signed_in())
    assert any(text.startswith("<jmstui.tui.session.Session") for text in shown)
    assert any("LoginState(…)" in text for text in shown)
    assert found_in("\n".join(shown).encode(), secrets) == []


def _all_reprs(objects: list[object]) -> list[str]:
    """What every living object of the client's classes says of itself; the demo is the server."""
    ours = [each for each in objects if type(each).__module__.startswith("jmstui.")]
    return [repr(each) for each in ours if not type(each).__module__.startswith("jmstui.demo")]


def test_files_of_ours_are_ours_alone(target: RunningDemo, home: Path) -> None:
    secrets = planted(target)
    environ = environments(secrets, target)["password"] | {"JMSTUI_URL": target.url}
    ran = run_each(
        [("login", "--runtime-file"), ("config", "init"), ("list", "users", "--limit", "1", "-v")], environ
    )
    assert [each.status for each in ran] == [0, 0, 0]
    assert found_in(b"".join(each.all for each in ran), secrets) == []
    files = files_below(home)
    assert files
    for path in files:
        assert path.stat().st_mode & 0o777 == 0o600, path
    assert [(path, found_in(data, secrets)) for path, data in files.items() if found_in(data, secrets)] == [
        (next((Path(os.environ["XDG_RUNTIME_DIR"]) / "jmstui").iterdir()), ["bearer"])
    ]

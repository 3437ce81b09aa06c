"""TLS, base paths, proxies and redirects, as a command and the explorer meet them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jmstui.demo import Fault
from tests.api.certificates import Made, make
from tests.budgets.tty import Terminal
from tests.security.canaries import JMSTUI, environments, planted, run, run_cases
from tests.security.front import connect_proxy, front

USERS = ["list", "users", "--limit", "1"]
LIST = [*JMSTUI, *USERS]
MODES = ("password", "bearer", "private token", "access key secret", "session")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(
        tmp_path_factory.mktemp("tls"), "jms.corp", organization="Corp", names=("127.0.0.1", "::1"), ca=True
    )


@pytest.fixture(scope="module")
def jms(made: Made) -> Iterator[tuple[Any, str]]:
    """A JumpServer behind TLS, below /jms."""
    with front(made, base="/jms") as both:
        yield both


def test_an_untrusted_certificate(jms: tuple[Any, str], made: Made) -> None:
    ran = run([*LIST, "--url", jms[1]], {"JMSTUI_TOKEN": "x"})
    assert (ran.status, ran.out) == (4, "")
    digest = hashlib.sha256(made.der).hexdigest().upper()
    assert ":".join(digest[i : i + 2] for i in range(0, 64, 2)) in ran.err
    for words in ("CN=jms.corp, O=Corp", "issued by", "valid", "SHA-256", "--ca-file"):
        assert words in ran.err


def test_a_base_path_with_each_credential(jms: tuple[Any, str], made: Made) -> None:
    known = environments(planted(jms[0]), jms[0])
    argv = [*USERS, "--url", jms[1] + "/", "--ca-file", str(made.pem)]
    for mode, ran in zip(MODES, run_cases([(argv, known[mode]) for mode in MODES]), strict=True):
        assert ran.status == 0, f"{mode}: {ran.err}"
        assert len(ran.out.splitlines()) == 2


def test_a_base_path_that_is_wrong(jms: tuple[Any, str], made: Made) -> None:
    url = jms[1].removesuffix("/jms")
    ran = run([*LIST, "--url", url, "--ca-file", str(made.pem)], {"JMSTUI_TOKEN": "x"})
    assert ran.status in (4, 5)
    assert "/jms" in ran.err, "the sentence names a path as a likely cause"


def test_the_systems_store_may_be_named(jms: tuple[Any, str], made: Made) -> None:
    environ = environments(planted(jms[0]), jms[0])["private token"]
    ran = run([*LIST, "--url", jms[1]], environ | {"SSL_CERT_FILE": str(made.pem)})
    assert ran.status == 0, ran.err


def test_insecure_is_said_and_stays_in_sight(jms: tuple[Any, str]) -> None:
    environ = environments(planted(jms[0]), jms[0])["private token"] | {"JMSTUI_URL": jms[1]}
    ran = run([*LIST, "--insecure"], environ)
    assert ran.status == 0, ran.err
    assert "certificates are not checked" in ran.err
    argv = [*JMSTUI, "--insecure"]
    with Terminal(argv, 80, 24, environ={"PYTHONPATH": os.getcwd(), **environ}) as terminal:
        terminal.wait(r"1–\d+ of ")
        for keys in ("", "2", "@"):
            terminal.write(keys)
            terminal.settle()
            assert "TLS NOT VERIFIED" in terminal.text().splitlines()[0]


def test_a_proxy_is_used_and_shown_and_may_be_passed_by(jms: tuple[Any, str], made: Made) -> None:
    environ = environments(planted(jms[0]), jms[0])["access key secret"]
    environ |= {"JMSTUI_URL": jms[1], "SSL_CERT_FILE": str(made.pem)}
    with connect_proxy() as (address, lines):
        through = environ | {"HTTPS_PROXY": f"http://me:pr0xy-C4NARY@{address}"}
        ran = run(LIST, through)
        assert ran.status == 0, ran.err
        assert lines[0].startswith("CONNECT 127.0.0.1:")
        checked = run([*JMSTUI, "doctor", "--json"], through)
        proxy = next(each for each in json.loads(checked.out) if each["name"] == "proxy")
        assert address in proxy["text"]
        assert "C4NARY" not in checked.out + checked.err + ran.err
        before = len(lines)
        assert run(LIST, through | {"NO_PROXY": "127.0.0.0/8"}).status == 0
        assert len(lines) == before


def test_ipv6(made: Made) -> None:
    with front(made, host="::1") as (demo, url):
        known = environments(planted(demo), demo)
        argv = [*USERS, "--url", url, "--ca-file", str(made.pem)]
        for ran in run_cases([(argv, known[mode]) for mode in ("access key secret", "session")]):
            assert ran.status == 0, ran.err


def test_another_prefix_of_the_cookies() -> None:
    """A bare value is tried with the prefix that the server names (§1.10)."""
    with front(prefix="corp_") as (demo, url):
        value = demo.credentials["session"].partition("=")[2]
        cookies = (value, f"corp_sessionid={value}", f"a=b; corp_sessionid={value}; corp_csrftoken=x")
        cases = [(USERS, {"JMSTUI_URL": url, "JMSTUI_SESSION": cookie}) for cookie in cookies]
        for cookie, ran in zip(cookies, run_cases(cases), strict=True):
            assert ran.status == 0, f"{cookie}: {ran.err}"


def test_a_redirect_to_another_host(jms: tuple[Any, str], made: Made) -> None:
    jms[0].faults.add(Fault("redirect-elsewhere"))
    try:
        environ = environments(planted(jms[0]), jms[0])["bearer"]
        ran = run([*LIST, "--url", jms[1], "--ca-file", str(made.pem)], environ)
    finally:
        jms[0].faults.clear()
    assert ran.status == 4
    assert jms[1].removesuffix("/jms") in ran.err
    assert "https://elsewhere.example.com" in ran.err


def test_http_to_another_machine_asks_first(tmp_path: Path) -> None:
    environ = {"JMSTUI_URL": "http://jms.invalid", "JMSTUI_TOKEN": "x"}
    assert "--allow-http" in run(LIST, environ).err
    config = tmp_path / "jms.toml"
    config.write_text('[profile.p]\nurl = "http://jms.invalid"\nallow_http = true\n')
    config.chmod(0o600)
    ran = run([*LIST, "--config", str(config), "--profile", "p"], {"JMSTUI_TOKEN": "x"})
    assert "Cannot reach jms.invalid" in ran.err
    with Terminal(JMSTUI, 100, 30, environ={"PYTHONPATH": os.getcwd(), **environ}) as terminal:
        terminal.wait("is not encrypted")
        assert "Sign in to a JumpServer" in terminal.text()


def test_doctor_says_what_to_do_about_a_certificate(jms: tuple[Any, str], made: Made) -> None:
    environ = environments(planted(jms[0]), jms[0])["private token"] | {"JMSTUI_URL": jms[1]}
    ran = run([*JMSTUI, "doctor", "--json"], environ)
    found = {each["name"]: each for each in json.loads(ran.out)}
    assert ran.status == 1
    assert found["tls"]["state"] == "fail"
    assert "--ca-file" in found["tls"]["next"]
    assert found["credential"]["state"] == "unknown", "nothing is sent to a server that is not trusted"
    trusted = run([*JMSTUI, "doctor", "--json", "--ca-file", str(made.pem)], environ)
    tls = next(each for each in json.loads(trusted.out) if each["name"] == "tls")
    assert tls["state"] == "pass", trusted.out

"""`jmstui demo-server` as a process: the first line, the ends, the refusals."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

CODE = """
import argparse, sys
from jmstui.cli import demo_server
parser = argparse.ArgumentParser()
demo_server.add_arguments(parser)
sys.exit(demo_server.run(parser.parse_args()))
"""


def start(*options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CODE, "--assets", "50", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_prints_one_line_serves_and_ends_cleanly(number: signal.Signals, status: int) -> None:
    process = start("--port", "0")
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    assert set(ready) >= {"url", "credentials", "examples"}
    assert set(ready["credentials"]) == {"token", "mfa", "private_token", "access_key", "session"}
    assert set(ready["credentials"]["mfa"]) == {"username", "password", "otp_secret"}
    assert set(ready["examples"]) == {"user", "asset", "denied_user"}
    request = urllib.request.Request(ready["url"] + "/api/v1/users/profile/")
    request.add_header("Authorization", "Token " + ready["credentials"]["private_token"])
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert json.load(answer)["username"] == ready["credentials"]["token"]["username"]
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (status, "", "")


def ask(url: str, token: str) -> int:
    """The status of one request."""
    request = urllib.request.Request(
        url + "/api/v1/users/profile/", headers={"Authorization": f"Token {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_seed_latency_and_rate_do_what_they_say() -> None:
    from jmstui.demo import build_demo

    process = start("--port", "0", "--seed", "8", "--latency", "150", "--rate", "2")
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    token = build_demo(assets=50, seed=8).admin.private_token
    assert ready["credentials"]["private_token"] == token != build_demo(assets=50).admin.private_token
    started = time.monotonic()
    assert [ask(ready["url"], token) for _ in range(3)] == [200, 200, 429]
    assert time.monotonic() - started >= 0.45
    process.terminate()
    assert process.wait(20) == 0


def test_a_port_in_use_is_a_sentence_and_exit_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start("--port", str(port))
        out, err = process.communicate(timeout=20)
    assert process.returncode == 2
    assert out == ""
    assert err.count("\n") == 1
    assert f"Port {port} is in use" in err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--port", "0", "--fault", "nonsense"], "no such fault: nonsense"),
        (["--port", "0", "--fault", "503:assets/:often"], "no number"),
        (["--port", "70000"], "between 0 and 65,535"),
        (["--port", "0", "--assets", "-1"], "between 0 and"),
        ([], "--port"),
    ],
)
def test_bad_options_are_usage_errors(options: list[str], words: str) -> None:
    process = start(*options)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 2
    assert words in err
    assert "Traceback" not in err

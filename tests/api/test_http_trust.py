"""Certificates: the system's store, a CA file, what is said of an untrusted one; proxies; addresses."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jmstui.api import errors
from jmstui.api.address import parse_address
from jmstui.api.certificate import read_certificate
from jmstui.api.http import local_zone, proxy_for, tls_context, without_userinfo
from jmstui.api.transport import Transport
from tests.api.certificates import Made, make
from tests.api.fakes import answers, response, tcp_server


def context_of(made: Made) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.both)
    return context


@pytest.fixture
def authority(tmp_path: Path) -> Made:
    return make(tmp_path, "Corp Root", organization="Corp", ca=True)


async def ask(made: Made, **options: object) -> int:
    async with tcp_server(answers(response(b"{}")), context_of(made)) as port:
        url = f"https://127.0.0.1:{port}"
        transport = Transport(url, proxy_from_env=False, timeout=5, **options)  # type: ignore[arg-type]
        try:
            return (await transport.send("GET", "users/profile/")).status
        finally:
            await transport.aclose()


async def test_a_ca_file_is_honoured(authority: Made, tmp_path: Path) -> None:
    server = make(tmp_path, "jms.corp", issuer=authority, names=("127.0.0.1",))
    assert await ask(server, ca_file=str(authority.pem)) == 200


async def test_ssl_cert_file_is_honoured(
    authority: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.pem))
    assert await ask(make(tmp_path, "jms.corp", issuer=authority, names=("127.0.0.1",))) == 200


async def test_an_untrusted_certificate_is_described(authority: Made, tmp_path: Path) -> None:
    import hashlib

    server = make(tmp_path, "jms.corp", issuer=authority, names=("127.0.0.1", "jms.corp"))
    with pytest.raises(errors.UntrustedCertificate) as caught:
        await ask(server)
    sentence = caught.value.sentence
    digest = hashlib.sha256(server.der).hexdigest().upper()
    assert ":".join(digest[i : i + 2] for i in range(0, 64, 2)) in sentence
    for part in ("CN=jms.corp", "CN=Corp Root, O=Corp", f"{datetime.now(UTC):%Y}", "--ca-file", "127.0.0.1"):
        assert part in sentence
    assert caught.value.certificate is not None
    assert caught.value.exit_status == 4


async def test_insecure_takes_any_certificate(tmp_path: Path) -> None:
    assert await ask(make(tmp_path, "self", names=("127.0.0.1",)), insecure=True) == 200


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"names": ("elsewhere.corp",)}, "127.0.0.1"),
        ({"names": ("127.0.0.1",), "start": datetime(2001, 2, 3, tzinfo=UTC)}, "expired"),
    ],
)
async def test_what_is_wrong_is_said(
    authority: Made, tmp_path: Path, options: dict[str, object], word: str
) -> None:
    server = make(tmp_path, "jms.corp", issuer=authority, **options)  # type: ignore[arg-type]
    with pytest.raises(errors.UntrustedCertificate) as caught:
        await ask(server, ca_file=str(authority.pem))
    assert word in caught.value.reason


async def test_a_certificate_can_be_asked_for(authority: Made, tmp_path: Path) -> None:
    server = make(tmp_path, "jms.corp", issuer=authority, names=("127.0.0.1",))
    async with tcp_server(answers(response(b"{}")), context_of(server)) as port:
        shown = await Transport(f"https://127.0.0.1:{port}", proxy_from_env=False).certificate()
    assert shown is not None
    assert shown == read_certificate(server.der)
    assert await Transport("http://127.0.0.1:1").certificate() is None


@pytest.mark.parametrize("content", [None, "", "not a certificate"])
async def test_a_ca_file_that_is_none(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(errors.BadCaFile, match=r"ca\.pem"):
        await Transport("https://127.0.0.1:1", ca_file=str(path)).send("GET", "users/profile/")


def test_trust_is_the_same_on_every_python() -> None:
    context = tls_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert not context.verify_flags & ssl.VERIFY_X509_STRICT


async def test_ssl_cert_file_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file.pem")
    with pytest.raises(errors.BadCaFile, match="SSL_CERT_FILE"):
        await Transport("https://127.0.0.1:1").send("GET", "users/profile/")


async def test_tls_to_a_port_that_speaks_none() -> None:
    async def plain(reader, writer) -> None:  # type: ignore[no-untyped-def]
        await reader.read(5)
        writer.write(response(b"", "400 Bad Request"))
        await writer.drain()

    async with tcp_server(plain) as port:
        transport = Transport(f"https://127.0.0.1:{port}", proxy_from_env=False, timeout=5)
        with pytest.raises(errors.CannotReach, match="is it http://"):
            await transport.send("GET", "users/profile/")
        await transport.aclose()


async def test_http_to_a_port_that_speaks_tls(tmp_path: Path) -> None:
    made = make(tmp_path, "jms.corp", names=("127.0.0.1",))
    async with tcp_server(answers(response(b"{}")), context_of(made)) as port:
        transport = Transport(f"http://127.0.0.1:{port}", proxy_from_env=False, timeout=5)
        with pytest.raises(errors.ApiError) as caught:
            await transport.send("GET", "users/profile/")
        await transport.aclose()
    assert isinstance(caught.value, errors.NotJumpServer | errors.CannotReach)


def test_reading_certificates(tmp_path: Path) -> None:
    far = datetime(2051, 1, 2, 3, 4, 5, tzinfo=UTC)
    made = make(tmp_path, "名字", organization="Örg", names=("a.b", "::1"), start=far, days=1)
    found = read_certificate(made.der)
    assert (found.subject, found.issuer) == ("CN=名字, O=Örg", "CN=名字, O=Örg")
    assert (found.not_before, found.not_after) == (far, datetime(2051, 1, 3, 3, 4, 5, tzinfo=UTC))
    assert found.names == ("a.b", "::1")
    for cut in range(0, len(made.der) - 1, 7):
        with pytest.raises(ValueError):
            read_certificate(made.der[:cut])


# --- proxies ---


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("url", "env", "expected"),
    [
        ("https://jms.corp", {"HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ("https://jms.corp", {"https_proxy": "proxy:3128"}, "http://proxy:3128"),
        ("http://jms.corp", {"HTTPS_PROXY": "http://proxy:3128"}, None),
        ("https://jms.corp", {"ALL_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ("https://jms.corp", {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": ".corp"}, None),
        ("https://jms.corp", {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "*"}, None),
        ("https://10.1.2.3", {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "x, 10.0.0.0/8"}, None),
        (
            "https://11.1.2.3",
            {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "10.0.0.0/8"},
            "http://proxy:3128",
        ),
        ("https://jms.corp", {}, None),
    ],
)
def test_proxies(no_proxies: pytest.MonkeyPatch, url: str, env: dict[str, str], expected: str | None) -> None:
    for name, value in env.items():
        no_proxies.setenv(name, value)
    assert proxy_for(parse_address(url)) == expected
    assert Transport(url).proxy == expected
    assert Transport(url, proxy_from_env=False).proxy is None


async def test_requests_go_through_the_proxy(no_proxies: pytest.MonkeyPatch) -> None:
    lines = []

    async def proxy(reader, writer) -> None:  # type: ignore[no-untyped-def]
        lines.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(response(b"{}"))
        await writer.drain()

    async with tcp_server(proxy) as port:
        no_proxies.setenv("HTTP_PROXY", f"http://user:s3cret@127.0.0.1:{port}")
        transport = Transport("http://jms.corp", timeout=2)
        await transport.send("GET", "users/profile/")
        await transport.aclose()
    assert lines[0].startswith("GET http://jms.corp/api/v1/users/profile/ ")
    assert transport.proxy == f"http://127.0.0.1:{port}"


async def test_a_proxy_that_is_not_there(no_proxies: pytest.MonkeyPatch) -> None:
    async with tcp_server(answers(b"")) as port:
        pass
    no_proxies.setenv("HTTPS_PROXY", f"http://user:s3cret@127.0.0.1:{port}")
    with pytest.raises(errors.CannotReach) as caught:
        await Transport("https://jms.corp", timeout=2).send("GET", "users/profile/")
    assert f"http://127.0.0.1:{port}" in caught.value.sentence
    assert "s3cret" not in caught.value.sentence


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "ftp://x", "http://[", "://"])
async def test_proxies_that_cannot_be_used(no_proxies: pytest.MonkeyPatch, proxy: str) -> None:
    no_proxies.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(errors.ApiError):
        await Transport("https://jms.corp", timeout=2).send("GET", "users/profile/")


def test_userinfo_is_not_shown() -> None:
    assert without_userinfo("http://u:p@host:1") == "http://host:1"


@pytest.mark.parametrize(
    ("tz", "expected"),
    [(":Europe/Berlin", "Europe/Berlin"), ("UTC", "UTC"), ("CET-1CEST,M3.5.0", None), ("a\nb/c", None)],
)
def test_zone_names(monkeypatch: pytest.MonkeyPatch, tz: str, expected: str | None) -> None:
    monkeypatch.setenv("TZ", tz)
    assert local_zone() == expected


# --- addresses ---


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("jms.corp", "https://jms.corp"),
        (" https://JMS.corp/ ", "https://jms.corp"),
        ("jms.corp:8443", "https://jms.corp:8443"),
        ("https://jms.corp:443", "https://jms.corp"),
        ("http://jms.corp:80//", "http://jms.corp"),
        ("https://jms.corp/jms/", "https://jms.corp/jms"),
        ("https://jms.corp/jms/ui/#/console/dashboard", "https://jms.corp/jms"),
        ("https://jms.corp/luna/?x=1", "https://jms.corp"),
        ("https://jms.corp/api/v1/users/", "https://jms.corp"),
        ("::1", "https://[::1]"),
        ("[::1]:8443", "https://[::1]:8443"),
        ("http://[2001:db8::1]:80/", "http://[2001:db8::1]"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://jms.corp/运维", "https://jms.corp/%E8%BF%90%E7%BB%B4"),
    ],
)
def test_addresses(typed: str, url: str) -> None:
    assert parse_address(typed).url == url
    assert parse_address(url).url == url


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "ftp://x",
        "https://",
        "https://u:s3cret@jms.corp",
        "u:s3cret@jms.corp",
        "https://x:99999",
        "https://[::1",
        "https://a b",
        "https://a/../b",
        "https://a\x1b[31m",
        "https://a\\b",
        "file:///etc/passwd",
        "https://a<b>",
    ],
)
def test_no_addresses(typed: str) -> None:
    with pytest.raises(errors.BadAddress) as caught:
        parse_address(typed)
    assert "s3cret" not in caught.value.sentence


@pytest.mark.parametrize(
    ("typed", "in_clear"),
    [
        ("http://jms.corp", True),
        ("http://10.0.0.1", True),
        ("http://[2001:db8::1]", True),
        ("https://jms.corp", False),
        ("http://localhost:8080", False),
        ("http://demo.localhost", False),
        ("http://127.3.2.1", False),
        ("http://[::1]", False),
        ("http://127.0.0.1.evil.example", True),
        ("http://localhost.evil.example", True),
    ],
)
def test_in_clear(typed: str, in_clear: bool) -> None:
    assert parse_address(typed).in_clear is in_clear

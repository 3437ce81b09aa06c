"""The order of the server's checks: paths, organizations, roles, throttling, errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from jmstui.demo import build_demo
from jmstui.demo.rbac import DEFAULT, ROOT, SYSTEM
from tests.demo_server import RunningDemo

API = "/api/v1/"
CURRENT = API + "orgs/orgs/current/"
PROFILE = API + "users/profile/"
ASSETS = API + "assets/assets/?limit=1"
JSON = {"Accept": "application/json", "Content-Type": "application/json"}


class Person:
    """Somebody's requests, by private token, without cookies."""

    def __init__(self, server: RunningDemo, name: str) -> None:
        self.server = server
        self.headers = {**JSON, "Authorization": f"Token {server.world.people[name].private_token}"}

    def get(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        wanted = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return httpx.request(method, self.server.url + path, headers=wanted, timeout=10)


@pytest.fixture(scope="module")
def server() -> Iterator[RunningDemo]:
    from tests.demo_server import run_demo

    running = run_demo(assets=200)
    yield running
    running.close()


@pytest.fixture
def admin(server: RunningDemo) -> Person:
    return Person(server, "admin")


def org_id(server: RunningDemo, name: str) -> str:
    return next(org.id for org in server.world.orgs.values() if org.name == name)


# -- organizations -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        (None, "DEFAULT"),
        (ROOT, "GLOBAL"),
        ("root", "GLOBAL"),
        ("GLOBAL", "GLOBAL"),
        ("System", "SYSTEM"),
        (SYSTEM, "SYSTEM"),
        ("default", "DEFAULT"),
        ("Production", "Production"),
        ("00000000-0000-0000-0000-00000000ffff", "DEFAULT"),
        ("no such organization", "DEFAULT"),
    ],
)
def test_an_organization_by_id_name_or_word(admin: Person, sent: str | None, name: str) -> None:
    headers = {} if sent is None else {"X_JMS_ORG": sent}
    assert admin.get(CURRENT, **headers).json()["name"] == name


def test_query_before_header_before_cookie(server: RunningDemo, admin: Person) -> None:
    production, staging = org_id(server, "Production"), org_id(server, "Staging")
    cookie = f"X-JMS-ORG={staging}"
    assert admin.get(CURRENT, Cookie=cookie).json()["id"] == staging
    assert admin.get(CURRENT, Cookie=cookie, X_JMS_ORG=production).json()["id"] == production
    with_query = admin.get(f"{CURRENT}?oid={staging}", X_JMS_ORG=production)
    assert with_query.json()["id"] == staging


def test_a_chinese_name_in_the_query(server: RunningDemo, admin: Person) -> None:
    assert admin.get(CURRENT + "?oid=研发中心").json()["id"] == org_id(server, "研发中心")


def test_community_knows_default_root_and_system(start_demo: Callable[..., RunningDemo]) -> None:
    server = start_demo(assets=50, edition="community")
    admin = Person(server, "admin")
    found = [admin.get(CURRENT, X_JMS_ORG=org).json()["name"] for org in (ROOT, SYSTEM, "Production")]
    assert found == ["GLOBAL", "SYSTEM", "DEFAULT"]
    lists = admin.get(API + "users/profile/permissions/").json()
    assert [org["name"] for org in lists["console_orgs"]] == ["GLOBAL", "DEFAULT"]
    assert admin.get(API + "settings/public/open/").json()["XPACK_ENABLED"] is False


def test_a_session_falls_back_to_the_users_own_organization(server: RunningDemo) -> None:
    user = next(
        u for u in server.world.users.values() if u.is_active and len(u.roles) == 2 and DEFAULT not in u.roles
    )
    mine = [key for key in user.roles if key != "system"]
    session = server.web_session(user)
    cookie = {"Cookie": f"jms_sessionid={session.key}"}
    assert httpx.get(server.url + CURRENT, headers=cookie).json()["id"] == mine[0]


# -- roles -------------------------------------------------------------------------------------------------

CODES = {
    "admin": "200 200 200 200 200 200",
    "orgadmin": "200 200 200 200 403 200",
    "auditor": "200 403 200 403 403 403",
    "sysauditor": "200 403 200 403 403 403",
    "viewer": "403 403 403 403 403 403",
    "noorg": "403 403 403 403 403 403",
}
LISTS = [
    "assets/assets/?limit=1",
    "assets/nodes/children/tree/",
    "users/users/?limit=1",
    "perms/asset-permissions/?limit=1",
    "orgs/orgs/?limit=1",
    "labels/labels/?limit=1",
]


@pytest.mark.parametrize(("name", "codes"), CODES.items())
def test_who_may_see_which_list(server: RunningDemo, name: str, codes: str) -> None:
    person = Person(server, name)
    assert " ".join(str(person.get(API + path).status_code) for path in LISTS) == codes


@pytest.mark.parametrize("name", [*CODES, "mfauser"])
def test_everybody_has_a_profile_and_codes(server: RunningDemo, name: str) -> None:
    person = Person(server, name)
    assert person.get(PROFILE).json()["username"] == name
    lists = person.get(API + "users/profile/permissions/").json()
    assert lists["perms"] == sorted(lists["perms"])
    assert "perms.view_myassets" in lists["perms"]
    assert lists["workbench_orgs"][0]["name"] == "All organizations"


def test_in_root_only_system_roles_count(server: RunningDemo, admin: Person) -> None:
    assert admin.get(ASSETS, X_JMS_ORG=ROOT).status_code == 200
    assert Person(server, "orgadmin").get(ASSETS, X_JMS_ORG=ROOT).status_code == 403
    assert Person(server, "sysauditor").get(ASSETS, X_JMS_ORG=ROOT).status_code == 200
    assert Person(server, "orgadmin").get(ASSETS, X_JMS_ORG="Production").status_code == 403


def test_an_inactive_bearer_sees_403(server: RunningDemo) -> None:
    user = server.world.people["inactive"]
    token = server.sessions.token_for(user.id, "127.0.0.1", server.clock.time())
    headers = {**JSON, "Authorization": f"Bearer {token.key}"}
    assert httpx.get(server.url + PROFILE, headers=headers).status_code == 403


# -- throttling --------------------------------------------------------------------------------------------


def test_180_a_minute_over_all_clients(start_demo: Callable[..., RunningDemo]) -> None:
    server = start_demo(assets=50, rate=180)
    viewer = Person(server, "viewer")
    session = server.web_session(server.world.people["viewer"])
    with httpx.Client(base_url=server.url, headers=viewer.headers) as client:
        assert {client.get(API + "orgs/orgs/").status_code for _ in range(200)} == {403}, "403s are free"
        for _ in range(180):
            assert client.get(PROFILE).status_code == 200
        refused = client.get(PROFILE)
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    wait = int(refused.headers["retry-after"])
    assert 50 <= wait <= 60
    assert refused.json()["detail"] == f"Request was throttled. Expected available in {wait} seconds."
    browser = httpx.get(server.url + PROFILE, headers={"Cookie": f"jms_sessionid={session.key}"})
    assert browser.status_code == 429
    assert Person(server, "admin").get(PROFILE).status_code == 200
    server.clock.advance(wait)
    assert viewer.get(PROFILE).status_code == 200


def test_60_a_minute_without_a_credential(start_demo: Callable[..., RunningDemo]) -> None:
    server = start_demo(assets=50, anon_rate=60)
    with httpx.Client(base_url=server.url) as client:
        found = [client.get("/api/health/").status_code for _ in range(61)]
        assert found == [200] * 60 + [429]
        login = client.post(API + "authentication/auth/", json=server.credentials["token"])
        assert login.status_code == 429
        assert client.get(PROFILE).status_code == 401, "refused before it is counted"


def test_suggestions_stop_after_60_of_any_kind(start_demo: Callable[..., RunningDemo]) -> None:
    server = start_demo(assets=50, rate=180)
    admin = Person(server, "admin")
    with httpx.Client(base_url=server.url, headers=admin.headers) as client:
        path = API + "assets/assets/suggestions/?search=a"
        assert client.get(path).status_code == 200
        for _ in range(59):
            client.get(PROFILE)
        assert client.get(path).status_code == 429
        assert client.get(PROFILE).status_code == 200


def test_v3_does_not_throttle(start_demo: Callable[..., RunningDemo]) -> None:
    server = start_demo(assets=50, rate=180, api="3.10")
    with httpx.Client(base_url=server.url, headers=Person(server, "viewer").headers) as client:
        assert {client.get(PROFILE).status_code for _ in range(200)} == {200}


# -- the way in --------------------------------------------------------------------------------------------


def test_a_missing_slash_redirects_with_a_relative_location(admin: Person) -> None:
    answer = admin.get(API + "assets/assets?search=a%20b&limit=1")
    assert answer.status_code == 301
    assert answer.headers["location"] == API + "assets/assets/?search=a%20b&limit=1"


def test_an_unknown_path_is_html_or_json_by_the_requests_type(server: RunningDemo) -> None:
    as_json = httpx.get(server.url + API + "no/such", headers={"Content-Type": "application/json"})
    assert (as_json.status_code, as_json.json()) == (404, {"error": "Not found"})
    as_html = httpx.get(server.url + API + "no/such/", headers={"Accept": "application/json"})
    assert as_html.headers["content-type"].startswith("text/html")
    assert "<h1>Not found</h1>" in as_html.text


def test_html_is_not_offered(admin: Person) -> None:
    assert admin.get(PROFILE, Accept="text/html").status_code == 406
    assert admin.get(PROFILE, Accept="text/html, */*;q=0.1").status_code == 200


def test_another_method_is_405_after_the_credential(server: RunningDemo, admin: Person) -> None:
    answer = admin.get(CURRENT, method="PUT")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert httpx.put(server.url + CURRENT).status_code == 401


def test_head_and_options(admin: Person) -> None:
    head = admin.get(PROFILE, method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 100
    assert admin.get(PROFILE, method="OPTIONS").headers["allow"] == "GET, PUT, PATCH, HEAD, OPTIONS"


def test_no_conditional_requests(admin: Person) -> None:
    answer = admin.get(PROFILE)
    assert "etag" not in answer.headers
    assert "last-modified" not in answer.headers


def test_the_cookie_with_the_prefix_until_it_comes_back(admin: Person) -> None:
    cookies = admin.get(PROFILE).headers.get_list("set-cookie")
    assert cookies == ["SESSION_COOKIE_NAME_PREFIX=jms_; Path=/"]
    assert admin.get(PROFILE, Cookie=cookies[0].split(";")[0]).headers.get_list("set-cookie") == []


@pytest.mark.parametrize(
    ("zone", "offset"), [("", "+0800"), ("UTC", "+0000"), ("Asia/Kolkata", "+0530"), ("Mars/North", "+0800")]
)
def test_dates_in_the_zone_that_was_asked_for(admin: Person, zone: str, offset: str) -> None:
    headers = {"X_TZ": zone} if zone else {}
    assert admin.get(PROFILE, **headers).json()["date_expired"].endswith(" " + offset)


# -- versions and world ------------------------------------------------------------------------------------


def test_v3_keeps_organizations_in_the_profile(start_demo: Callable[..., RunningDemo]) -> None:
    server = start_demo(assets=50, api="3.10")
    admin = Person(server, "admin")
    profile = admin.get(PROFILE).json()
    assert "rbac.view_console" in profile["perms"]
    assert profile["console_orgs"][0]["name"] == "GLOBAL"
    assert "pam_orgs" not in profile
    gone = admin.get(API + "users/profile/permissions/")
    assert (gone.status_code, gone.json()) == (404, {"error": "Not found"})
    unknown = httpx.get(server.url + PROFILE, headers={"Authorization": "Bearer " + "x" * 36})
    assert (unknown.status_code, unknown.json()["code"]) == (401, "authentication_failed")
    assert unknown.headers["www-authenticate"] == "Bearer"
    assert Person(server, "auditor").get(ASSETS).status_code == 403


def test_v3_speaks_chinese_unless_asked(start_demo: Callable[..., RunningDemo]) -> None:
    server = start_demo(assets=50, api="3.10")
    answer = httpx.get(server.url + API + "orgs/orgs/current/")
    assert answer.json()["detail"] == "身份认证信息未提供。"
    answer = httpx.get(server.url + API + "orgs/orgs/current/", headers={"Accept-Language": "en"})
    assert answer.json()["detail"] == "Authentication credentials were not provided."


def examples(demo: Any) -> dict[str, str]:
    found: dict[str, str] = demo.ready("http://x")["examples"]
    return found


@pytest.mark.parametrize("seed", [7, 8, 1234])
def test_the_examples_of_any_seed_are_true(start_demo: Callable[..., RunningDemo], seed: int) -> None:
    server = start_demo(assets=300, seed=seed)
    admin, named = Person(server, "admin"), server.examples
    found = admin.get(API + f"assets/assets/?name={named['asset']}&limit=2", X_JMS_ORG=ROOT).json()["results"]
    assert len(found) == 1
    for username, status in ((named["user"], 200), (named["denied_user"], 404)):
        users = admin.get(API + f"users/users/?username={username}&limit=2", X_JMS_ORG=ROOT).json()["results"]
        assert len(users) == 1
        path = API + f"perms/users/{users[0]['id']}/assets/{found[0]['id']}/"
        assert admin.get(path).status_code == status


def test_another_seed_is_another_world_and_the_same_seed_the_same() -> None:
    one, same, other = (build_demo(assets=50, seed=seed) for seed in (7, 7, 8))
    assert json.dumps(one.ready("u")) == json.dumps(same.ready("u"))
    credentials = one.ready("u")["credentials"], other.ready("u")["credentials"]
    assert credentials[0]["private_token"] != credentials[1]["private_token"]
    assert examples(one) != examples(other)


def test_wrong_options_are_refused() -> None:
    with pytest.raises(ValueError):
        build_demo(assets=50, edition="ultimate")
    with pytest.raises(ValueError):
        build_demo(assets=50, api="2.28")


async def test_in_process_over_asgi() -> None:
    demo = build_demo(assets=50)
    transport = httpx.ASGITransport(app=demo.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://demo") as client:
        token = {"Authorization": f"Token {demo.ready('http://demo')['credentials']['private_token']}"}
        answer = await client.get(ASSETS, headers=token)
    assert answer.json()["next"].startswith("http://demo/api/v1/assets/assets/?")
    assert demo.requests == [("GET", API + "assets/assets/", "limit=1", 200)]


def test_the_web_framework_is_not_needed_in_process() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from jmstui.demo import build_demo; build_demo(assets=50);"
        "print(sorted({'starlette', 'uvicorn', 'httpx', 'textual', 'anyio'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_mistake_of_the_demo_is_a_500_and_is_remembered(start_demo: Callable[..., RunningDemo]) -> None:
    server = start_demo(assets=50)
    person = Person(server, "admin")
    server.world.orgs.clear()
    assert person.get(PROFILE).status_code == 500
    assert [type(each) for each in server.mistakes] == [KeyError]
    server.mistakes.clear()

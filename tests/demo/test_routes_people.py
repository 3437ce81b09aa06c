"""Users, groups, accounts, the catalogue, logs, and the writes (§4.5, §4.6, §5, §8.3, §10)."""

from __future__ import annotations

import pytest

from jmstui.demo.server import build_demo
from jmstui.demo.world import DEFAULT, World
from tests.demo.asking import ask, count, demo, rows

USERS = "users/users/"


def world() -> World:
    return demo().world


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("is_active=false", lambda u: not u.is_active),
        ("is_expired=true", lambda u: u.date_expired < world().now),
        ("is_valid=true", lambda u: u.is_active and u.date_expired > world().now),
        ("is_login_blocked=1", lambda u: u.login_blocked),
        ("mfa_level=1", lambda u: u.mfa in ("otp", "sms", "email")),
        ("source=ldap", lambda u: u.source == "ldap"),
        ("username=viewer", lambda u: u.username == "viewer"),
        ("search=alice", lambda u: "alice" in f"{u.name} {u.username} {u.email}".lower()),
        ("system_roles=SystemAdmin", lambda u: u.username == "admin"),
    ],
)
def test_users_by_filter(query: str, holds: object) -> None:
    wanted = {u.id for u in world().users.values() if DEFAULT in u.roles and holds(u)}
    assert wanted
    assert {row["id"] for row in rows(demo(), f"{USERS}?{query}&limit=1000")} == wanted


def test_v3_does_not_know_the_new_filters() -> None:
    old = demo("3.10")
    for query in ("is_expired=true", "is_login_blocked=1", "mfa_level=1"):
        assert count(old, f"{USERS}?{query}") == count(old, USERS)


def test_a_user_by_id_and_since_v4_by_name() -> None:
    viewer = world().people["viewer"]
    assert ask(demo(), f"{USERS}{viewer.id}/")[1]["username"] == "viewer"
    assert ask(demo(), f"{USERS}viewer/")[0] == 200
    assert ask(demo("3.10"), f"{USERS}viewer/")[0] == 404
    assert ask(demo(), f"{USERS}noorg/")[0] == 404


def test_roles_are_for_those_who_may_see_them() -> None:
    assert "system_roles" in rows(demo(), USERS + "?limit=1")[0]
    assert "system_roles" not in rows(demo(), USERS + "?limit=1", user="auditor")[0]
    assert ask(demo("3.10"), USERS + "?limit=1", user="auditor")[0] == 403
    assert rows(demo("3.10"), USERS + "?limit=1&username=orgadmin")[0]["org_roles"][0]["name"] == "OrgAdmin"


def test_groups_and_their_members() -> None:
    group = next(g for g in world().groups.values() if g.org_id == DEFAULT and g.user_ids)
    listed = next(row for row in rows(demo(), "users/groups/?limit=100") if row["id"] == group.id)
    assert listed["users_amount"] == len(group.user_ids)
    detail = ask(demo(), f"users/groups/{group.id}/")[1]
    assert {u["id"] for u in detail["users"]} == set(group.user_ids)
    assert "users" in rows(demo(), "users/groups/?limit=1&action=retrieve")[0]
    inside = rows(demo(), f"{USERS}?group_id={group.id}&limit=1000&fields=id")
    assert {u["id"] for u in inside} == set(group.user_ids)
    outside = count(demo(), f"{USERS}?exclude_group_id={group.id}")
    assert outside == count(demo(), USERS) - len(group.user_ids)
    pairs = rows(demo(), f"users/users-groups-relations/?usergroup={group.id}&limit=1000")
    assert [pair["user"] for pair in pairs] == group.user_ids


def test_accounts_never_hold_a_secret_and_say_whether_there_is_one() -> None:
    asset = next(
        a for a in world().assets.values() if len(world().accounts_of(a)) >= 2 and a.org_id == DEFAULT
    )
    listed = rows(demo(), f"accounts/accounts/?asset={asset.id}&limit=9")
    assert {row["id"] for row in listed} == {account.id for account in world().accounts_of(asset)}
    detail = ask(demo(), f"accounts/accounts/{listed[0]['id']}/")[1]
    assert isinstance(detail["has_secret"], bool)
    assert not [key for key in detail if key == "secret"]
    assert ask(demo(), "accounts/accounts/?limit=1&asset=nonsense")[0] == 400
    roots = rows(demo(), "accounts/accounts/?username=root&limit=1000&fields=username")
    assert {row["username"] for row in roots} == {"root"}
    assert ask(demo(), "accounts/accounts/?limit=1", user="auditor")[0] == 403


def test_platforms_are_never_cut_and_zones_count() -> None:
    found = rows(demo(), "assets/platforms/")
    assert len(found) == len(world().platforms)
    assert [p["internal"] for p in found] == sorted((p["internal"] for p in found), reverse=True)
    assert ask(demo(), "assets/platforms/1/")[1]["name"] == ask(demo(), "assets/platforms/Linux/")[1]["name"]
    zone = rows(demo(), "assets/zones/?limit=1")[0]
    assert zone["assets_amount"] + len(zone["gateways"]) == count(demo(), f"assets/assets/?zone={zone['id']}")
    label = next(
        x for x in rows(demo(), "labels/labels/?limit=100") if (x["name"], x["value"]) == ("team", "sre")
    )
    assert label["res_count"] == count(demo(), "assets/assets/?labels=team:sre")


def test_logs_and_sessions() -> None:
    logins = rows(demo(), "audits/login-logs/?limit=100", user="auditor")
    assert [x["datetime"] for x in logins] == sorted((x["datetime"] for x in logins), reverse=True)
    assert rows(demo(), "audits/operate-logs/?limit=10&action=update")
    online = rows(
        demo(), "terminal/sessions/?limit=100&is_finished=0", org="00000000-0000-0000-0000-000000000000"
    )
    assert online
    assert all(session["date_end"] is None for session in online)
    assert rows(demo(), "tickets/tickets/?limit=2") == []
    rule = next(iter(world().rules.values()))
    assert isinstance(ask(demo(), f"audits/activities/?resource_id={rule.id}")[1], list)


def test_a_host_is_made_listed_and_deleted() -> None:
    server = build_demo(assets=50, rate=0, anon_rate=0)
    body = {"name": "new-host", "address": "192.0.2.9", "platform": {"pk": 1}}
    before = count(server, "assets/hosts/")
    assert ask(server, "assets/hosts/", method="POST", body={**body, "platform": 99})[0] == 400
    assert ask(server, "assets/hosts/", method="POST", body=body, user="viewer")[0] == 403
    status, made = ask(server, "assets/hosts/", method="POST", body=body)
    assert (status, made["nodes"][0]["name"]) == (201, "DEFAULT")
    again = ask(server, "assets/hosts/", method="POST", body=body)
    assert again == (400, {"name": ["This field must be unique."]})
    assert count(server, "assets/hosts/") == before + 1
    assert rows(server, "assets/assets/?limit=1&search=new-host")[0]["id"] == made["id"]
    assert ask(server, f"assets/hosts/{made['id']}/", method="DELETE") == (204, None)
    assert count(server, "assets/hosts/") == before
    assert ask(server, f"assets/hosts/{made['id']}/")[0] == 404


def test_a_full_organization_takes_no_more_hosts() -> None:
    body = {"name": "one-more", "address": "192.0.2.9", "platform": 1}
    status, found = ask(demo("4.10", 20_000), "assets/hosts/", method="POST", body=body)
    assert (status, found) == (400, {"error": "The number of assets exceeds the limit of 5000"})

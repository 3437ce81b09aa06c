"""A recorded request, asked of the demo server: its people, credentials and ids put for the recorded ones."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from jmstui.demo.rbac import DEFAULT
from jmstui.demo.totp import code_at
from tests.demo_server import RunningDemo

HERE = Path(__file__).parent
FOLDERS = {
    "4.10": HERE / "recordings",
    "4.10.19": HERE / "recordings-v4.10.19",
    "3.10": HERE / "recordings-v3.10",
}
PEOPLE = {
    "inactiveuser": "inactive",
    "expireduser": "expired",
    "mfaunset": "notenrolled",
    "oldpass": "mustchange",
    "blockme": "denied",
}
PASSWORD = "Bench#2026-pass"
AUTH = "/api/v1/authentication/auth/"
CHALLENGE = "/api/v1/authentication/mfa/challenge/"
_numbers = itertools.count(1)
_UUID = r"[0-9a-f]{8}-[0-9a-f-]{27}"


@cache
def recordings(api: str) -> dict[str, dict[str, Any]]:
    """Every recording of a version, by name."""
    found = (json.loads(path.read_text("utf-8")) for path in sorted(FOLDERS[api].glob("*.json")))
    return {each["name"]: each for each in found}


class Replay:
    """Asks a demo server what a recording asked a real one."""

    def __init__(self, server: RunningDemo, recording: dict[str, Any]) -> None:
        self.server, self.world, self.recording = server, server.world, recording
        self.number = next(_numbers)
        self.client = httpx.Client(base_url=server.url, timeout=20)

    def answer(self) -> httpx.Response:
        """The demo's answer to the recorded request, after what has to come before it."""
        with self.client:
            self._before()
            session = self.client.cookies.get("jms_sessionid")
            self.client.cookies.clear()
            request = self.recording["request"]
            headers = {**request["headers"]}
            if session and "-mfa-" in self.recording["name"]:
                headers["Cookie"] = f"jms_sessionid={session}"
            target = self._target(request["path"])
            if "X-JMS-ORG" in headers:
                headers["X-JMS-ORG"] = self._org(headers["X-JMS-ORG"])
            self._sign(request, target, headers)
            body = self._body(request["json"])
            content = None if body is None else json.dumps(body).encode()
            made = self.client.build_request(request["method"], target, headers=headers, content=content)
            for name in ("Accept", "Content-Type", "Accept-Language"):
                if name not in headers and name in made.headers:
                    del made.headers[name]
            return self.client.send(made)

    # -- who -----------------------------------------------------------------------------------------------

    def _person(self, name: str) -> Any:
        return self.world.people[PEOPLE.get(name, name)]

    def _sign(self, request: dict[str, Any], target: str, headers: dict[str, str]) -> None:
        """Puts the demo's credential for the recorded one; a wrong one stays as wrong as it was."""
        sent = headers.get("Authorization", "")
        if sent.startswith("Signature"):
            headers["Authorization"] = self._signature(request, target, headers)
        elif request["auth"] == "private-token":
            headers["Authorization"] = f"Token {self._person(request['user']).private_token}"
        elif request["auth"] == "token":
            user = self._person(request["user"])
            token = self.server.sessions.token_for(user.id, "127.0.0.1", self.server.clock.time())
            headers["Authorization"] = f"Bearer {token.key}"
        elif sent.startswith("PrivateToken"):
            headers["Authorization"] = f"PrivateToken {self._person('admin').private_token}"
        elif request["auth"] == "session" and "aaaaaaaa" not in headers["Cookie"]:
            session = self.server.browser
            headers["Cookie"] = f"jms_sessionid={session.key}"
            if "X-CSRFToken" in headers:
                headers["X-CSRFToken"] = session.csrf
                headers["Cookie"] += f"; jms_csrftoken={session.csrf}"

    def _signature(self, request: dict[str, Any], target: str, headers: dict[str, str]) -> str:
        fields = dict(re.findall(r'(\w+)="([^"]*)"', headers["Authorization"]))
        key_id, secret = self._key(request)
        if self.recording["name"] in ("auth-access-key-unknown-id", "auth-access-key-id-not-uuid"):
            key_id = fields["keyId"]
        if self.recording["name"] == "auth-access-key-wrong-secret":
            secret = "not the secret"
        lines = [
            f"{name}: {request['method'].lower()} {target}"
            if name == "(request-target)"
            else f"{name}: {headers[name.title()]}"
            for name in fields["headers"].split()
        ]
        digest = getattr(hashlib, fields["algorithm"].removeprefix("hmac-"))
        value = base64.b64encode(hmac.digest(secret.encode(), "\n".join(lines).encode(), digest)).decode()
        fields |= {"keyId": key_id, "signature": value}
        return "Signature " + ",".join(f'{name}="{value}"' for name, value in fields.items())

    def _key(self, request: dict[str, Any]) -> tuple[str, str]:
        spare = {"admin_disabled": self.server.disabled_key, "admin_ip_denied": self.server.denied_key}
        if key := spare.get(request["user"]):
            return key.id, key.secret
        found: tuple[str, str] = self._person(request["user"] or "admin").access_key
        return found

    # -- what ----------------------------------------------------------------------------------------------

    def _org(self, recorded: str) -> str:
        """The demo's organization for a recorded id: the one of that name, or another real one."""
        if re.match("0{8}-|12345678-", recorded):
            return recorded
        server = self.recording["server"]
        api = "3.10" if "v3" in server else "4.10.19" if "4.10.19" in server else "4.10"
        listed = recordings(api)["orgs-admin"]["response"]["json"]["results"]
        name = next(each["name"] for each in listed if each["id"] == recorded)
        mine = {org.name: org.id for org in self.world.real_orgs}
        return mine.get(name, mine["Production"])

    def _target(self, path: str) -> str:
        """The path with the demo's ids, by what stands before each."""
        asset, user, denied = self._examples()
        if "/self/" in path:
            asset = self._reached_host("viewer")
        named = {"users": user, "perm-users": user, "user-groups": self._group(), "groups": self._group()}
        if self.recording["name"] == "access-user-asset-none":
            named["users"] = denied
            asset = next(a.id for a in self.world.assets.values() if a.name == self.server.examples["asset"])
        node = self._node() if re.search("nodes/[0-9a-f]{8}-|node=|node_id=|key=", path) else None
        named |= {"assets": asset, "nodes": node and node.id, "asset-permissions": self._rule()}

        def put(found: re.Match[str]) -> str:
            before, identifier = found.group(1), found.group(2)
            if identifier.startswith("11111111"):
                return found.group()
            if before in ("orgs", "hosts"):
                return f"{before}/{self.made}"
            return f"{before}/{named[before]}"

        path = re.sub(rf"([\w-]+)/({_UUID})", put, path)
        path = re.sub(rf"((?:asset|asset_id|resource_id)=){_UUID}", rf"\g<1>{asset}", path)
        path = re.sub(rf"(user_id=){_UUID}", rf"\g<1>{user}", path)
        path = re.sub(rf"((?:assetpermission)=){_UUID}", rf"\g<1>{self._rule()}", path)
        if node is not None:
            path = re.sub(rf"((?:node|node_id)=){_UUID}", rf"\g<1>{node.id}", path)
            path = re.sub(r"((?:node|key)=)[13]:0\b", rf"\g<1>{node.key}", path)
        path = re.sub(r"(group_id=)" + _UUID, rf"\g<1>{self._group()}", path)
        path = path.replace("search=10.0.0.1&", f"search={self.world.assets[asset].address}&")
        if self.recording["name"] == "assets-list-last-page":
            rows = len(self.recording["response"]["json"]["results"])
            last = len(self.world.in_org("assets", self.world.orgs[DEFAULT])) - rows
            path = re.sub(r"offset=\d+", f"offset={last}", path)
        return path

    def _examples(self) -> tuple[str, str, str]:
        """A Linux host, a user who reaches it, one who does not."""
        names = {user.username: user for user in self.world.users.values()}
        user = names[self.server.examples["user"]]
        return self._reached_host(user.username), user.id, names[self.server.examples["denied_user"]].id

    def _reached_host(self, username: str) -> str:
        """A Linux host with accounts that a user may reach, as the demo itself says."""
        user = next(user for user in self.world.users.values() if user.username == username)
        path = f"/api/v1/perms/users/{user.id}/assets/?type=linux&limit=50"
        token = self.world.people["admin"].private_token
        answer = self.client.get(path, headers={"Authorization": f"Token {token}"})
        self.client.cookies.clear()
        found = [self.world.assets[row["id"]] for row in answer.json()["results"]]
        return next(asset.id for asset in found if len(self.world.accounts_of(asset)) > 1)

    def _group(self) -> str:
        """A group of Default with members and with a rule that gives something."""
        rules = [rule for rule in self.world.rules.values() if rule.org_id == DEFAULT]
        for group in self.world.groups.values():
            if group.org_id == DEFAULT and group.user_ids:
                for rule in rules:
                    if group.id in rule.group_ids and rule.node_ids and rule.is_active:
                        return group.id
        raise AssertionError("no such group")

    def _node(self) -> Any:
        """A node of the request's organization with assets of its own and with children."""
        org = self._org(self.recording["request"]["headers"].get("X-JMS-ORG", DEFAULT))
        nodes = [node for node in self.world.nodes.values() if node.org_id == org and ":" in node.key]
        return next(
            node
            for node in nodes
            if self.world.direct_assets(node.id) and any(n.key.startswith(node.key + ":") for n in nodes)
        )

    def _rule(self) -> str:
        """A valid rule of Default with users, groups and nodes, on assets with accounts."""
        return next(
            rule.id
            for rule in self.world.rules.values()
            if rule.org_id == DEFAULT and rule.user_ids and rule.group_ids and rule.node_ids
            if rule.is_active and "@ALL" in rule.accounts
        )

    def _body(self, recorded: Any) -> Any:
        if not isinstance(recorded, dict):
            return recorded
        body = dict(recorded)
        if body.get("password") == PASSWORD:
            body["password"] = self._person(body["username"]).password
        if "name" in body and self.recording["name"] != "auth-session-post-with-csrf":
            body["name"] = f"{body['name']} {self.number}"
        if "username" in body:
            body["username"] = PEOPLE.get(body["username"], body["username"])
        if self.recording["name"] == "auth-token-mfa-3-right-code":
            secret = self.world.people["mfauser"].otp_secret
            body["code"] = code_at(secret, self.server.clock.time())
        return body

    # -- what comes before ---------------------------------------------------------------------------------

    made = ""
    """The id of what was made before."""

    def _before(self) -> None:
        """The requests that the recorded one stands upon."""
        self.server.failures.clear()
        self.server.mfa_failures.clear()
        name = self.recording["name"]
        if name == "auth-token-locked":
            for _ in range(7):
                self._post(AUTH, {"username": "denied", "password": "nope"})
        if re.match(r"auth-token-mfa-[234]", name):
            person = self.world.people["mfauser"]
            self._post(AUTH, {"username": "mfauser", "password": person.password})
            if name.endswith("4-token"):
                code = code_at(person.otp_secret, self.server.clock.time())
                self._post(CHALLENGE, {"type": "otp", "code": code})
        if name in ("hosts-create-duplicate", "hosts-delete", "orgs-create-duplicate", "orgs-delete"):
            kind = name.split("-")[0]
            path = "/api/v1/assets/hosts/" if kind == "hosts" else "/api/v1/orgs/orgs/"
            wanted = self._body(self.recording["request"]["json"]) or {}
            body = {"name": f"made before {self.number}", "address": "192.0.2.9", "platform": 1, **wanted}
            answer = self._post(path, body, self.world.people["admin"].private_token)
            self.made = answer.json().get("id", "")  # refused where a licence is needed
        if name == "throttled":
            token = self.world.people["viewer"].private_token
            for _ in range(180):
                self.client.get("/api/v1/users/profile/", headers={"Authorization": f"Token {token}"})

    def _post(self, path: str, body: Any, token: str = "") -> httpx.Response:
        headers = {"Content-Type": "application/json", "Accept-Language": "en"}
        if token:
            headers["Authorization"] = f"Token {token}"
            org = self.recording["request"]["headers"].get("X-JMS-ORG", DEFAULT)
            headers["X-JMS-ORG"] = self._org(org)
        return self.client.post(path, json=body, headers=headers)

"""The demo JumpServer: from a request to an answer, in the real server's order of checks."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jmstui.demo import errors, identify, routing
from jmstui.demo.clock import Clock
from jmstui.demo.faults import Fault
from jmstui.demo.http import Ctx, Problem, Reply
from jmstui.demo.request import Request, zone
from jmstui.demo.sessions import cookie
from jmstui.demo.state import State

if TYPE_CHECKING:
    from jmstui.demo.sessions import Session
    from jmstui.demo.world import World

API = "/api/v1/"
SUGGESTIONS = 60
_VARY = "Accept, origin, Accept-Language, Cookie"
_VARY_OUTSIDE = "origin, Accept-Language, Cookie"
_JSON = "application/json"
_FIRST = "SESSION_COOKIE_NAME_PREFIX"


@dataclass(slots=True)
class Answer:
    """What goes out; `data` is the JSON value before encoding, for faults that change it."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    data: Any = None


class Demo(State):
    """A demo JumpServer. `app` is the ASGI callable; the rest is for the tests that judge a client by it."""

    def __init__(self, world: World, clock: Clock, seed: int, faults: Iterable[Fault] = ()) -> None:
        super().__init__(world, clock, seed, faults)
        from jmstui.demo.app import App

        self.app = App(self)
        self.routes = routing.Table(self.api)

    def ready(self, url: str) -> dict[str, Any]:
        """What `jmstui demo-server` prints: the address, credentials that work, names that are true."""
        from jmstui.demo.ready import line

        return line(self, url)

    def answer(self, request: Request) -> Answer:
        """Serves one request: everything but waiting and faults."""
        try:
            return self._answer(request)
        except errors.Crash:
            return self._outside(request, 500, "Server internal error")
        except Exception as error:
            self.mistakes.append(error)
            return self._outside(request, 500, "Server internal error")

    def _answer(self, request: Request) -> Answer:
        path = request.path
        match = self.routes.find(path)
        if match is None:
            if not path.endswith("/") and self.routes.find(path + "/"):
                location = request.raw_path + "/" + ("?" + request.raw_query if request.raw_query else "")
                headers = [("Content-Type", "text/html; charset=utf-8"), ("Location", location)]
                cookie = ", Cookie" if self.api == "4.10.19" else ""
                return Answer(301, [*headers, ("Vary", f"origin, Accept-Language{cookie}")])
            return self._outside(request, 404, "Not found")
        session = self._session(request)
        try:
            reply = self._view(request, match, session)
        except Problem as problem:
            if problem.status == 500 or problem.body == {"error": "Not found"}:
                return self._outside(request, problem.status, problem.body["error"])
            reply = Reply(problem.body, problem.status, dict(problem.headers))
        return self._encode(request, match, reply)

    def _view(self, request: Request, match: routing.Match, session: Session | None) -> Reply:
        """What an API view does: content negotiation, who, may they, too often, then the handler."""
        lang = request.lang("zh" if self.api.startswith("3.") else "en")
        if not _acceptable(request.headers.get("accept", "*/*")):
            raise errors.detail(406, "Could not satisfy the request Accept header.", "not_acceptable")
        caller = identify.identify(self, request, session, lang)
        org = identify.organization(self, request, session)
        route = match.routes.get("GET" if request.method == "HEAD" else request.method)
        perms = identify.admit(self, caller, org, route.perm if route else match.perm, lang)
        self._throttle(request, caller)
        if request.method == "OPTIONS":
            return Reply({"name": match.pattern, "description": "", "renders": [_JSON], "parses": [_JSON]})
        if route is None:
            raise errors.detail(405, f'Method "{request.method}" not allowed.', "method_not_allowed")
        ctx = Ctx(
            world=self.world,
            user=caller.user,
            org=org,
            method=request.method,
            path=request.path.removeprefix(API),
            query=request.query,
            headers=request.headers,
            body=request.data(),
            now=self.clock.now(),
            base_url=f"{request.scheme}://{request.headers.get('host', 'localhost')}{API}",
            raw_query=request.raw_query,
            api=self.api,
            edition=self.edition,
            tz=zone(request.headers.get("x-tz", "")),
            extra={"state": self, "request": request, "session": session, "lang": lang, "perms": perms},
        )
        result = route.handler(ctx, **match.params)
        return result if isinstance(result, Reply) else Reply(result)

    def _throttle(self, request: Request, caller: identify.Caller) -> None:
        """180 a minute for a user over all clients, 60 for an address without one; none in v3.10 (§7.6)."""
        if self.api.startswith("3."):
            return
        if caller.user is None:
            key, limit = f"anon {request.caller}", self.anon_rate
        else:
            key, limit = f"user {caller.user.id}", self.rate
            if limit and request.path.endswith("/suggestions/"):
                limit = min(limit, SUGGESTIONS)
        wait = self.throttle.take(key, limit, self.clock.time())
        if wait is not None:
            raise errors.throttled(max(1, math.ceil(wait)))

    def _session(self, request: Request) -> Session | None:
        """The cookie's session, renewed; an unknown one is taken away (recording auth-session-wrong)."""
        key = request.cookies.get("jms_sessionid")
        if not key:
            return None
        session = self.sessions.find(key, self.clock.time())
        if session is None:
            gone = 'jms_sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax'
            request.set_cookies.append(gone)
        else:
            request.set_cookies.append(cookie(session))
        return session

    def _outside(self, request: Request, status: int, title: str) -> Answer:
        """An answer from outside the API views: HTML unless the request's body is said to be JSON (§7.5)."""
        if request.wants_json_errors:
            kind, body = _JSON, json.dumps({"error": title}).encode()
        else:
            kind, body = "text/html; charset=utf-8", errors.page(title).encode()
        headers = [("Content-Type", kind), ("Vary", _VARY_OUTSIDE)]
        return Answer(status, headers + self._prefix_cookie(request), body)

    def _encode(self, request: Request, match: routing.Match, reply: Reply) -> Answer:
        headers = [("Vary", _VARY), ("Allow", match.allow), *reply.headers.items()]
        headers += self._prefix_cookie(request) + [("Set-Cookie", each) for each in request.set_cookies]
        if reply.text is not None:
            return Answer(
                reply.status, [("Content-Type", "text/html; charset=utf-8"), *headers], reply.text.encode()
            )
        if reply.status == 204:
            return Answer(204, headers)
        headers.insert(0, ("Content-Type", _JSON))
        return Answer(reply.status, headers, encode(reply.json), reply.json)

    def _prefix_cookie(self, request: Request) -> list[tuple[str, str]]:
        """The cookie that tells the names of the others, until the client sends it back (§1.10)."""
        return [] if _FIRST in request.cookies else [("Set-Cookie", f"{_FIRST}=jms_; Path=/")]


def encode(value: Any) -> bytes:
    """Compact JSON in UTF-8, as the server writes it; a lone surrogate is escaped."""
    import msgspec

    try:
        return msgspec.json.encode(value)
    except (UnicodeEncodeError, TypeError):
        return json.dumps(value, separators=(",", ":")).encode()


def _acceptable(accept: str) -> bool:
    """JSON and CSV are offered; HTML is not (406)."""
    kinds = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    return any(kind in ("", "*/*", "application/*", _JSON, "text/csv", "text/*") for kind in kinds)


APIS = ("4.10", "4.10.16", "4.10.19", "3.10")
"""The versions that the demo can be: `4.10` is 4.10.16."""


def build_demo(
    assets: int = 2000,
    seed: int = 7,
    latency_ms: float = 0,
    rate: int = 180,
    anon_rate: int = 60,
    edition: str = "enterprise",
    api: str = "4.10",
    faults: Iterable[Fault] = (),
) -> Demo:
    """A demo server over the world of a seed. `rate` and `anon_rate` are requests a minute, 0: unlimited.

    Raises ValueError for an unknown edition or version.
    """
    from jmstui.demo.world import build_world

    if edition not in ("enterprise", "community") or api not in APIS:
        raise ValueError(f"no such edition or version: {edition}, {api}")
    api = "4.10" if api == "4.10.16" else api
    clock = Clock()
    demo = Demo(build_world(assets, seed), clock, seed, faults)
    demo.rate, demo.anon_rate, demo.latency_ms = rate, anon_rate, latency_ms
    demo.api, demo.edition = api, edition
    demo.routes = routing.Table(api)
    return demo

"""No parameter makes a route of the demo server fail in a way that the real one does not."""

from __future__ import annotations

import random
import re
from urllib.parse import quote

import pytest

from jmstui.demo.routing import all_routes
from tests.demo.asking import ROOT, ask, demo

NAMES = """
limit offset search q order ids id id! labels _rel days days__lt fields fields! fields_size node key all
assets is_active is_valid is_expired user_id username asset_id asset_name address node_id node_name
platform zone domain category group_id action date_from accounts show_current_asset asset resource_id
"""
PARAMETERS = NAMES.split()
VALUES = [
    *(
        "",
        "1",
        "0",
        "-1",
        "true",
        "x",
        "a:b",
        "team:*",
        "-name",
        "name,-address",
        "99999999999",
        "1:0",
        "or",
        "not",
    ),
    *(
        "mini",
        "small",
        "retrieve",
        "2026-01-01T00:00:00+00:00",
        "2026-01-01",
        "id,name",
        "\0",
        "测试",
        "[red]",
        "," * 50,
    ),
]
STATUSES = {200, 400, 401, 403, 404, 500}


@pytest.mark.parametrize("api", ["4.10", "3.10"])
def test_any_parameters_on_any_read(api: str) -> None:
    server, rng = demo(api), random.Random(5)
    world = server.world
    known = [next(iter(some)) for some in (world.assets, world.users, world.rules, world.nodes, world.groups)]
    orgs = [ROOT, *world.orgs]
    asked = 0
    for route in all_routes():
        if route.method != "GET":
            continue
        for _ in range(12):
            path = re.sub(
                r"\{\w+\}", lambda _: quote(rng.choice([*known, "x", "favorite", "1:0"])), route.pattern
            )
            names = rng.sample(PARAMETERS, rng.randint(0, 4))
            query = "&".join(f"{name}={quote(rng.choice(VALUES + known))}" for name in names)
            who = rng.choice(["admin", "admin", "viewer"])
            if path.startswith("/"):
                continue
            status, _ = ask(server, f"{path}?{query}", user=who, org=rng.choice(orgs))
            assert status in STATUSES, (path, query)
            asked += 1
    assert asked > 500

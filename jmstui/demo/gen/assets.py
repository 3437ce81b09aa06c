"""Assets, 100,000 of them in about a second: tables first, then one tight loop."""

from __future__ import annotations

from datetime import datetime

from jmstui.demo.gen.places import DEFAULT, LONG, STRANGE
from jmstui.demo.gen.seeded import Seeded
from jmstui.demo.records import Asset, Label, Node, Org, Platform, Zone

_FAMILIES = {
    "DEFAULT": ["prod", "prod", "stage", "test", "测试", "生产"],
    "Production": ["pay", "order", "core", "交易"],
    "Staging": ["stg", "uat", "预发"],
    "研发中心": ["rd", "lab", "研发"],
}
_ROLES: list[tuple[str, str, int]] = [
    ("web", "Linux", 22),
    ("app", "Linux", 18),
    ("web", "Ubuntu-22-custom", 4),
    ("mq", "Linux", 6),
    ("etl", "AIX", 2),
    ("build", "macOS", 1),
    ("gw", "Gateway", 1),
    ("desk", "Windows", 8),
    ("win", "Windows2016", 2),
    ("db", "MySQL", 7),
    ("db", "PostgreSQL", 7),
    ("db", "Oracle", 2),
    ("db", "SQLServer", 2),
    ("cache", "Redis", 4),
    ("doc", "MongoDB", 2),
    ("olap", "ClickHouse", 1),
    ("switch", "Cisco", 3),
    ("switch", "Huawei", 2),
    ("router", "H3C", 1),
    ("console", "General", 1),
    ("portal", "Website", 2),
    ("k8s", "Kubernetes", 2),
    ("llm", "ChatGPT", 1),
    ("vendor", "VendorConsole", 1),
    ("directory", "WindowsAD", 1),
]
_HOMES = {
    "Applications": ("app", "mq", "etl", "build"),
    "Web": ("web", "portal"),
    "Database": ("db", "doc", "olap"),
    "Cache": ("cache",),
    "Network": ("switch", "router", "console", "gw"),
    "Office": ("desk", "win", "directory"),
    "Cloud": ("k8s", "llm"),
    "测试环境": ("测试", "test"),
    "生产环境": ("生产",),
}
"""The first-level nodes, and the parts of a name that belong there."""
_COMMENTS = [""] * 12 + [
    "managed by terraform",
    "decommission next spring",
    "财务系统核心库, 勿动",
    "see https://wiki.example.com/x?y=1&z=2",
    "🔥 hot standby",
    "rack B12, U7",
]
STRANGE_NAMES = [
    "web [red]x[/red] proxy",
    "report [link=https://example.com]server[/link]",
    '=HYPERLINK("https://example.com")',
    "+cmd|calc",
    "-rm-rf",
    "@SUM(A1:A9)",
    "prod/web/slash",
    "two\nlines",
    "tab\tseparated",
    "red\x1b[31malert\x1b[0m",
    "terminal \x1b]8;;https://example.com\x1b\\here\x1b]8;;\x1b\\",
    "setup-\u202egnp.exe",
    "سيرفر \u200fالإنتاج",
    "👩‍🚀 launch 👨‍👩‍👧‍👦",
    "zero\u200bwidth",
    "stacked e\u0301\u0302\u0303\u0304\u0305",
    LONG[:128],
]
"""Names that a careless program breaks on; spread over Default, none first in its order."""


def make_assets(
    rng: Seeded,
    amount: int,
    orgs: list[Org],
    nodes: list[Node],
    zones: list[Zone],
    labels: list[Label],
    platforms: list[Platform],
) -> list[Asset]:
    """`amount` assets: 55% in Default, the rest over the other organizations."""
    first = max(amount // 100 * 55, 30)
    rest = amount - first
    shares = [first, rest // 2, rest // 4, rest - rest // 2 - rest // 4]
    made: list[Asset] = []
    for org, share in zip(orgs, shares, strict=True):
        made += _org_assets(
            rng,
            share,
            org,
            [node for node in nodes if node.org_id == org.id],
            [zone for zone in zones if zone.org_id == org.id],
            [label for label in labels if label.org_id == org.id],
            platforms,
        )
    odd = [node.id for node in nodes if node.value in STRANGE]
    _make_strange(rng, [asset for asset in made if asset.org_id == DEFAULT], odd)
    return made


def _org_assets(
    rng: Seeded,
    amount: int,
    org: Org,
    nodes: list[Node],
    zones: list[Zone],
    labels: list[Label],
    platforms: list[Platform],
) -> list[Asset]:
    """One organization's assets. The lists inside are shared: nobody changes them in place."""
    by_name = {platform.name: platform for platform in platforms}
    kinds = [(role, by_name[name]) for role, name, weight in _ROLES for _ in range(weight)]
    families = _FAMILIES[org.name]
    places = _places(rng, nodes)
    homes = _homes(nodes)
    nothing: list[list[str]] = [[], [], [], []]
    label_sets = nothing + [[label.id for label in rng.some(labels, 1, 3)] for _ in range(24)]
    zone_ids: list[str | None] = [None] * 6 + [zone.id for zone in zones]
    dates = [rng.before(1, 1100) for _ in range(400)]
    states = ["ok"] * 6 + ["-"] * 3 + ["err"]
    width = 4 if amount < 20_000 else 5
    counters: dict[str, int] = {}
    net = (int(nodes[0].key) - 1) * 10
    made: list[Asset] = []
    random, pick, uuid = rng.random, rng.pick, rng.uuid
    for number in range(amount):
        role, platform = pick(kinds)
        family = pick(families)
        stem = f"{family}-{role}"
        home = homes.get(family) or homes.get(role)
        counters[stem] = count = counters.get(stem, 0) + 1
        made.append(
            Asset(
                uuid(),
                f"{stem}-{count:0{width}d}",
                f"10.{net + (number >> 16)}.{number >> 8 & 255}.{number & 255 or 250}",
                org.id,
                platform.id,
                pick(home if home and random() < 0.8 else places),
                pick(zone_ids),
                pick(label_sets),
                platform.protocols,
                random() > 0.04,
                pick(_COMMENTS),
                pick(states),
                pick(dates),
            )
        )
    _finish(rng, made, nodes, by_name, dates)
    return made


def _places(rng: Seeded, nodes: list[Node]) -> list[list[str]]:
    """Node lists to pick from: deep nodes more often than shallow ones, some pairs, the root seldom."""
    nodes = [node for node in nodes if node.value not in STRANGE]
    places: list[list[str]] = [[nodes[0].id]]
    for node in nodes[1:]:
        places += [[node.id]] * rng.randint(1, 4)
    pairs = [[a.id, b.id] for a, b in (rng.sample(nodes[1:], 2) for _ in range(max(2, len(nodes) // 6)))]
    return places + pairs


def _homes(nodes: list[Node]) -> dict[str, list[list[str]]]:
    """Where most of a role's or a family's assets lie: below the first-level node that is made for them."""
    tops = {node.value: node.key for node in nodes if node.key.count(":") == 1}
    homes: dict[str, list[list[str]]] = {}
    for value, parts in _HOMES.items():
        if key := tops.get(value):
            below = [[n.id] for n in nodes if n.key == key or n.key.startswith(key + ":")]
            homes |= dict.fromkeys(parts, below)
    return homes


def _finish(
    rng: Seeded, made: list[Asset], nodes: list[Node], by_name: dict[str, Platform], dates: list[datetime]
) -> None:
    """What every organization has whatever its size: an asset in no node, one in three, one that is inactive,
    addresses that fit the kind, and `jump-01`, whose name is in every organization."""
    web, cloud = by_name["Website"].id, by_name["Kubernetes"].id
    for asset in made:
        if asset.platform == web:
            asset.address = f"https://{asset.name}.example.internal/"
        elif asset.platform == cloud:
            asset.address = f"https://{asset.name}.example.internal:6443"
    ends = [
        ("unfiled-01", [], True),
        (f"shared-{nodes[0].key}", [n.id for n in rng.sample(nodes[1:], min(3, len(nodes) - 1))], True),
        ("retired-01", [nodes[1].id], False),
        ("jump-01", [nodes[0].id], True),
    ]
    linux = by_name["Linux"]
    for place, (asset, (name, node_ids, active)) in enumerate(zip(made[-len(ends) :], ends, strict=True)):
        asset.name, asset.node_ids, asset.is_active = name, node_ids, active
        asset.platform, asset.protocols = linux.id, linux.protocols
        asset.address = f"172.16.{place}.{rng.randint(2, 250)}"
    # an id that ends so has root and deploy, with secrets (`accounts.kit_of`): the examples rest on it
    shared = made[-3]
    shared.id = shared.id[:-4] + "0001"


def _make_strange(rng: Seeded, assets: list[Asset], odd: list[str]) -> None:
    """Rename a few of Default's assets, and put them and a few others into the nodes with strange names."""
    for node_id in odd:
        for asset in rng.sample(assets[len(assets) // 2 : -4], 2):
            asset.node_ids = [node_id]
    places = rng.sample(range(len(assets) - 4), min(len(STRANGE_NAMES), max(1, len(assets) - 10)))
    for place, name in zip(places, STRANGE_NAMES, strict=False):
        assets[place].name = name
        if name.startswith("="):
            assets[place].comment = "=cmd|' /C calc'!A0"
        assets[place].node_ids = [rng.pick(odd)]

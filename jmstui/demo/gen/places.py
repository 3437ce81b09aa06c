"""Organizations, node trees, zones, labels and platforms."""

from __future__ import annotations

from jmstui.demo.gen.seeded import Seeded
from jmstui.demo.records import Label, Node, Org, Platform, Zone

ROOT = "00000000-0000-0000-0000-000000000000"
DEFAULT = "00000000-0000-0000-0000-000000000002"
SYSTEM = "00000000-0000-0000-0000-000000000004"

LONG = "quarterly-archive-of-the-former-billing-platform-" * 3
"""Cut to 128 characters where it is used: the longest name that the server takes."""

_TOP = {
    "DEFAULT": [
        "Web",
        "Database",
        "Cache",
        "Network",
        "Office",
        "Cloud",
        "Applications",
        "生产环境",
        "测试环境",
        "Sandbox",
        "Legacy",
    ],
    "Production": ["Payments", "Orders", "Search", "核心交易"],
    "Staging": ["Web", "Database", "预发布"],
    "研发中心": ["构建", "机器学习", "Mobile", "工具链"],
}
_REGIONS = ["Frankfurt", "Singapore", "Virginia", "华北", "华东"]
_TIERS = ["app", "batch", "cache", "db", "mq", "web"]
_DEEP = ["blue", "green", "canary"]
_DEEPEST = ["shard-1", "shard-2", "shard-3", "shard-4"]
STRANGE = [
    "[red]DMZ[/red]",
    "🚀 rockets",
    "R&D <lab>",
    "100%",
    "مركز البيانات",
    "back\\slash",
    "👩‍💻 家族 👨‍👩‍👧",
    "two\nlines",
    LONG[:128],
]
"""Nodes below Sandbox whose names a careless program breaks on."""


def make_orgs(rng: Seeded) -> dict[str, Org]:
    """The four organizations by id, and the virtual root and SYSTEM."""
    born = rng.before(900, 1000)
    orgs = [
        Org(ROOT, "GLOBAL", internal=True),
        Org(DEFAULT, "DEFAULT", internal=True, date_created=born),
        Org(SYSTEM, "SYSTEM", internal=True, date_created=born),
        Org(rng.uuid(), "Production", "customer-facing systems", date_created=rng.before(600, 800)),
        Org(rng.uuid(), "Staging", "", date_created=rng.before(400, 600)),
        Org(rng.uuid(), "研发中心", "R&D centre", date_created=rng.before(100, 400)),
    ]
    return {org.id: org for org in orgs}


def make_nodes(rng: Seeded, orgs: list[Org]) -> list[Node]:
    """Each organization's tree, parents before children; the first of each is its root."""
    made: list[Node] = []
    for number, org in enumerate(orgs, 1):
        root = Node(rng.uuid(), str(number), org.name, org.id, f"/{org.name}")
        made.append(root)
        _grow(rng, made, root, _TOP.get(org.name, _TIERS), 2)
        if org.id == DEFAULT:
            parent = next(node for node in made if node.value == "Sandbox")
            made += [
                Node(rng.uuid(), f"{parent.key}:{n}", value, org.id, f"{parent.full_value}/{value}")
                for n, value in enumerate(STRANGE)
            ]
    return made


def _grow(rng: Seeded, made: list[Node], parent: Node, values: list[str], depth: int) -> None:
    """Children below `parent`, down to six levels; the first branch of a tree always reaches the sixth."""
    for place, value in enumerate(values):
        node = _child(rng, made, parent, value)
        made.append(node)
        chance = 0.8 if depth == 2 else 0.4 - 0.05 * depth
        if value not in ("Sandbox", "Legacy") and depth < 6 and (place == 0 or rng.random() < chance):
            below = [_REGIONS, _TIERS, _DEEP, _DEEPEST][depth - 2]
            _grow(rng, made, node, sorted(rng.some(below, 2, 4)), depth + 1)


def _child(rng: Seeded, made: list[Node], parent: Node, value: str) -> Node:
    number = sum(1 for node in made if node.key.rpartition(":")[0] == parent.key)
    return Node(rng.uuid(), f"{parent.key}:{number}", value, parent.org_id, f"{parent.full_value}/{value}")


def make_zones(rng: Seeded, orgs: list[Org]) -> list[Zone]:
    """A few zones in each organization."""
    names = ["AWS cn-north-1", "Frankfurt DC", "专网-A", "Office LAN"]
    return [
        Zone(rng.uuid(), name, org.id, f"zone {name}")
        for org in orgs
        for name in names[: 4 if org.id == DEFAULT else 2]
    ]


def make_labels(rng: Seeded, orgs: list[Org]) -> list[Label]:
    """The labels of each organization."""
    pairs = [("env", v) for v in ("prod", "stage", "dev", "测试")]
    pairs += [("team", v) for v in ("sre", "dba", "网络", "payments")]
    pairs += [("tier", v) for v in ("1", "2", "3")] + [("cost-center", f"cc-{n:02d}") for n in range(6)]
    pairs += [("owner", "[bold]ops[/bold]")]
    colours = {"env": "#2f80ed", "team": "#00aa55", "tier": "#888888", "cost-center": "#ff0000"}
    return [
        Label(rng.uuid(), name, value, colours.get(name, "#00aa55"), org.id)
        for org in orgs
        for name, value in pairs
    ]


def make_platforms() -> list[Platform]:
    """The kinds of assets: numbered as they were created."""
    ssh, sftp, rdp = ("ssh", 22), ("sftp", 22), ("rdp", 3389)
    rows: list[tuple[str, str, str, list[tuple[str, int]]]] = [
        ("Linux", "host", "linux", [ssh, sftp]),
        ("Unix", "host", "unix", [ssh, sftp]),
        ("BSD", "host", "unix", [ssh, ("telnet", 23)]),
        ("macOS", "host", "unix", [ssh, sftp, ("vnc", 5900)]),
        ("Windows", "host", "windows", [rdp, ("winrm", 5985)]),
        ("Windows2016", "host", "windows", [rdp]),
        ("Gateway", "host", "linux", [ssh]),
        ("AIX", "host", "unix", [ssh]),
        ("General", "device", "general", [ssh, ("telnet", 23)]),
        ("Cisco", "device", "general", [ssh]),
        ("Huawei", "device", "general", [ssh, ("telnet", 23)]),
        ("H3C", "device", "general", [ssh]),
        ("MySQL", "database", "mysql", [("mysql", 3306)]),
        ("PostgreSQL", "database", "postgresql", [("postgresql", 5432)]),
        ("Oracle", "database", "oracle", [("oracle", 1521)]),
        ("Redis", "database", "redis", [("redis", 6379)]),
        ("MongoDB", "database", "mongodb", [("mongodb", 27017)]),
        ("SQLServer", "database", "sqlserver", [("sqlserver", 1433)]),
        ("ClickHouse", "database", "clickhouse", [("clickhouse", 9000)]),
        ("Website", "web", "website", [("http", 80)]),
        ("Kubernetes", "cloud", "k8s", [("k8s", 443)]),
        ("ChatGPT", "gpt", "chatgpt", [("chatgpt", 443)]),
        ("VendorConsole", "custom", "vendor", [("https", 443)]),
        ("WindowsAD", "ds", "windows_ad", [("ldap", 389)]),
    ]
    made = [Platform(n, name, cat, kind, protocols) for n, (name, cat, kind, protocols) in enumerate(rows, 1)]
    made.append(
        Platform(len(made) + 1, "Ubuntu-22-custom", "host", "linux", [("ssh", 10022), ("sftp", 10022)], False)
    )
    return made

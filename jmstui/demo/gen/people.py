"""Users, groups, and the named people who sign in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from jmstui.demo.gen.places import DEFAULT
from jmstui.demo.gen.seeded import Seeded
from jmstui.demo.records import Group, Org, User

FOREVER = timedelta(days=25550)
"""The server's default life of a user and of a rule."""


def _words(text: str) -> list[str]:
    return text.split()


_FIRST = [
    _words("Alice Bob Carol David Emma Frank Grace Henry Irene Jack Karl Laura Martin Nina Oscar Paula Rosa"),
    _words("伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 涛 明 超 秀英"),
]
_LAST = [
    _words(
        "Smith García Müller Novák Rossi Dubois Kowalski Jensen O'Brien Tanaka Silva Ivanova Nielsen Weber"
    ),
    _words("王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙"),
]
_LOGINS = dict(zip(_LAST[1], _words("wang li zhang liu chen yang huang zhao wu zhou xu sun"), strict=True))
"""How a Chinese surname stands in a user name."""
_STRANGE = [
    "Eve [bold red]Admin[/]",
    '=HYPERLINK("https://example.com","Bonus")',
    "Zoë 👩‍🔬 Lab",
    "Mallory \u202egnp.exe",
    "Tab\there",
    "يوسف \u200fالحسن",
    "Old\x1b[31mRed\x1b[0m",
    "+49 service desk",
]
_TEAMS = [
    [
        "SRE",
        "DBA",
        "Developers",
        "Contractors",
        "Security",
        "安全组",
        "运维一组",
        "运维二组",
        "Network",
        "[ops] night shift",
    ],
    ["Payments on-call", "Orders", "核心交易", "Auditors"],
    ["QA", "Staging deployers", "测试组"],
    ["构建", "算法组", "Mobile", "Interns"],
]


@dataclass
class People:
    """What `make_people` gives: everyone, and the named ones by their part."""

    users: list[User] = field(default_factory=list)
    named: dict[str, User] = field(default_factory=dict)


def make_people(rng: Seeded, orgs: list[Org], amount: int = 500) -> People:
    """`amount` users: the named sign-ins first, then a crowd over the organizations."""
    people = People()
    _add_named(rng, people, orgs)
    taken = {user.username for user in people.users}
    strange = iter(_STRANGE)
    while len(people.users) < amount:
        number = len(people.users)
        user = _somebody(rng, orgs, number, taken)
        if number % 40 == 39 and (name := next(strange, None)):
            user.name = name
        people.users.append(user)
    return people


def _somebody(rng: Seeded, orgs: list[Org], number: int, taken: set[str]) -> User:
    tongue = 1 if rng.random() < 0.3 else 0
    first, last = rng.pick(_FIRST[tongue]), rng.pick(_LAST[tongue])
    name = f"{first} {last}" if tongue == 0 else f"{last}{first}"
    ascii_name = first.lower() if tongue == 0 else _LOGINS[last]
    username = f"{ascii_name}{number:03d}"
    if username in taken:
        username = f"u{number:04d}"
    taken.add(username)
    member = {orgs[0].id} if rng.random() < 0.6 else set()
    member |= {org.id for org in orgs[1:] if rng.random() < 0.25}
    roles = {org: ["OrgUser"] for org in member or {rng.pick(orgs).id}}
    user = _user(rng, username, name, roles)
    chance = rng.random()
    if chance < 0.05:
        user.is_active = False
    elif chance < 0.10:
        user.date_expired = rng.before(1, 300)
    elif chance < 0.13:
        user.login_blocked = True
    elif chance < 0.20:
        user.date_expired = rng.after(2, 90)
    user.mfa = "otp" if rng.random() < 0.2 else None
    user.last_login = rng.before(0, 120) if rng.random() < 0.8 else None
    user.comment = rng.pick([None, "", "contractor", "外包人员", "on leave until spring"])
    user.source = rng.pick(["local", "local", "ldap"])
    user.phone = f"138{rng.randrange(10**8):08d}" if rng.random() < 0.5 else ""
    return user


def _user(rng: Seeded, username: str, name: str, roles: dict[str, list[str]]) -> User:
    return User(
        id=rng.uuid(),
        name=name,
        username=username,
        email=f"{username}@example.com",
        roles={"system": ["User"], **roles},
        password=rng.secret(14),
        date_expired=rng.now + FOREVER,
        date_joined=rng.before(30, 900),
    )


def _add_named(rng: Seeded, people: People, orgs: list[Org]) -> None:
    """The people of `World.people`; each has a password, a private token and an access key."""
    staging = orgs[2].id
    member: dict[str, list[str]] = {DEFAULT: ["OrgUser"]}
    parts: list[tuple[str, str, dict[str, list[str]]]] = [
        ("admin", "Administrator", {"system": ["SystemAdmin"], DEFAULT: ["OrgUser"]}),
        ("orgadmin", "Olga Orgadmin", {DEFAULT: ["OrgAdmin"]}),
        ("auditor", "Aude Auditor", {DEFAULT: ["OrgAuditor"]}),
        ("sysauditor", "Sven Sysauditor", {"system": ["SystemAuditor"], DEFAULT: ["OrgUser"]}),
        ("viewer", "Vera Viewer", {DEFAULT: ["OrgUser"], staging: ["OrgUser"]}),
        ("noorg", "No Org", {}),
        ("mfauser", "Mia Mfa", member),
        ("smsuser", "Sam Sms", member),
        ("mailuser", "Mel Mail", member),
        ("notenrolled", "Noel Notenrolled", member),
        ("mustchange", "Mick Mustchange", member),
        ("reviewed", "Rita Reviewed", member),
        ("inactive", "Ina Inactive", member),
        ("expired", "Exa Expired", member),
        ("denied", "Dan Denied", member),
    ]
    for username, name, roles in parts:
        user = _user(rng, username, name, {org: list(names) for org, names in roles.items()})
        user.private_token = f"{rng.getrandbits(160):040x}"
        user.access_key = (rng.uuid(), rng.secret(36))
        user.last_login = rng.before(0, 3)
        people.users.append(user)
        people.named[username] = user
    named = people.named
    for username, kind in (
        ("mfauser", "otp"),
        ("smsuser", "sms"),
        ("mailuser", "email"),
        ("notenrolled", "none-enrolled"),
    ):
        named[username].mfa = kind
    named["mfauser"].otp_secret = rng.base32()
    named["smsuser"].phone = "13800000001"
    named["mustchange"].must_change = True
    named["reviewed"].needs_review = True
    named["inactive"].is_active = False
    named["expired"].date_expired = rng.before(2, 40)


def make_groups(rng: Seeded, orgs: list[Org], users: list[User], amount: int = 40) -> list[Group]:
    """Groups over the organizations, each with members of its own; the named `denied` is in none."""
    made: list[Group] = []
    shares = [0.5, 0.2, 0.15, 0.15]
    for org, share, teams in zip(orgs, shares, _TEAMS, strict=True):
        members = [user.id for user in users if org.id in user.roles and user.username != "denied"]
        for number in range(round(amount * share)):
            name = (
                teams[number]
                if number < len(teams)
                else f"{rng.pick(['team', 'shift', '项目'])}-{number:02d}"
            )
            chosen = rng.some(members, 4, 30)
            if number == 9:
                chosen = []
            made.append(
                Group(rng.uuid(), name, org.id, chosen, rng.pick(["", "", "夜班"]), rng.before(10, 700))
            )
    return made

from __future__ import annotations

from jmstui.access.evaluate import Place, covers_person, covers_place
from jmstui.access.lapses import Near, dead_text, lapse, near
from jmstui.access.paths import NodeNames, Step, paths
from jmstui.access.verdict import Reason
from jmstui.models.permission import Permission
from tests.access.rules import NOW, PERSON, refs, rule

NODES = NodeNames.of(
    [("root", "1", "Default"), ("web", "1:2", "web"), ("db", "1:2:3", "db/a"), ("x", "1:9", "x")]
)
USER, ASSET = Step("user", "u", "alice"), Step("asset", "a", "web-01")


def chains(made: Permission, keys: tuple[str, ...] = ("1:2:3",)) -> list[list[str]]:
    found = paths(made, PERSON, Place("a", frozenset(keys)), USER, ASSET, NODES)
    return [[f"{step.type}:{step.id}" for step in path] for path in found]


def test_direct_on_both_sides() -> None:
    assert chains(rule()) == [["user:u", "asset:a"]]


def test_every_user_side_goes_with_every_asset_side() -> None:
    made = rule(user_groups=refs("g1", "g2", "g3"), nodes=refs("root", "x"))
    assert chains(made) == [
        ["user:u", "asset:a"],
        ["user:u", "node:root", "node:web", "node:db", "asset:a"],
        ["user:u", "group:g1", "asset:a"],
        ["user:u", "group:g1", "node:root", "node:web", "node:db", "asset:a"],
        ["user:u", "group:g2", "asset:a"],
        ["user:u", "group:g2", "node:root", "node:web", "node:db", "asset:a"],
    ]


def test_an_asset_in_two_nodes_has_two_ways_down_from_their_ancestor() -> None:
    made = rule(assets=[], nodes=refs("root"))
    assert chains(made, ("1:2:3", "1:9")) == [
        ["user:u", "node:root", "node:web", "node:db", "asset:a"],
        ["user:u", "node:root", "node:x", "asset:a"],
    ]


def test_a_rule_that_names_one_side_has_no_path() -> None:
    assert chains(rule(users=refs("other"))) == []
    assert chains(rule(assets=refs("other"), nodes=refs("x"))) == []


def test_names_are_those_of_the_tree() -> None:
    made = rule(assets=[], nodes=refs("web"))
    path = paths(made, PERSON, Place("a", frozenset({"1:2:3"})), USER, ASSET, NODES)[0]
    assert [step.name for step in path] == ["alice", "web", "db/a", "web-01"]
    assert path[0].to_json() == {"type": "user", "id": "u", "name": "alice"}
    assert NODES.full("1:2:3") == "/Default/web/db/a"


def judged(*rules: Permission) -> list[Near]:
    place = Place("a", frozenset({"1:2:3"}))
    return near(rules, lambda r: covers_person(r, PERSON), lambda r: covers_place(r, place, NODES.keys), NOW)


def test_nearest_first() -> None:
    found = judged(
        rule("asset-dead", users=refs("z"), days=-1),
        rule("asset", users=refs("z")),
        rule("user", assets=refs("z")),
        rule("another-user", assets=refs("z")),
        rule("long-expired", days=-300),
        rule("just-expired", days=-2),
        rule("neither", users=refs("z"), assets=refs("z")),
        rule("live"),
    )
    assert [(one.rule.id, one.lacks) for one in found] == [
        ("just-expired", "expired on 2026-11-20"),
        ("long-expired", "expired on 2026-01-26"),
        ("asset", "covers the asset but not the user"),
        ("asset-dead", "covers the asset but not the user, expired on 2026-11-21"),
        ("another-user", "covers the user but not the asset"),
        ("user", "covers the user but not the asset"),
    ]


def test_all_that_a_dead_rule_lacks_is_said() -> None:
    assert dead_text(rule(is_active=False, days=-1), NOW) == "disabled, expired on 2026-11-21"
    assert dead_text(rule(since=2), NOW) == "starts on 2026-11-24"
    assert dead_text(rule(), NOW) == ""


def test_the_word_for_several_dead_rules_is_that_of_the_nearest() -> None:
    expired, off, later = rule(days=-1), rule(is_active=False), rule(since=1)
    assert lapse([expired], NOW) is Reason.RULE_EXPIRED
    assert lapse([expired, off], NOW) is Reason.RULE_DISABLED
    assert lapse([expired, off, later], NOW) is Reason.RULE_NOT_STARTED
    assert lapse([], NOW) is Reason.NO_RULE

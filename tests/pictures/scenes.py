"""What is on the pictures: each scene is somebody at the explorer and the keys that they press."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from rich.color import ColorSystem

from jmstui.tui.screens.access import AccessScreen
from jmstui.tui.screens.browse import BrowseScreen
from jmstui.tui.screens.detail import DetailScreen
from jmstui.tui.widgets.remote_table import RemoteTable
from tests.pictures.stage import PictureApp, settle
from tests.tui.drive import Driver

WIDE, TALL = (110, 32), (120, 36)


@dataclass(frozen=True)
class Scene:
    """`play` drives the app to what is shown; `size` is the picture's."""

    name: str
    title: str
    play: Callable[[Driver], Awaitable[None]]
    size: tuple[int, int] = WIDE
    person: str | None = "admin"
    options: dict[str, Any] = field(default_factory=dict)
    system: ColorSystem | None = None

    def app(self) -> PictureApp:
        """The app before the first key."""
        app = PictureApp(self.person, **self.options)
        app.picture_title, app.picture_system = self.title, self.system
        return app

    async def perform(self, driver: Driver) -> None:
        """Play, and wait until all is still."""
        await self.play(driver)
        await settle(driver)


def is_shown(drive: Driver, view: str = "") -> bool:
    """Whether a list is on screen with its first row, the one of that view."""
    screen = drive.screen
    return (
        isinstance(screen, BrowseScreen)
        and bool(screen.query(RemoteTable))
        and view in ("", screen.view.name)
        and screen.table.current is not None
    )


async def rows(drive: Driver, view: str = "") -> None:
    """The rows of a list are on screen."""
    await drive.until(lambda: is_shown(drive, view), f"rows of {view}")
    await settle(drive)


async def open_view(drive: Driver, name: str) -> None:
    """Go to a view by its name."""
    await rows(drive)
    await drive.press("colon")
    await drive.type(name)
    await drive.press("enter")
    await rows(drive, name)


async def walk_to(drive: Driver, branch: str) -> None:
    """The cursor of the tree beside the list on a branch of that name."""
    tree = drive.screen.side_tree
    await drive.press("shift+tab")
    while tree._rows[tree.cursor][0].name != branch:
        before = tree.cursor
        await drive.press("down")
        assert tree.cursor != before, f"no branch {branch}"


async def ask(drive: Driver, who: str, what: str) -> None:
    """The Access view with an answer; `who` may be empty."""
    await rows(drive)
    await drive.press("4")
    await drive.until(lambda: isinstance(drive.screen, AccessScreen), "the Access view")
    if who:
        await drive.type(who)
        await drive.press("enter")
        await drive.until(lambda: drive.screen.who is not None, who)
        await settle(drive)
    else:
        await drive.press("tab")
    await drive.type(what)
    await drive.press("enter")
    await drive.until(lambda: drive.screen.what is not None, what)
    await settle(drive)


def examples(drive: Driver) -> dict[str, str]:
    """Names that are true in the demo's world."""
    app: Any = drive.app
    return dict(app.demo_server.world.examples)


async def login(drive: Driver) -> None:
    await drive.shows("Sign in to a JumpServer")
    await drive.fill("username", "alice")
    await drive.fill("password", "not-a-real-password")


async def login_mfa(drive: Driver) -> None:
    app: Any = drive.app
    user = app.demo_server.people["mfauser"]
    await drive.shows("Sign in to a JumpServer")
    await drive.fill("username", user["username"])
    await drive.fill("password", user["password"])
    await drive.press("enter")
    await drive.shows("Code")
    await drive.type("492")


async def assets(drive: Driver) -> None:
    await rows(drive)


async def assets_of_a_node(drive: Driver) -> None:
    await rows(drive)
    await walk_to(drive, "Web")
    await drive.press("right", "enter")
    await settle(drive)
    await drive.press(*["down"] * 3)


async def users(drive: Driver) -> None:
    await open_view(drive, "users")


async def permissions(drive: Driver) -> None:
    await open_view(drive, "permissions")


async def platforms(drive: Driver) -> None:
    await open_view(drive, "platforms")


async def expiring(drive: Driver) -> None:
    await open_view(drive, "expiring")


async def organizations(drive: Driver) -> None:
    await rows(drive)
    await drive.press("o")


async def why_yes(drive: Driver) -> None:
    known = examples(drive)
    await ask(drive, known["user"], known["asset"])


async def why_no(drive: Driver) -> None:
    known = examples(drive)
    await ask(drive, known["denied_user"], known["asset"])


async def who_can(drive: Driver) -> None:
    await ask(drive, "", examples(drive)["asset"])
    drive.screen.answer.focus()


async def access(drive: Driver) -> None:
    await rows(drive)
    await drive.press("4")
    await drive.until(lambda: isinstance(drive.screen, AccessScreen), "the Access view")
    await drive.type("ali")


async def help_keys(drive: Driver) -> None:
    await rows(drive)
    await drive.press("question_mark")


async def request_log(drive: Driver) -> None:
    await open_view(drive, "users")
    await open_view(drive, "permissions")
    await drive.press("at")


async def detail(drive: Driver) -> None:
    await rows(drive)
    await drive.press("enter")
    await drive.until(lambda: isinstance(drive.screen, DetailScreen), "the detail")


async def my_assets(drive: Driver) -> None:
    await rows(drive)


async def chinese(drive: Driver) -> None:
    await rows(drive)
    await walk_to(drive, "构建")
    await drive.press("right", "tab", "slash")
    await drive.type("研发")
    await drive.press("enter")
    await settle(drive)
    await drive.press(*["down"] * 4)


SCENES = {
    scene.name: scene
    for scene in (
        Scene("login", "Sign in", login, (100, 22), None),
        Scene("login-mfa", "The second factor", login_mfa, (100, 22), None),
        Scene("assets", "Assets: the node tree, a table, one in detail", assets_of_a_node, TALL),
        Scene("users", "Users", users, TALL),
        Scene("permissions", "Permissions, each with its status", permissions, TALL),
        Scene("organizations", "The organizations", organizations, (100, 16)),
        Scene("why-yes", "Why can this user reach that asset?", why_yes),
        Scene("why-no", "Why not?", why_no),
        Scene("who-can", "Who can reach this asset?", who_can),
        Scene("expiring", "Rules by their last day", expiring),
        Scene("access", "Asking: who, and what", access, (100, 24)),
        Scene("help", "The keys of a view", help_keys),
        Scene("request-log", "The requests that were sent", request_log),
        Scene("platforms", "Platforms", platforms),
        Scene("my-assets", "An ordinary user's own assets", my_assets, WIDE, "viewer"),
        Scene("assets-60x16", "A terminal of 60×16", assets, (60, 16)),
        Scene("assets-256-colours", "256 colours", assets_of_a_node, WIDE, system=ColorSystem.EIGHT_BIT),
        Scene("chinese", "Names in Chinese", chinese, (100, 30), options={"org": "研发中心"}),
    )
}

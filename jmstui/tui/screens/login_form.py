"""The login form: address, profile, four ways to sign in with their own fields, and errors beside what
caused them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll

from jmstui.models.credential import AccessKey, Credential, Password, PrivateToken, Secret, SessionCookie
from jmstui.tui.fields import Choice, Field, Gap, Label
from jmstui.tui.keys import bindings
from jmstui.tui.screens.base import BaseScreen

if TYPE_CHECKING:
    from jmstui.settings import Settings

MODES = (
    ("session", "Session cookie"),
    ("token", "Token"),
    ("private-token", "Private token"),
    ("access-key", "Access key"),
)
COMES_FROM = {
    "session": "The browser's cookie: sign in there, F12, Storage (or Application), Cookies, and copy "
    "jms_sessionid: its value, or the whole Cookie header.",
    "token": "User name or e-mail, and password: exchanged for a token of about a day.",
    "private-token": "An administrator makes it in the server's shell: user.create_private_token(). "
    "It never expires.",
    "access-key": "In the browser: your name, Profile, API Key, Create. The secret is shown there once.",
}
FIELDS: dict[str, tuple[tuple[str, str, bool], ...]] = {
    "session": (("cookie", "Cookie", True),),
    "token": (("username", "User name", False), ("password", "Password", True)),
    "private-token": (("private", "Private token", True),),
    "access-key": (("key-id", "Key id", False), ("key-secret", "Key secret", True)),
}
"""Mode: (id, title, masked) of its own fields."""
KEPT_IN = {
    "memory": "What you type goes to this server alone and is kept in memory only, until jmstui ends.",
    "file": "The password goes to this server alone and is not kept. The token that it gives is kept until "
    "it ends, in a file below {place} that only you may read.",
    "keyring": "The password goes to this server alone and is not kept. The token that it gives is kept "
    "until it ends, in the keyring ({place}).",
}
"""Where the token goes: what is said about it."""
SECRET_OF = {"session": "cookie", "token": "password", "private-token": "private", "access-key": "key-secret"}


class LoginForm(BaseScreen):
    """The form without what happens when it is submitted. `again`: a sign-in ended, and the work goes on
    after."""

    where = "login"
    BINDINGS: ClassVar[list[BindingType]] = bindings("login")
    DEFAULT_CSS = """
    LoginForm #form { height: 1fr; width: 100%; max-width: 90; padding: 0 1; scrollbar-size: 0 0; }
    LoginForm .row { height: 1; }
    LoginForm .row > Label { width: 15; height: 1; }
    LoginForm .under { padding: 0 0 0 15; }
    LoginForm .space { display: none; }
    LoginForm.-roomy .space { display: block; }
    """

    def __init__(self, again: bool = False) -> None:
        super().__init__()
        self.again = again
        self._phase = "form"
        """"form", "busy", "code" or "review"."""

    # layout

    def body(self) -> ComposeResult:
        settings = self._known()
        with VerticalScroll(id="form", can_focus=False):
            yield Label(self._title(), id="title", tone="head")
            yield Gap(classes="space")
            yield from self._row("address", "Address", settings.url or "", hint="https://jms.example.com")
            if settings.profiles:
                with Horizontal(classes="row"):
                    yield Label("Profile")
                    names = [("", "none"), *((name, name) for name in settings.profiles)]
                    yield Choice(names, settings.profile or "", id="profile")
            yield Gap(classes="space")
            yield Label("Sign in by", classes="short")
            yield Choice(MODES, self._mode_of(settings), id="mode")
            yield Label("", id="from", tone="dim")
            yield Gap(classes="space")
            filled = {"username": settings.username or "", "key-id": settings.key_id or ""}
            for fields in FIELDS.values():
                for name, title, masked in fields:
                    yield from self._row(name, title, filled.get(name, ""), secret=masked)
            with Horizontal(classes="row", id="row-kind"):
                yield Label("Second factor")
                yield Choice(id="kind")
            yield from self._row("code", "Code")
            with Horizontal(classes="row", id="row-keep"):
                yield Label("Keep token")
                yield Choice(self._places(), "memory", id="keep")
            yield Label("", id="say", tone="bad")
            yield Gap(classes="space")
            yield Label("", id="goes", tone="dim")

    def _row(
        self, name: str, title: str, value: str = "", secret: bool = False, hint: str = ""
    ) -> ComposeResult:
        with Horizontal(classes="row", id=f"row-{name}"):
            yield Label(title)
            yield Field(value, id=name, secret=secret, hint=hint)
        yield Label("", id=f"err-{name}", tone="bad", classes="under")

    def _title(self) -> str:
        return (
            "Sign in again: what you were looking at stays below" if self.again else "Sign in to a JumpServer"
        )

    def _known(self) -> Settings:
        """The settings, with the name that a credential of theirs holds."""
        settings = self.session.settings
        if isinstance(settings.credential, Password):
            return replace(settings, username=settings.credential.username, auth="token")
        if isinstance(settings.credential, AccessKey):
            return replace(settings, key_id=settings.credential.id, auth="access-key")
        return settings

    def _mode_of(self, settings: Settings) -> str:
        kinds = {PrivateToken: "private-token", SessionCookie: "session"}
        mode = kinds.get(type(settings.credential), settings.auth or "token")
        return mode if mode in FIELDS else "token"

    def on_resize(self, event: object) -> None:
        """Blank lines only where there is room for them."""
        super().on_resize(event)  # type: ignore[arg-type]
        self.set_class(self.app.size.height >= 22, "-roomy")

    def field(self, name: str) -> Field:
        """A field of the form."""
        return self.query_one(f"#{name}", Field)

    @property
    def mode(self) -> str:
        """The chosen way to sign in."""
        return self.query_one("#mode", Choice).chosen

    def _first_empty(self) -> Field:
        fields = [self.field(name) for name, _, _ in FIELDS[self.mode]]
        return next((each for each in fields if not each.value), fields[-1])

    def _show_mode(self) -> None:
        """Only the fields of the chosen mode, and of the second factor while it is due."""
        shown = {name for name, _, _ in FIELDS[self.mode]} | {"address"}
        for fields in FIELDS.values():
            for name, _, _ in fields:
                self.query_one(f"#row-{name}").display = name in shown
                if name not in shown:
                    self.query_one(f"#err-{name}", Label).show("")
        self.query_one("#row-code").display = self._phase == "code"
        kinds = self.query_one("#kind", Choice).options
        self.query_one("#row-kind").display = self._phase == "code" and len(kinds) > 1
        self.query_one("#from", Label).show(COMES_FROM[self.mode])
        self._show_places()

    def _show_places(self) -> None:
        """Where the token may be kept, when there is a choice."""
        keep = self.query_one("#keep", Choice)
        self.query_one("#row-keep").display = self.mode == "token" and len(keep.options) > 1
        self._say_where_it_goes()

    def _places(self) -> list[tuple[str, str]]:
        """Where a token may be kept, as far as it is known without asking the keyring."""
        from jmstui.config import SettingsError
        from jmstui.state import runtime_dir

        try:
            runtime_dir()
        except SettingsError:
            return [("memory", "in memory")]
        return [("memory", "in memory"), ("file", "in a private file")]

    def _say_where_it_goes(self) -> None:
        """A word about every secret: where what is typed goes, and where it may come from instead."""
        keep = self.query_one("#keep", Choice).chosen if self.mode == "token" else "memory"
        words = KEPT_IN[keep]
        if keep != "memory":
            words = words.format(place=self._place_of(keep))
        command = self.session.settings.secret_command
        if command and not self.session.settings.credential:
            program = command.split()[0]
            words += f" Left empty, the secret comes from the profile's command ({program}) and is not shown."
        self.query_one("#goes", Label).show(words)

    def _place_of(self, keep: str) -> str:
        from jmstui.secrets import keyring_state
        from jmstui.state import runtime_dir

        return keyring_state().name if keep == "keyring" else str(runtime_dir())

    def take_first(self, event: events.Key | events.Paste) -> bool:
        """Go to the next field before the next key is read: what is typed ahead, as password managers do,
        must not end in the field before, where a password would stand in clear."""
        if super().take_first(event):
            return True
        if isinstance(event, events.Key) and event.key in ("tab", "down"):
            self.focus_next()
        elif isinstance(event, events.Key) and event.key in ("shift+tab", "up"):
            self.focus_previous()
        else:
            return False
        return True

    def _credential(self) -> Credential | None:
        """What was typed, or None after saying what is missing."""
        for name, title, _ in FIELDS[self.mode]:
            if not self.field(name).value.strip():
                self._beside(name, f"Enter the {title[0].lower()}{title[1:]}.")
                return None
        if self.mode == "token":
            return Password(self.field("username").value.strip(), Secret(self.field("password").value))
        if self.mode == "access-key":
            return AccessKey(
                self.field("key-id").value.strip(), Secret(self.field("key-secret").value.strip())
            )
        if self.mode == "private-token":
            return PrivateToken(Secret(self.field("private").value.strip()))
        return SessionCookie(Secret(self.field("cookie").value.strip()))

    def _beside(self, name: str, sentence: str) -> None:
        """An error stands below the field that caused it, and the cursor goes there."""
        if not name:
            self._say(sentence)
            self._first_empty().focus()
            return
        self.query_one(f"#err-{name}", Label).show(f"! {sentence}")
        self.field(name).focus()

    def _say(self, sentence: str) -> None:
        self.query_one("#say", Label).show(f"! {sentence}" if sentence else "")

    def _clear_errors(self) -> None:
        for label in self.query(Label):
            if label.id and (label.id.startswith("err-") or label.id == "say"):
                label.show("")

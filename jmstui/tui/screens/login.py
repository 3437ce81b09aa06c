"""The login screen: address, four ways to sign in, a second factor and a review in place. Nothing typed is
lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.timer import Timer

from jmstui.models.credential import AccessKey, Credential, Password, PrivateToken, Secret, SessionCookie
from jmstui.tui.fields import Choice, Field, Gap, Label
from jmstui.tui.keys import bindings
from jmstui.tui.messages import SignInFailed, StepWanted
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
    "token": "Your user name (or e-mail) and password, exchanged once for a token that lasts about a day.",
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
SECRET_OF = {"session": "cookie", "token": "password", "private-token": "private", "access-key": "key-secret"}
KINDS = {"otp": "one-time code", "sms": "code by SMS", "email": "code by e-mail", "otp_radius": "RADIUS code"}
SENT = ("sms", "email")
"""Codes that the server sends when asked."""
POLL = 3.0
"""Seconds between two looks at a review."""


class LoginScreen(BaseScreen):
    """`outcome` is what an attempt before this screen came to; `again` when a sign-in ended and the work
    goes on after."""

    where = "login"
    BINDINGS: ClassVar[list[BindingType]] = bindings("login")
    DEFAULT_CSS = """
    LoginScreen #form { height: 1fr; width: 100%; max-width: 90; padding: 0 1; scrollbar-size: 0 0; }
    LoginScreen .row { height: 1; }
    LoginScreen .row > Label { width: 15; height: 1; }
    LoginScreen .under { padding: 0 0 0 15; }
    LoginScreen .space { display: none; }
    LoginScreen.-roomy .space { display: block; }
    """

    def __init__(self, outcome: SignInFailed | StepWanted | None = None, again: bool = False) -> None:
        super().__init__()
        self._outcome, self.again = outcome, again
        self._phase = "form"
        """"form", "busy", "code" or "review"."""
        self._clear_for = ""
        """The address for which sending in clear was already asked about."""
        self._sent = ""
        """The kind for which a code was sent."""
        self._poll: Timer | None = None

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
            yield Label("", id="say", tone="bad")
            yield Gap(classes="space")
            yield Label(
                "What you type goes to this server alone and is kept in memory only, until jmstui ends.",
                id="goes",
                tone="dim",
            )

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

    def on_mount(self) -> None:
        """Show the fields of the mode, and put the cursor where something is missing."""
        super().on_mount()
        self._show_mode()
        if self._outcome is not None:
            self.show_outcome(self._outcome)
        elif not self.field("address").value:
            self.field("address").focus()
        else:
            self._first_empty().focus()

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

    # typing

    def take_first(self, event: events.Key | events.Paste) -> bool:
        """Go to the next field before the next key is read: what is typed ahead, as password managers do,
        must
        not end in the field before, where a password would stand in clear."""
        if super().take_first(event):
            return True
        if isinstance(event, events.Key) and event.key in ("tab", "down"):
            self.focus_next()
        elif isinstance(event, events.Key) and event.key in ("shift+tab", "up"):
            self.focus_previous()
        else:
            return False
        return True

    @on(Choice.Changed, "#mode")
    def _other_mode(self) -> None:
        self._leave_phase()
        self._show_mode()

    @on(Choice.Changed, "#kind")
    def _other_kind(self) -> None:
        self._explain_code()

    @on(Choice.Changed, "#profile")
    def _other_profile(self, message: Choice.Changed) -> None:
        from jmstui.config import SettingsError
        from jmstui.settings import load

        try:
            loaded = load(
                {"profile": message.key or None}, config_file=self.session.settings.config_file, half_ok=True
            )
        except SettingsError as error:
            self._say(error.sentence)
            return
        self.session.settings = loaded
        for name, value in (
            ("address", loaded.url),
            ("username", loaded.username),
            ("key-id", loaded.key_id),
        ):
            if value:
                self.field(name).value = value
        self.query_one("#mode", Choice).choose(self._mode_of(loaded))

    @on(Field.Changed)
    def _typed(self, message: Field.Changed) -> None:
        name = message.field.id or ""
        self.query_one(f"#err-{name}", Label).show("")
        if name == "address":
            self._clear_for = ""

    @on(Field.Submitted)
    @on(Choice.Submitted)
    def _enter(self, message: Field.Submitted | Choice.Submitted) -> None:
        control = message.control
        if self._phase == "code" and control.id in ("code", "kind"):
            self._give_code()
        elif self._phase not in ("busy", "review"):
            self._submit()

    # signing in

    def _credential(self) -> Credential | None:
        """What was typed, or None after saying what is missing."""
        for name, title, _ in FIELDS[self.mode]:
            if not self.field(name).value.strip():
                self._beside(name, f"{title}: something has to stand here.")
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

    def _submit(self) -> None:
        self._leave_phase()
        self._clear_errors()
        address = self.field("address").value.strip()
        if not address:
            self._beside(
                "address", "Enter the address of the JumpServer, for example https://jms.example.com."
            )
            return
        credential = self._credential()
        if credential is None:
            return
        known = self.session.settings
        settings = replace(
            known,
            url=address,
            credential=None,
            auth=self.mode,
            username=self.field("username").value.strip() or None,
            key_id=self.field("key-id").value.strip() or None,
            allow_http=known.allow_http or self._clear_for == address,
        )
        self._wait("signing in …")
        self.run_worker(self._attempt(settings, credential), group="sign-in", exclusive=True)

    async def _attempt(self, settings: Settings, credential: Credential) -> None:
        from jmstui.tui.signin import attempt

        self.app.post_message(await attempt(self.session.sign_in(settings, credential)))

    def _wait(self, words: str) -> None:
        self._phase = "busy"
        self.session.doing = words
        self.sync_status()

    def show_outcome(self, outcome: SignInFailed | StepWanted) -> None:
        """What an attempt came to, when it was not the end."""
        self._clear_errors()
        self.session.doing = ""
        if isinstance(outcome, StepWanted):
            if outcome.choices:
                self._ask_code(outcome.choices)
            else:
                self._await_review(outcome.ticket)
            return
        code_phase = self._poll is None and self.query_one("#row-code").display
        still = code_phase and outcome.code in ("wrong-code", "cannot-reach", "server-error", "throttled")
        self._phase = "code" if still else "form"
        if not still:
            self._stop_polling()
            self.query_one("#kind", Choice).offer([], "")
        self._show_mode()
        sentence = outcome.sentence
        if outcome.code == "in-clear":
            self._clear_for = self.field("address").value.strip()
            sentence += " Press ⏎ once more to send it all the same."
        name = "code" if still else SECRET_OF[self.mode] if outcome.field == "secret" else outcome.field
        if name == "code" and not still:
            name = "password"
        self._beside(name, sentence)
        self.sync_status()

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

    # the second factor, and the review

    def _ask_code(self, choices: tuple[str, ...]) -> None:
        self._phase, self._sent = "code", ""
        self._stop_polling()
        offered = [(kind, KINDS.get(kind, kind)) for kind in choices]
        self.query_one("#kind", Choice).offer(offered, choices[0])
        self.field("code").value = ""
        self._show_mode()
        self._explain_code()
        self.field("code").focus()
        self.sync_status()

    def _explain_code(self) -> None:
        kind = self.query_one("#kind", Choice).chosen
        if kind in SENT and self._sent != kind:
            words = "⏎ has the server send a code; then type it here."
        elif kind in SENT:
            words = "The server sent a code: type it here, then ⏎."
        else:
            words = "The password was right. Type the code that your authenticator shows, then ⏎."
        self.field("code").hint = ""
        self.query_one("#from", Label).show(words)

    def _give_code(self) -> None:
        kind, code = self.query_one("#kind", Choice).chosen, self.field("code").value.strip()
        if not code and kind in SENT:
            self._wait("having a code sent …")
            self.run_worker(self._send(kind), group="sign-in", exclusive=True)
        elif not code:
            self._beside("code", "Type the code.")
        else:
            self._wait("checking the code …")
            self.run_worker(self._answer(kind, code), group="sign-in", exclusive=True)

    async def _send(self, kind: str) -> None:
        from jmstui.tui.signin import sent

        self.app.post_message(await sent(self.session.send_code(kind), kind))

    async def _answer(self, kind: str, code: str) -> None:
        from jmstui.tui.signin import attempt

        self.app.post_message(await attempt(self.session.answer(kind, code)))

    def show_sent(self, kind: str) -> None:
        """The server sent a code."""
        self._phase, self._sent = "code", kind
        self.session.doing = ""
        self._explain_code()
        self.field("code").focus()
        self.sync_status()

    def _await_review(self, ticket: str) -> None:
        self._phase = "review"
        self._show_mode()
        words = f"ticket {ticket}" if ticket else "a ticket"
        self.query_one("#from", Label).show(
            f"This sign-in waits for somebody's approval ({words}). It goes on by itself; "
            "Esc gives up and closes it."
        )
        self.session.doing = "waiting for the approval"
        self.sync_status()
        if self._poll is None:
            self._poll = self.set_interval(POLL, self._look)

    def _look(self) -> None:
        self.run_worker(self._ask_review(), group="sign-in", exclusive=True)

    async def _ask_review(self) -> None:
        from jmstui.tui.signin import attempt

        self.app.post_message(await attempt(self.session.poll()))

    def _stop_polling(self) -> None:
        if self._poll is not None:
            self._poll.stop()
            self._poll = None

    def _leave_phase(self) -> None:
        """Back to the form: a half-done conversation is over."""
        self._stop_polling()
        if self._phase != "form":
            self.workers.cancel_group(self, "sign-in")
            self.run_worker(self.session.give_up(), group="give-up")
        self._phase = "form"
        self.session.doing = ""
        self.query_one("#kind", Choice).offer([], "")
        self._show_mode()
        self.sync_status()

    def on_unmount(self) -> None:
        """No look at a review is left behind."""
        self._stop_polling()

    def action_out(self) -> None:
        """Esc: give up what is under way; above other screens, go back to them."""
        if self._phase != "form":
            self._leave_phase()
            self._first_empty().focus()
        elif self.again:
            self.nav.leave_top()
            self.nav.tell("Not signed in: what was seen stays readable; r asks for the sign-in again.")
        else:
            self.tell("Ctrl-C twice quits.")

"""The login screen: what happens when the form is submitted, a second factor and a review in place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.timer import Timer

from jmstui.tui.fields import Choice, Field, Label
from jmstui.tui.messages import HELD, SignInFailed, StepWanted
from jmstui.tui.screens.base import start_worker
from jmstui.tui.screens.login_form import SECRET_OF, LoginForm

if TYPE_CHECKING:
    from jmstui.api.login import Step

KINDS = {"otp": "one-time code", "sms": "code by SMS", "email": "code by e-mail", "otp_radius": "RADIUS code"}
SENT = ("sms", "email")
"""Codes that the server sends when asked."""
PASSING = (
    "in-clear",
    "cannot-reach",
    "untrusted-certificate",
    "server-error",
    "throttled",
    "bad-address",
    "sign-in-busy",
)
"""Failures that say nothing about the credential, by their code words."""
REFUSED = {"wrong-password": "password", "wrong-code": "code"}
"""Failures that say that a secret is wrong, and its field: that one is emptied, so that typing again does not
append to it and burn a try. With every other failure all that was typed stays."""
POLL = 3.0
"""Seconds between two looks at a review."""


class LoginScreen(LoginForm):
    """`outcome` is what an attempt before this screen came to; `again` when a sign-in ended."""

    def __init__(self, outcome: SignInFailed | StepWanted | None = None, again: bool = False) -> None:
        super().__init__(again)
        self._outcome = outcome
        self._clear_for = ""
        """The address for which sending in clear was already asked about."""
        self._sent = ""
        """The kind for which a code was sent."""
        self._poll: Timer | None = None
        self._held: tuple[str, ...] = ()
        """What was typed when it was not sent, since the server refused it a moment ago: ⏎ insists."""
        self._given_failed = False
        """The server did not take what settings give: only what is typed is sent from now on."""

    def on_mount(self) -> None:
        """Show the fields of the mode, and put the cursor where something is missing."""
        self.session.doing = ""
        super().on_mount()
        self._show_mode()
        if self._outcome is not None:
            self.show_outcome(self._outcome)
        elif not self.field("address").value:
            self.field("address").focus()
        else:
            self._first_empty().focus()
        start_worker(self, self._look_for_a_keyring, group="keyring", exit_on_error=False)

    async def _look_for_a_keyring(self) -> None:
        """Offer the keyring once a real one has answered, in a child process; a silent one costs nothing."""
        from jmstui.secrets import aside, keyring_state

        state = await aside(keyring_state)
        if state.usable and self.is_attached:
            keep = self.query_one("#keep", Choice)
            keep.offer([*keep.options, ("keyring", "in the keyring")], keep.chosen)
            self._show_places()

    # typing

    @on(Choice.Changed, "#keep")
    def _other_place(self) -> None:
        self._say_where_it_goes()

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
        from jmstui.settings import DEFAULTS, load

        known = self.session.settings
        flags = {key: getattr(known, key) for key in DEFAULTS if known.sources.get(key) == "flag"}
        flags.pop("url", None)  # a profile is another server
        try:
            loaded = load(
                {**flags, "profile": message.key or None}, config_file=known.config_file, half_ok=True
            )
        except SettingsError as error:
            self._say(error.sentence)
            return
        self.session.settings, self._given_failed = loaded, False
        self._say_where_it_goes()
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

    def _submit(self) -> None:
        self._leave_phase()
        self._clear_errors()
        address = self.field("address").value.strip()
        if not address:
            self._beside(
                "address", "Enter the address of the JumpServer, for example https://jms.example.com."
            )
            return
        known = self.session.settings
        if self._given(address):
            allowed = known.allow_http or self._clear_for == address
            self.session.settings = replace(known, url=address, allow_http=allowed)
            self._wait("signing in …")
            self._step(self.session.begin)
            return
        credential = self._credential()
        if credential is None:
            return
        self.session.keep = self.query_one("#keep", Choice).chosen if self.mode == "token" else "memory"
        settings = replace(
            known,
            url=address,
            credential=None,
            auth=self.mode,
            username=self.field("username").value.strip() or None,
            key_id=self.field("key-id").value.strip() or None,
            allow_http=known.allow_http or self._clear_for == address,
        )
        insist = self._held == self._typed_now()
        self._wait("signing in …")
        self._step(partial(self.session.sign_in, settings, credential, insist))

    def _typed_now(self) -> tuple[str, ...]:
        return tuple(self.field(name).value for name in ("address", "username", "password"))

    def _given(self, address: str) -> bool:
        """Whether nothing was typed, and environment, command or keyring give what is needed for this very
        server. A password that the server refused is never sent again by an empty ⏎."""
        from jmstui.tokens import promised

        known = self.session.settings
        if self.field(SECRET_OF[self.mode]).value or self._given_failed or known.url not in (None, address):
            return False
        if known.credential is not None:
            return not known.url or self._clear_for == address
        return promised(replace(known, url=address))

    def _step(self, step: Callable[[], Awaitable[Step | None]]) -> None:
        """Take a step of the sign-in; the app hears how it went."""
        from jmstui.tui.errands import attempt

        self.jms.errand(partial(attempt, step), "sign-in")

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
        self._given_failed = self._given_failed or outcome.code not in PASSING
        if outcome.code == "in-clear":
            self._clear_for = self.field("address").value.strip()
            sentence += " Press ⏎ once more to send it all the same."
        if outcome.code == HELD and self.field("password").value:
            self._held = self._typed_now()
            sentence += " Press ⏎ once more to send it all the same."
        name = "code" if still else SECRET_OF[self.mode] if outcome.field == "secret" else outcome.field
        if name == "code" and not still:
            name = "password"
        if outcome.code in REFUSED:
            self.field(REFUSED[outcome.code]).value = ""
        self._beside(name, sentence)
        self.sync_status()

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
        from jmstui.tui.errands import send_code

        kind, code = self.query_one("#kind", Choice).chosen, self.field("code").value.strip()
        if not code and kind in SENT:
            self._wait("having a code sent …")
            self.jms.errand(partial(send_code, self.session, kind), "sign-in")
        elif not code:
            self._beside("code", "Type the code.")
        else:
            self._wait("checking the code …")
            self._step(partial(self.session.answer, kind, code))

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
        """Unless the last look, or the sign-in that it led to, is still under way or through."""
        busy = any(worker.group == "sign-in" and worker.is_running for worker in self.app.workers)
        if self.session.conversing and not busy:
            self._step(self.session.poll)

    def _stop_polling(self) -> None:
        if self._poll is not None:
            self._poll.stop()
            self._poll = None

    def _leave_phase(self) -> None:
        """Back to the form: a half-done conversation is over."""
        self._stop_polling()
        if self._phase != "form":
            self.app.workers.cancel_group(self.app, "sign-in")
            start_worker(self, self.session.give_up, group="give-up", exclusive=False)
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
            self.tell("Nothing is under way to give up. Ctrl-C twice quits.")

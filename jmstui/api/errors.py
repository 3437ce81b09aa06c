"""Why a request failed: one class a cause, each with a sentence that says what to do. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jmstui.api.certificate import Certificate

Phase = Literal["read", "login", "mfa", "review"]
"""What the request was part of: a read, `POST auth/`, the second factor, or the wait for a review."""

CredentialKind = Literal["", "bearer", "private_token", "access_key", "session"]


class ApiError(Exception):
    """Something that kept an answer away. `sentence` is for a person, `code` for a program.

    `sentence` never holds a secret; it may hold a few words of the server, with control characters taken out.
    """

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 4
    """3 sign-in; 4 cannot reach, 5xx or throttled; 5 not permitted or not found; 2 a mistake in the input."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status: int | None = None
        """The HTTP status, when there was an answer."""
        self.ms = 0.0
        self.bytes_in = 0
        self.retry_after: float | None = None
        """Seconds after which asking again makes sense, when the server said so."""


# --- signing in ---


class SignInError(ApiError):
    """The credential, or the login conversation, was not accepted."""

    code = "sign-in"
    exit_status = 3


class WrongPassword(SignInError):
    """`password_failed`; `tries_left` is the server's number minus one (recording
    auth-token-wrong-password)."""

    code = "wrong-password"

    def __init__(self, tries_left: int | None = None, minutes: int | None = None) -> None:
        super().__init__(f"The user name or the password is wrong. {_tries(tries_left, minutes)}")
        self.tries_left, self.minutes = tries_left, minutes


class AccountLocked(SignInError):
    """Too many failures; `minutes` is the server's number (§1.5, recording auth-token-locked), None where it
    gives none that can be one."""

    code = "account-locked"

    def __init__(self, minutes: int | None = None, what: str = "This account is") -> None:
        wait = f" for {minutes} minute{'s' if minutes != 1 else ''}" if minutes else ""
        unknown = "" if minutes else " For how long is unknown."
        super().__init__(
            f"{what} locked{wait} after too many failures.{unknown} Trying again before that extends the "
            "lock: wait, or ask an administrator to unlock it."
        )
        self.minutes = minutes


class AddressLocked(AccountLocked):
    """The server locked or blacklisted the address that we come from (`block_global_ip_login`)."""

    code = "address-locked"

    def __init__(self, minutes: int | None = None) -> None:
        super().__init__(minutes, "Signing in from this address is")


class MustChangePassword(SignInError):
    """`POST auth/` answers a bare 500 when the password is weak, expired or must be changed (§1.3)."""

    code = "must-change-password"

    def __init__(self) -> None:
        super().__init__(
            "The password has to be changed first: the server answers this sign-in with status 500, as it "
            "does for a password that is too simple, too old or marked for change. "
            "Sign in once in the browser, change it there, and come back."
        )


class AccountUnusable(SignInError):
    """The account is expired, disabled or unknown (`user_expired`, `user_inactive`, `user_not_exist`)."""

    code = "account-unusable"


class LoginDenied(SignInError):
    """A login rule of the server refuses this sign-in (`acl_not_allow`)."""

    code = "login-denied"

    def __init__(self) -> None:
        super().__init__(
            "A login rule on the server refuses this sign-in, by user, address or time. "
            "Ask an administrator about the login ACLs for your account."
        )


class MfaNotEnrolled(SignInError):
    """MFA is demanded but the list of choices is empty (recording auth-token-mfa-not-enrolled)."""

    code = "mfa-not-enrolled"

    def __init__(self) -> None:
        super().__init__(
            "The server demands a second factor, and none is set up for this account. "
            "Sign in once in the browser and set up MFA there, then come back."
        )


class MfaOnlyInBrowser(SignInError):
    """Every choice of second factor needs a browser (face, passkey)."""

    code = "mfa-only-in-browser"

    def __init__(self, choices: tuple[str, ...]) -> None:
        super().__init__(
            f"The second factor of this account ({words(', '.join(choices))}) works only in a browser. "
            "Set up a one-time code (OTP) there, or use an access key or the browser's session cookie here."
        )
        self.choices = choices


class WrongCode(SignInError):
    """`mfa_failed`; `tries_left` as for the password (recording auth-token-mfa-2-wrong-code)."""

    code = "wrong-code"

    def __init__(self, tries_left: int | None = None, minutes: int | None = None) -> None:
        super().__init__(
            f"This code is wrong, or the clock of its device is off. {_tries(tries_left, minutes)}"
        )
        self.tries_left, self.minutes = tries_left, minutes


class CodeLocked(AccountLocked):
    """Too many wrong codes (`block_mfa`)."""

    code = "code-locked"

    def __init__(self, minutes: int | None = None) -> None:
        super().__init__(minutes, "The second factor of this account is")


class LoginStateLost(SignInError):
    """The server forgot the half-done sign-in, after ten minutes or a restart (§1.4)."""

    code = "login-state-lost"

    def __init__(self) -> None:
        super().__init__(
            "The server no longer remembers the first step of this sign-in. Enter the password again."
        )


class LoginRejected(SignInError):
    """The review of this sign-in was rejected or closed (`login_confirm_error`)."""

    code = "login-rejected"

    def __init__(self) -> None:
        super().__init__("The reviewer rejected or closed this sign-in. Ask them why, then sign in again.")


class BadSignature(SignInError):
    """401 `Invalid signature.` (recordings auth-access-key-*)."""

    code = "bad-signature"

    def __init__(self) -> None:
        super().__init__(
            "The server does not accept this access key. Likely causes, in order: the secret does not belong "
            "to the key id; the key was disabled or deleted; its user is disabled or expired; "
            "a proxy on the way changes the path or the query."
        )


class AddressNotAllowed(SignInError):
    """401 `Ip is not in access ip list.` (recording auth-access-key-ip-denied)."""

    code = "address-not-allowed"

    def __init__(self) -> None:
        super().__init__(
            "This access key may not be used from this address. "
            "Add the address under Profile → API Key in the browser, or use the key from an allowed one."
        )


class BadCredential(SignInError):
    """The credential is malformed, wrong, or its user is inactive."""

    code = "bad-credential"


class SessionExpired(SignInError):
    """401 for a bearer token or a browser session: it ended, or never was."""

    code = "session-expired"


# --- what the answer says ---


class NotPermitted(ApiError):
    """403: signed in, but the role does not allow it in this organization."""

    code = "not-permitted"
    exit_status = 5

    def __init__(self, sentence: str = "") -> None:
        super().__init__(
            sentence
            or "You have no permission for this in the current organization. "
            "Switch to another organization, or ask an administrator for the role."
        )


class NotFound(ApiError):
    """404. `unknown_path` tells a URL that this version lacks from an object that does not exist (§7.5)."""

    code = "not-found"
    exit_status = 5

    def __init__(self, unknown_path: bool = False, sentence: str = "") -> None:
        if not sentence and unknown_path:
            sentence = "This version of JumpServer does not offer this."
        super().__init__(
            sentence or "The server knows no such object: it was deleted, or belongs to another organization."
        )
        self.unknown_path = unknown_path


class BadRequest(ApiError):
    """400 and the like: the server did not take the parameters."""

    code = "bad-request"
    exit_status = 5


class Throttled(ApiError):
    """429; `seconds` from `Retry-After` (recording throttled)."""

    code = "throttled"

    def __init__(self, seconds: float | None = None) -> None:
        when = f"in {seconds:.0f} seconds" if seconds is not None else "in a minute"
        super().__init__(
            f"The server throttles this user's requests, over all clients together; it answers again {when}."
        )
        self.retry_after = self.seconds = seconds


class NotJumpServer(ApiError):
    """What answers at this address is not JumpServer's API."""

    code = "not-jumpserver"

    def __init__(self, why: str = "it answered with a web page instead of JSON") -> None:
        super().__init__(
            f"This address does not answer like JumpServer's API: {why}. "
            "Check the address, including a path such as /jms if JumpServer is not at the top."
        )


class ServerError(ApiError):
    """5xx."""

    code = "server-error"


class Undecodable(ApiError):
    """An answer that is not what this question is answered with."""

    code = "undecodable"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The server's answer could not be read: {words(why)}. "
            "Try again; if it stays so, check what answers at this address."
        )


class Lacking(ApiError):
    """The server left out what the answer stands on: what is absent is unknown, never empty or "no"."""

    code = "lacking"

    def __init__(self, noun: str, fields: Sequence[str]) -> None:
        super().__init__(
            f"The server's answer leaves out what has to be known of each {noun or 'row'}: "
            f"{words(', '.join(fields))}. So there is no answer to this question: the server may be of a "
            "version that this jmstui does not know, or your role may not see it."
        )
        self.fields = tuple(fields)


class TooLarge(ApiError):
    """An answer larger, or more deeply nested, than any honest one; reading stopped there."""

    code = "too-large"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The server's answer was cut off: {why}. Ask for less, or check what answers at this address."
        )


class Repeats(ApiError):
    """A list whose pages bring nothing new; reading stopped there."""

    code = "repeats"

    def __init__(self) -> None:
        super().__init__(
            "The server gives the same rows again and again, so this list has no end. "
            "Check what answers at this address."
        )


# --- the way there ---


class CannotReach(ApiError):
    """No answer at all: no such host, refused, timed out, broken off."""

    code = "cannot-reach"

    def __init__(self, host: str, reason: str, advice: str = "Check the address and the network.") -> None:
        super().__init__(f"Cannot reach {words(host)}: {words(reason)}. {advice}")
        self.host, self.reason = host, reason


class UntrustedCertificate(ApiError):
    """The TLS certificate does not check out; `certificate`: what the server showed, if it could be had."""

    code = "untrusted-certificate"

    def __init__(self, host: str, reason: str, certificate: Certificate | None = None) -> None:
        shown = f" {certificate.describe()}" if certificate else ""
        super().__init__(
            f"The TLS certificate of {words(host)} is not trusted: {words(reason)}.{shown} "
            "If the issuer is your company's own, give its CA file with --ca-file or SSL_CERT_FILE; "
            "compare the fingerprint with the server's before you think of --insecure."
        )
        self.host, self.reason, self.certificate = host, reason, certificate


class RedirectRefused(ApiError):
    """The server sends us elsewhere; a credential is never taken along. `target` is the address it named."""

    code = "redirect-refused"

    def __init__(self, address: str, target: str, sentence: str) -> None:
        super().__init__(sentence)
        self.address, self.target = address, target


class BadAddress(ApiError):
    """The address that was given cannot be a JumpServer's."""

    code = "bad-address"
    exit_status = 2


class BadCaFile(ApiError):
    """The CA file that was given cannot be used."""

    code = "bad-ca-file"
    exit_status = 2


class Refused(ApiError):
    """A request that is not in the table of reads (`endpoints/reads.py`); it never left."""

    code = "refused"
    exit_status = 5


# --- words ---


def words(text: str, most: int = 200) -> str:
    """A server's words for a sentence: one line, cut, nothing that could fool a terminal or its reader."""
    plain = "".join(c if c.isprintable() else "·" for c in text[: most + 1])
    return plain[:most] + "…" if len(text) > most else plain


def _tries(left: int | None, minutes: int | None) -> str:
    """How many tries are left, and what then."""
    then = f" for {minutes} minutes" if minutes else ""
    if left is None:
        return "Too many failures lock the account."
    if left <= 0:
        return f"It was the last try: the account is locked now{then}, and trying again extends that."
    return f"{left} {'try is' if left == 1 else 'tries are'} left before the account is locked{then}."

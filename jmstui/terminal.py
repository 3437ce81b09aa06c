"""The terminal survives: whatever ends the explorer, it is left as it was found."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from typing import Any

DRAWN_ON: list[int] = []
"""Descriptors on the terminal that somebody opened besides stdout and stderr."""
RESET = (
    "\x1b[?2026l"  # synchronized output
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # mouse
    "\x1b[?1004l\x1b[?2004l\x1b[?2048l"  # focus, bracketed paste, resize reports
    "\x1b[<u"  # key protocol
    "\x1b[?7h"  # lines wrap
    "\x1b[?1049l\x1b[?25h\x1b[0m"  # alternate screen, cursor, colours
)
"""Undoes every mode that the explorer may have set; each is harmless where it was not."""


class Ended(SystemExit):
    """A signal asked us to end; the exit status is 128 and the signal's number."""


@contextlib.contextmanager
def keep_terminal() -> Iterator[None]:
    """Around the explorer: SIGTERM, SIGHUP and SIGINT unwind like an exit, and what is left switched on is
    switched off.

    A second signal, or a way out that hangs for two seconds, ends the process at once with the terminal
    restored.
    """
    saved = _attributes()
    with _signals(saved):
        clean = False
        try:
            yield
            clean = True
        finally:
            restore(saved, modes=not clean)


def _attributes() -> Any:
    """The line discipline of the terminal on stdin; None where there is none."""
    try:
        import termios

        return termios.tcgetattr(0)
    except (ImportError, OSError):
        return None
    except Exception as error:  # termios.error is no OSError
        if type(error).__module__ == "termios":
            return None
        raise


def restore(saved: Any, *, modes: bool) -> None:
    """Give the terminal its line discipline back and, with `modes`, leave every mode. Never raises for a
    gone terminal."""
    if modes:
        for number in (1, 2):
            if os.isatty(number):
                with contextlib.suppress(OSError):
                    os.write(number, RESET.encode())
                break
    if saved is None:
        return
    import termios

    # a background process that sets a terminal is stopped by SIGTTOU: not now
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN) if _main_thread() else None
    try:
        termios.tcsetattr(0, termios.TCSANOW, saved)
    except termios.error:
        pass  # the terminal has gone
    finally:
        if before is not None:
            signal.signal(signal.SIGTTOU, before)


def _main_thread() -> bool:
    import threading

    return threading.current_thread() is threading.main_thread()


@contextlib.contextmanager
def _signals(saved: Any) -> Iterator[None]:
    # Ctrl-C is a key in the explorer: a SIGINT comes from elsewhere
    names = ("SIGTERM", "SIGHUP", "SIGINT")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    terminals = [number for number in (1, 2) if os.isatty(number)]
    ending: list[int] = []

    def at_once(number: int) -> None:
        restore(saved, modes=True)
        os._exit(128 + number)

    def late(_number: int, _frame: object) -> None:
        at_once(ending[0])

    def end(number: int, _frame: object) -> None:
        if ending:
            at_once(number)
        ending.append(number)
        signal.signal(signal.SIGALRM, late)
        signal.alarm(2)
        # a hangup comes with SIGCONT, on which the explorer would set the terminal up again
        for other in (signal.SIGCONT, signal.SIGTSTP):
            signal.signal(other, signal.SIG_IGN)
        if number == signal.SIGHUP:
            _let_go(terminals)
        raise Ended(128 + number)

    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        if ending:
            signal.alarm(0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _let_go(terminals: list[int]) -> None:
    """The line is dead: what is written from now on goes nowhere instead of failing or blocking.

    A hangup that somebody sent by hand leaves the line alive: it is reset first, without waiting for it.
    """
    with contextlib.suppress(OSError):
        # opened anew, since not to wait is a property that the shell would share otherwise
        line = os.open("/dev/tty", os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        with contextlib.suppress(OSError):
            os.write(line, RESET.encode())
        os.close(line)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in [*terminals, *DRAWN_ON]:
        os.dup2(nowhere, number)
    os.close(nowhere)

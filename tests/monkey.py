"""Random keys on every screen of the real explorer, on a demo server over a socket: nothing may crash.

As a command: `python -m tests.monkey --keys 20000 [--seed N]`. A failure tells the seed and the last
keys. The order of keys is the seed's; when answers come in between is the network's.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from textual import events
from textual.keys import _character_to_key

from jmstui.api.endpoints.reads import phase_of
from jmstui.demo import Fault
from jmstui.models.credential import PrivateToken, Secret
from jmstui.settings import Settings
from jmstui.tui.app import JmsApp
from tests.demo_server import RunningDemo, run_demo

ROUND = 200
"""Keys on one app; then another one begins, on another screen and at another size."""
BEGIN = (
    "1",
    "2",
    "3",
    "4",
    "5",
    ":groups⏎",
    ":platforms⏎",
    ":nodes⏎",
    "o",
    "@",
    "?",
    "j⏎",
    "2w",
    "1x",
    "login",
)
"""What each round begins with: every screen has its turn."""
SIZES = ((140, 40), (80, 24), (60, 16), (100, 30), (200, 60), (30, 8))
KEYS = """
up down left right home end pageup pagedown tab shift+tab enter escape backspace delete f1 ctrl+u ctrl+w
ctrl+a ctrl+c ctrl+l ctrl+r insert f5 shift+up ctrl+home
"""
NAMED = KEYS.split()
USUAL = "jkjkjkhlgG/:?@[]12345owxsSfdprqcyn01 "
STRANGE = [
    "é",
    "生",
    "🔥",
    "\u202e",
    "=",
    "'",
    "\\",
    "%",
    "[bold]",
    "\x1b",
    "a" * 300,
    "admin",
    "web",
    "😀 two",
]
FAULTS = (
    "503",
    "malformed",
    "bad-row",
    "html",
    "truncated",
    "reset",
    "deep",
    "429=1",
    "expire",
    "redirect-elsewhere",
)


@dataclass
class Report:
    """What a run did. `screens` counts the keys that each screen got."""

    seed: int
    keys: int = 0
    rounds: int = 0
    seconds: float = 0.0
    screens: Counter[str] = field(default_factory=Counter)
    last: deque[str] = field(default_factory=lambda: deque(maxlen=60))

    def __str__(self) -> str:
        screens = ", ".join(f"{name} {count}" for name, count in sorted(self.screens.items()))
        return f"seed {self.seed}: {self.keys} keys, {self.rounds} apps, {self.seconds:.0f} s; {screens}"


class Crashed(AssertionError):
    """An error came out of the explorer."""


def key(name: str) -> events.Key:
    """The event of a key by Textual's name, or of a character."""
    if len(name) > 1:
        return events.Key(name, "\r" if name == "enter" else None)
    return events.Key(_character_to_key(name), name)


async def one_round(demo: RunningDemo, report: Report, begin: str, keys: int, dice: random.Random) -> None:
    """One app, from its start to its end. Raises `Crashed` with the way there."""
    token = PrivateToken(
        Secret(demo.people[dice.choice(("admin", "admin", "orgadmin", "viewer"))]["private_token"])
    )
    settings = Settings(url=demo.url, credential=None if begin == "login" else token, rate=100_000)
    app = JmsApp(settings)
    report.rounds += 1
    report.last.append(f"<{begin}>")
    behind: list[BaseException] = []
    """What went wrong in a callback or a task that nobody waits for."""
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: behind.append(context.get("exception") or RuntimeError(context["message"]))
    )
    try:
        async with app.run_test(size=dice.choice(SIZES)):
            await _ready(app, begin)
            for _ in range(keys):
                if app._exit or app._exception is not None:
                    break
                await _step(app, demo, report, dice)
            await asyncio.sleep(0.05)
            if app._exception is not None:
                raise app._exception
        if behind:
            raise behind[0]
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        raise Crashed(
            f"{type(error).__name__}: {error}\nseed {report.seed}, {' '.join(report.last)}"
        ) from error
    finally:
        demo.faults.clear()


async def _ready(app: JmsApp, begin: str) -> None:
    for _ in range(2000):
        if begin == "login" or app.session.ready:
            break
        await asyncio.sleep(0.01)
    if begin != "login":
        await asyncio.sleep(0.1)
        for name in begin:
            app.post_message(key("enter" if name == "⏎" else name))
            await asyncio.sleep(0.02)


async def _step(app: JmsApp, demo: RunningDemo, report: Report, dice: random.Random) -> None:
    """A key most of the time; now and then a paste, another size, or a fault of the server."""
    where = getattr(app.screen, "where", type(app.screen).__name__)
    view = getattr(app.screen, "view", None)
    report.screens[f"{where} {view.name}" if view is not None else where] += 1
    report.keys += 1
    chance = dice.random()
    if chance < 0.02:
        text = dice.choice(STRANGE)
        report.last.append(f"<paste {text[:9]!r}>")
        app.post_message(events.Paste(text))
    elif chance < 0.03:
        from textual.geometry import Size

        size = Size(*dice.choice(SIZES))
        report.last.append(f"<{size.width}x{size.height}>")
        app.post_message(events.Resize(size, size))
    elif chance < 0.035:
        kind = dice.choice(FAULTS)
        report.last.append(f"<{kind}>")
        demo.faults.add(Fault(kind, times=None if kind == "expire" else dice.randrange(1, 5)))
    elif chance < 0.04:
        report.last.append("<well>")
        demo.faults.clear()
    elif chance < 0.1:  # else most keys go to the help, which takes them for a search
        report.last.append("escape")
        app.post_message(key("escape"))
    else:
        name = dice.choice(USUAL) if chance < 0.6 else dice.choice(NAMED)
        report.last.append(name)
        app.post_message(key(name))
    await asyncio.sleep(dice.choice((0, 0, 0, 0.001, 0.003, 0.015)))


def run(keys: int, seed: int, per_round: int = ROUND) -> Report:
    """Press so many keys. Raises `Crashed`."""
    report, start = Report(seed), time.monotonic()
    dice = random.Random(seed)
    demo = run_demo(assets=300)
    try:
        while report.keys < keys:
            begin = BEGIN[report.rounds % len(BEGIN)]
            room = min(per_round, keys - report.keys)
            asyncio.run(asyncio.wait_for(one_round(demo, report, begin, room, dice), 120))
    finally:
        report.seconds = time.monotonic() - start
        demo.stop()
    if demo.demo.mistakes:
        raise demo.demo.mistakes[0]
    for method, path, query, _ in demo.requests:  # whatever was pressed, only reads went out
        phase_of(method, path.removeprefix("/api/").removeprefix("v1/"), parse_qsl(query))
    return report


def main(argv: Sequence[str]) -> int:
    """The command: 0, or 1 after a crash."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.monkey", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--keys", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=None, help="any; a new one is drawn and told")
    args = parser.parse_args(argv)
    seed: int = args.seed if args.seed is not None else random.randrange(1_000_000)
    print(f"seed {seed}", flush=True)
    try:
        print(run(args.keys, seed))
    except Crashed as crash:
        import traceback

        traceback.print_exception(crash)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`jmstui demo-server`: a made-up JumpServer on loopback, for trying things out."""

from __future__ import annotations

import argparse
import errno
import json
import signal
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jmstui.demo.faults import Fault

HELP = "serve a made-up JumpServer on loopback"
EXAMPLE = "example: jmstui demo-server --port 8765 --assets 20000 --fault 503:assets/:3"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `demo-server`."""
    parser.epilog = EXAMPLE
    parser.add_argument("--port", type=_port, required=True, help="port on 127.0.0.1; 0 picks a free one")
    parser.add_argument("--assets", type=_count, default=2000, metavar="N", help="assets (default 2000)")
    parser.add_argument("--seed", type=int, default=7, metavar="S", help="another seed, another world")
    parser.add_argument(
        "--latency", type=_milliseconds, default=0.0, metavar="MS", help="wait before each answer"
    )
    parser.add_argument(
        "--rate", type=_count, default=180, metavar="PER_MIN", help="requests a minute and user; 0: no limit"
    )
    parser.add_argument("--edition", choices=("community", "enterprise"), default="enterprise")
    parser.add_argument(
        "--api",
        choices=("4.10", "4.10.16", "4.10.19", "3.10"),
        default="4.10",
        help="behave as this version (4.10 is 4.10.16)",
    )
    parser.add_argument(
        "--fault",
        type=_fault,
        action="append",
        default=[],
        metavar="KIND[:PATH[:TIMES]]",
        help="switch a fault on; an unknown kind lists them all",
    )


def run(args: argparse.Namespace) -> int:
    """Prints one JSON line, then serves: 0 after SIGTERM, 130 after Ctrl-C, 2 when it cannot listen."""
    from jmstui.demo import build_demo
    from jmstui.demo.serve import listen, make_server

    try:
        listener = listen(args.port)
    except OSError as error:
        print(_cannot_listen(args.port, error), file=sys.stderr)
        return 2
    demo = build_demo(
        assets=args.assets,
        seed=args.seed,
        latency_ms=args.latency,
        rate=args.rate,
        anon_rate=60 if args.rate else 0,
        edition=args.edition,
        api=args.api,
        faults=args.fault,
    )
    ended: list[int] = []
    # The server puts its own handlers before these while it runs, and raises the signal again at its end.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _frame: ended.append(got))
    host, port = listener.getsockname()[:2]
    print(json.dumps(demo.ready(f"http://{host}:{port}"), ensure_ascii=True), flush=True)
    if not ended:
        make_server(demo.app).run(sockets=[listener])
    return 130 if signal.SIGINT in ended else 0


def _cannot_listen(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use. Choose another one, or --port 0 for any that is free."
    return f"Cannot listen on port {port}: {error.strerror}."


def _number(text: str, most: float, kind: Any = int) -> Any:
    try:
        value = kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
    if not 0 <= value <= most:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and {most:,}")
    return value


def _port(text: str) -> int:
    return int(_number(text, 65_535))


def _count(text: str) -> int:
    return int(_number(text, 1_000_000))


def _milliseconds(text: str) -> float:
    return float(_number(text, 600_000, float))


def _fault(text: str) -> Fault:
    from jmstui.demo.faults import Fault

    try:
        return Fault.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None

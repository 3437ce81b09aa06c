"""`python -m tests.pictures [NAME…]`: makes the pictures in `screenshots/`, all or those named."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.pictures.scenes import SCENES, Scene
from tests.pictures.stage import stillness
from tests.tui.drive import Driver

PLACE = Path(__file__).parents[2] / "screenshots"


async def take(scene: Scene) -> str:
    """The picture of a scene, as SVG."""
    app = scene.app()
    async with app.run_test(size=scene.size) as pilot:
        await scene.perform(Driver(app, pilot))
        return app.export_screenshot()


def main(names: list[str]) -> int:
    """Write the pictures; 2 when a name is none of theirs."""
    if unknown := [name for name in names if name not in SCENES]:
        print(f"no such picture: {', '.join(unknown)}; there are {', '.join(SCENES)}", file=sys.stderr)
        return 2
    PLACE.mkdir(exist_ok=True)
    with stillness():
        for name in names or SCENES:
            (PLACE / f"{name}.svg").write_text(asyncio.run(take(SCENES[name])), encoding="utf-8")
            print(f"screenshots/{name}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

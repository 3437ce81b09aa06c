"""The first line: where one is, as whom, in which organization, and what must not be overlooked."""

from __future__ import annotations

from typing import Self

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from jmstui.text import clean, cut, width
from jmstui.tui.theme import palette_of
from jmstui.tui.widgets.lines import differs_until, strip


class OneLine(Widget):
    """A line that is drawn again only where it differs. Subclasses say what stands in it (`make`)."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "OneLine { height: 1; width: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._line: Strip | None = None

    def make(self, room: int) -> Strip:
        """The line, exactly `room` cells wide."""
        raise NotImplementedError

    def sync(self) -> None:
        """Bring the line up to date."""
        if self._line is None or self._line.cell_length != self.size.width:
            super().refresh()
            return
        new = self.make(self.size.width)
        if end := differs_until(self._line, new):
            self._line = new
            super().refresh(Region(0, 0, end, 1))

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """As Textual's; but where it means the whole line, what stands there is kept."""
        if regions or layout or recompose or not repaint or self._line is None:
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        self.sync()
        return self

    def render_line(self, y: int) -> Strip:
        if self._line is None or self._line.cell_length != self.size.width:
            self._line = self.make(self.size.width)
        return self._line

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)

    def _theme_changed(self, theme: object) -> None:
        self._line = None
        self.refresh()


class Header(OneLine):
    """` jms.corp.example   alice · admin   Production ▾     TLS NOT VERIFIED   token until 09:10`."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.server = self.user = self.role = self.organization = ""
        self.warnings: tuple[str, ...] = ()
        self.until = ""

    def set(
        self,
        *,
        server: str | None = None,
        user: str | None = None,
        role: str | None = None,
        organization: str | None = None,
        warnings: tuple[str, ...] | None = None,
        until: str | None = None,
    ) -> None:
        """Change what is given; None leaves a part as it is. `warnings` are words in capitals that stay on
        screen, `until` is the moment at which the sign-in ends, in words ("token until 09:10")."""
        given = {"server": server, "user": user, "role": role, "organization": organization}
        for name, value in {**given, "warnings": warnings, "until": until}.items():
            if value is not None:
                setattr(self, name, value)
        self.sync()

    def make(self, room: int) -> Strip:
        who = " · ".join(clean(each) for each in (self.user, self.role) if each)
        org = f"{clean(self.organization)} ▾" if self.organization else ""
        right = "   ".join(clean(each) for each in (*self.warnings, self.until) if each)
        if width(right) > room // 2 and self.until:
            right = "   ".join(clean(each) for each in self.warnings)
        right = cut(right, max(0, room - 12))
        space = max(0, room - width(right) - 3)
        # the organization is always on screen; the server's name gives way first, then the user's
        parts = [part for part in (clean(self.server), who, org) if part]
        while len(parts) > 1 and sum(width(part) + 3 for part in parts) > space:
            parts.pop(0)
        left = " " + cut("   ".join(parts), max(0, space))
        gap = " " * max(0, room - width(left) - width(right) - 1)
        bar = palette_of(self.app).bar
        return strip([(f"{left}{gap}{right} ", bar)], room, bar)


class StatusLine(OneLine):
    """`as of 14:02:31   41 of 180 requests left   88 ms`, `offline since 14:02`, `waiting 12 s`. Moments, not
    ages: nothing here ticks but a countdown that is running."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.parts: tuple[str, ...] = ()

    def set(self, *parts: str) -> None:
        """What stands there, the most important first; the last ones go when the room is short."""
        self.parts = tuple(part for part in parts if part)
        self.sync()

    def make(self, room: int) -> Strip:
        parts = [clean(part) for part in self.parts]
        while len(parts) > 1 and sum(width(part) + 3 for part in parts) > room:
            parts.pop()
        palette = palette_of(self.app)
        return strip([(" " + cut("   ".join(parts), room - 2), palette.dim)], room, palette.base)

"""The ways between screens: views by number and name, overlays, records that lines lead to, back and
forward."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from jmstui.tui.history import History, Place
from jmstui.views.spec import Ask, Target, View

if TYPE_CHECKING:
    from textual.screen import Screen

    from jmstui.tui.app import JmsApp
    from jmstui.tui.messages import CodeSent, OrgChanged, SignInFailed, StepWanted, TargetFound
    from jmstui.tui.questions import Thing
    from jmstui.tui.screens.access import AccessScreen
    from jmstui.tui.screens.base import BaseScreen
    from jmstui.tui.screens.browse import BrowseScreen

ACCESS = "access"
"""The name of the Access view in the history: a screen of its own, not a list."""
FIRST_VIEWS = ("assets", "my-assets")
"""Where one lands after sign-in: the first that is allowed."""


class Navigation:
    """Moves the app between its screens and remembers where it was."""

    def __init__(self, app: JmsApp) -> None:
        self._app = app
        self.history = History()
        self._kept: dict[str, BaseScreen] = {}
        """Screens of views stay while others are shown, so that coming back costs nothing."""
        self._landed = -1
        """The session's generation when we came in."""

    # views

    def screen_of(self, view: View[Any]) -> BrowseScreen:
        """The one screen of a view."""
        from jmstui.tui.screens.browse import BrowseScreen

        screen = self._kept.get(view.name)
        if screen is None:
            screen = self._kept[view.name] = BrowseScreen(view)
            self._app.install_screen(screen, view.name)
        assert isinstance(screen, BrowseScreen)
        return screen

    def access_screen(self) -> AccessScreen:
        """The one Access screen."""
        from jmstui.tui.screens.access import AccessScreen

        screen = self._kept.get(ACCESS)
        if screen is None:
            screen = self._kept[ACCESS] = AccessScreen()
            self._app.install_screen(screen, ACCESS)
        assert isinstance(screen, AccessScreen)
        return screen

    def arrive(self) -> None:
        """Signed in: go where this user may go; after a renewed sign-in of the same user, on where we
        were."""
        app = self._app
        notice = app.session.identity.notice if app.session.identity else None
        again = len(app.screen_stack) > 1 and self.top.where == "login"
        if again:
            app.pop_screen()
        if not again or self._landed != app.session.generation:
            self.land()
        if notice:
            app.call_after_refresh(lambda: self.tell(notice))

    def ask_to_sign_in(self, message: SignInFailed | StepWanted | CodeSent) -> None:
        """The credential did not do, or more is wanted: the login screen goes on, with what is known
        filled in."""
        from jmstui.tui.messages import CodeSent
        from jmstui.tui.screens.login import LoginScreen

        screen = self._app.screen
        if not isinstance(screen, LoginScreen):
            if not isinstance(message, CodeSent):
                self._app.push_screen(LoginScreen(message))
        elif isinstance(message, CodeSent):
            screen.show_sent(message.kind)
        else:
            screen.show_outcome(message)

    def sign_in_again(self) -> bool:
        """The login screen on top, when the sign-in has ended; False when it has not."""
        from jmstui.tui.messages import SignInFailed
        from jmstui.tui.screens.login import LoginScreen

        client = self._app.session.client
        error = client.signed_out if client is not None else None
        if error is None:
            return False
        if not isinstance(self._app.screen, LoginScreen):
            self._app.push_screen(LoginScreen(SignInFailed(error.sentence), again=True))
        return True

    def land(self) -> None:
        """The first view after sign-in that this user may see. Nothing of a former user stays in the
        history."""
        from jmstui.views import find_view

        self.history = History()
        self._landed = self._app.session.generation

        identity = self._app.session.identity
        views = [view for name in FIRST_VIEWS if (view := find_view(name)) is not None]
        allowed = [view for view in views if identity is None or identity.may(*view.needs)]
        self.go(Place((allowed or views)[0].name, org=self._app.session.org))

    def change_org(self, org_id: str, then: Place | None = None) -> None:
        """Work in another organization, then go to a place."""
        from jmstui.tui.errands import choose_org

        self._app.errand(partial(choose_org, self._app.session, org_id, then), "org")

    def enter_org(self, message: OrgChanged) -> None:
        """The organization is another one: go to a place, or stay in the view and see it there."""
        if message.error:
            self.tell(message.error)
            return
        then, notice = message.then, message.notice
        self._landed = self._app.session.generation
        here = self.history.here
        org = self._app.session.org
        self.go(then or Place(here.view if here is not None else FIRST_VIEWS[0], org=org))
        if notice:
            self._app.call_after_refresh(lambda: self.tell(notice))

    def go(self, place: Place) -> None:
        """Show a place, whatever screen it is on."""
        from jmstui.views import find_view

        if place.view == ACCESS:
            screen: BaseScreen = self.access_screen()
            self.history.visit(place)
            self.bring(screen)
            return
        view = find_view(place.view)
        if view is None:
            return
        browse = self.screen_of(view)
        self.bring(browse)
        if browse.is_mounted and browse.loaded:
            browse.load(place)
        else:
            browse.start_at(place)

    def bring(self, screen: Screen[Any]) -> None:
        """Show a screen of a view instead of everything that is open."""
        app = self._app
        while len(app.screen_stack) > 1:
            app.pop_screen()
        if app.screen is not screen:
            app.switch_screen(screen)

    def go_to_view(self, view: View[Any], search: str = "") -> None:
        """Go to a view as it was left, or with a new search."""
        screen = self.screen_of(view)
        if search:
            self.go(Place(view.name, org=self._app.session.org, ask=Ask(search)))
            return
        self.bring(screen)
        screen.load()
        if screen.loaded:
            self.history.visit(screen.place)

    def go_by_key(self, key: str) -> None:
        """Go to a main view by its number."""
        from jmstui.views import all_views, find_view

        if key == "4":
            self.go(Place(ACCESS, org=self._app.session.org))
            return
        view = next((each for each in all_views().values() if each.key == key), None)
        if view is None:
            return
        identity = self._app.session.identity
        own = find_view("my-assets")
        if (
            view.name == "assets"
            and own is not None
            and identity is not None
            and not identity.may(*view.needs)
        ):
            self.go_to_view(own)
            self.tell(view.why_not)
            return
        self.go_to_view(view)

    def run_command(self, line: str) -> None:
        """Do what a `:` line says."""
        from jmstui.tui.commands import parse
        from jmstui.views import find_view

        if not line.strip():
            return
        command = parse(line)
        if command.kind == "view":
            view = find_view(command.name)
            assert view is not None
            self.go_to_view(view, command.rest)
        elif command.kind == "access":
            self.go(Place(ACCESS, org=self._app.session.org))
        elif command.kind == "organizations":
            self.show_organizations()
        elif command.kind == "log":
            self.show_log()
        elif command.kind == "help":
            self.show_help(self.top)
        elif command.kind == "quit":
            self._app.exit(0)
        else:
            self.tell(f"There is no view “{command.name}”. Tab in the : line shows the names.")

    def leave_view(self) -> bool:
        """Out of a view that is none of the main ones: to the last place on another view. False when there
        is none."""
        here = self.history.here
        before = [
            place
            for place in self.history.places[: self.history.at]
            if here is None or place.view != here.view
        ]
        if not before:
            return False
        self.history.at = self.history.places.index(before[-1])
        self.go_there(before[-1])
        return True

    # back and forward

    def travel(self, step: int) -> None:
        """One place back or forward."""
        if len(self._app.screen_stack) > 1:
            self.leave_top()
            return
        place = self.history.go(step)
        if place is None:
            self.tell("There is nothing further back." if step < 0 else "There is nothing further on.")
        else:
            self.go_there(place)

    def go_there(self, place: Place) -> None:
        """Show a remembered place; in its organization."""
        if place.org and place.org != self._app.session.org:
            self.change_org(place.org, then=place)
        else:
            self.go(place)

    # overlays

    @property
    def top(self) -> BaseScreen:
        """The screen that is seen."""
        from jmstui.tui.screens.base import BaseScreen

        screen = self._app.screen
        assert isinstance(screen, BaseScreen)
        return screen

    def tell(self, sentence: str) -> None:
        """A sentence on the screen that is seen."""
        self.top.tell(sentence)

    def leave_top(self) -> None:
        """Close what lies on top."""
        if len(self._app.screen_stack) > 1:
            self._app.pop_screen()

    def show_record(self, view: View[Any], row: Any, client: Any = None) -> None:
        """The detail of a row as a screen of its own."""
        from jmstui.tui.screens.detail import DetailScreen

        self._app.push_screen(DetailScreen(view, row, client))

    def follow(self, target: Target) -> None:
        """Open the record that a line leads to."""
        from jmstui.tui.errands import find
        from jmstui.views import find_view

        view = find_view(target.view)
        if view is None or view.find is None:
            self.tell(f"There is no view for this line ({target.view}).")
            return
        self.tell(f"opening {view.noun} {target.name} …")
        self._app.errand(partial(find, self._app.session, view, target), "find")

    def show_found(self, message: TargetFound) -> None:
        """The record that a line leads to came, or why it did not."""
        if message.error:
            self.tell(f"{message.view.noun} {message.target.name}: {message.error}")
        else:
            self.tell("")
            self.show_record(message.view, message.record, message.client)

    def show_access(self, view: View[Any], row: Any, why: bool) -> None:
        """The Access view, with this row as the one that reaches or is reached."""
        from jmstui.tui.questions import thing_of

        thing = thing_of(view, row)
        if thing is not None:
            self.show_thing(thing, why)

    def show_thing(self, thing: Thing, why: bool = False) -> None:
        """The Access view with this in its field; `why` keeps the other field as it is."""
        self.access_screen().take(thing, why)
        self.go(Place(ACCESS, org=self._app.session.org))

    def show_organizations(self) -> None:
        """The organization switcher."""
        from jmstui.tui.screens.orgs import OrgsScreen

        if self._app.session.ready:
            self._app.push_screen(OrgsScreen())
        else:
            self.tell("Not signed in yet: the organizations come with the sign-in.")

    def show_log(self) -> None:
        """The request log."""
        from jmstui.tui.screens.log import LogScreen

        self._app.push_screen(LogScreen())

    def show_help(self, screen: BaseScreen) -> None:
        """The keys of a screen."""
        from jmstui.tui.screens.help import HelpScreen

        self._app.push_screen(HelpScreen(screen))

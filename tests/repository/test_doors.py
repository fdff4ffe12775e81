"""What a browser may send and open: each by list or guarded (AUTHZ-02, WS-06)."""

from collections import Counter
from typing import Any

import pytest
from reflex_base.registry import RegistrationContext
from reflex_components_core.core.cond import Cond
from reflex_components_core.core.match import Match

from portal import portal
from portal.state import events as policies
from portal.state.guard import FRAMEWORK
from tests.support import events

PUBLIC_PAGES = {
    "index",
    "second-step",
    "register",
    "register/code",
    "register/done",
    "activate/[token]",
    "helping/[token]",
    "forgot-password",
    "reset/[token]",
    "back/[token]",
    "help",
    "privacy",
    "terms",
    "pay/[token]",
    "shared/[token]",
    "404",
}
PUBLIC_EVENTS = {
    "portal.state.front_door.door.open",
    "portal.state.forgotten.reset.open",
    "portal.state.helping.helping.open",
    "portal.state.agreements.texts.open",
    "portal.state.way_back.back.open",
}
# Of the framework's events the guard may let through these and no other.
FRAMEWORK_AT_MOST = {"hydrate", "hydrate_and_load", "on_load_internal", "set_is_hydrated"}


def _pages() -> dict[str, Any]:
    return dict(portal.app._unevaluated_pages)


def _handlers(on_load: Any) -> list[Any]:
    found = on_load if isinstance(on_load, list | tuple) else [on_load] if on_load else []
    return [getattr(one, "handler", one) for one in found]


def _policies_of(page: Any) -> list[policies.Policy | None]:
    names = {
        id(registered.handler): name
        for name, registered in RegistrationContext.get().event_handlers.items()
    }
    by_function = {
        registered.handler.fn: name
        for name, registered in RegistrationContext.get().event_handlers.items()
    }
    return [
        policies.policy_of(names.get(id(handler)) or by_function.get(handler.fn, ""))
        for handler in _handlers(page.on_load)
    ]


def _count(component: Any, tag: str) -> int:
    own = str(getattr(component, "tag", "") or "").strip('"') == tag
    return own + sum(_count(child, tag) for child in getattr(component, "children", ()))


def _ids(component: Any) -> Counter[str]:
    """Counts the fixed ids that stand on a page at once; of a choice, the branch with the most."""
    inside = [_ids(child) for child in getattr(component, "children", ())]
    is_choice = isinstance(component, (Cond, Match))
    found: Counter[str] = Counter()
    for ids in inside:
        found = found | ids if is_choice else found + ids
    name = getattr(component, "id", None)
    if name is not None and "_rx_state_" not in str(name) and "${" not in str(name):
        found[str(name).strip('"')] += 1
    return found


class TestEvents:
    def test_are_those_of_the_list(self) -> None:
        assert events.LIST.read_text("utf8") == events.written(), "run `make format`, then read it"

    def test_that_anybody_may_send_are_listed(self) -> None:
        public = {name for name, policy in events.admitted().items() if policy == "public"}
        assert public == PUBLIC_EVENTS

    def test_of_reflex_itself_are_as_few_as_can_be(self) -> None:
        assert {name.rpartition(".")[2] for name in FRAMEWORK} <= FRAMEWORK_AT_MOST
        assert set(events.registered()) >= FRAMEWORK.keys()

    def test_that_set_a_field_have_no_policy(self) -> None:
        setters = [name for name in events.registered() if name.endswith(".setvar")]
        assert setters
        assert not [name for name in setters if policies.policy_of(name)]

    def test_of_our_own_states_all_have_a_policy(self) -> None:
        """A public method without one is refused, and stands there for nothing."""
        own = [name for name in events.registered() if ".portal___" in name]
        assert own
        without = [
            events.short(name)
            for name in own
            if not name.endswith(".setvar") and policies.policy_of(name) is None
        ]
        assert not without, "decorate it with @events.handler(…), or begin its name with _"


class TestPages:
    def test_are_public_by_list_or_load_through_a_guarded_event(self) -> None:
        unguarded = [
            route
            for route, page in _pages().items()
            if route not in PUBLIC_PAGES
            and not any(policy and not policy.is_public for policy in _policies_of(page))
        ]
        assert not unguarded

    def test_have_a_title(self) -> None:
        untitled = [
            route
            for route, page in _pages().items()
            if route != "404" and not str(page.title or "")
        ]
        assert not untitled

    @pytest.mark.parametrize("route", [route for route in _pages() if route != "404"])
    def test_have_a_heading(self, route: str) -> None:
        made = _pages()[route].component
        assert _count(made() if callable(made) else made, "h1") >= 1

    @pytest.mark.parametrize("route", _pages())
    def test_have_no_two_elements_of_one_id(self, route: str) -> None:
        """A label, a link or a form would reach the other one: also one in a closed dialog."""
        made = _pages()[route].component
        twice = {
            name for name, count in _ids(made() if callable(made) else made).items() if count > 1
        }
        assert not twice

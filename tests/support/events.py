"""Every event that a browser may send, from Reflex's own registry, with who may send it."""

from reflex_base.registry import RegistrationContext

from portal import portal
from portal.state import events
from portal.state.guard import FRAMEWORK
from tests.support.source import ROOT

LIST = ROOT / "tests" / "repository" / "browser_events.txt"
HEAD = """\
# Every event that a browser may send, and who may send it; the guard refuses all others.
# Written by `make format`. A new line here is a new door: read it as one.

"""


def registered() -> list[str]:
    """Returns the full name of everything that Reflex would run on a browser's word."""
    assert portal.app
    return sorted(RegistrationContext.get().event_handlers)


def admitted() -> dict[str, str]:
    """Returns the events that the guard lets through, by short name, each with its policy."""
    found: dict[str, str] = {}
    for name in registered():
        policy = events.policy_of(name)
        if name in FRAMEWORK:
            found[short(name)] = "reflex"
        elif policy is not None:
            found[short(name)] = policy.name
    return found


def short(name: str) -> str:
    """Returns an event's name without the tree that it hangs in: portal.state.home.home.open."""
    state, _, handler = name.rpartition(".")
    module, _, owner = state.rpartition(".")[2].rpartition("____")
    return f"{module.replace('___', '.')}.{owner}.{handler}"


def written() -> str:
    """Returns the list as it should stand."""
    lines = [f"{name:72} {policy}" for name, policy in sorted(admitted().items())]
    return HEAD + "\n".join(lines) + "\n"

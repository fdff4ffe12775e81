"""Handlers: every method that a browser may call says who may call it, and what it takes.

Reflex makes an endpoint of every public method of a state and enforces no type. So each is made
with `handler(policy)`: the guard refuses what has no policy, the arguments are checked strictly
against the annotations, a refusal becomes a sentence on the page, a bug a reference number.
"""

import functools
import inspect
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints
from urllib.parse import quote

import reflex as rx
from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from reflex_base.registry import RegistrationContext

from portal.errors import ConfirmFirst, Invalid, NotSignedIn, RecordClosed, Refusal
from portal.logs import place
from portal.security import signins
from portal.security.actor import STAFF
from portal.state import connections
from portal.words import _

log = logging.getLogger("portal.events")

Handler = Callable[..., Awaitable[Any]]
Form = TypeVar("Form", bound=BaseModel)
_ATTRIBUTE = "__portal_policy__"
# What somebody sees whose right to the open record has ended.
RECORD_CLOSED = "/record-closed"


@dataclass(frozen=True)
class Policy:
    """Who may send an event: the roles, in which stage; or everybody where `is_public`."""

    name: str
    roles: frozenset[str] = frozenset()
    is_public: bool = False
    stages: frozenset[str] = signins.FULL

    def admits(self, role: str | None, stage: str = "full") -> bool:
        """Says whether somebody in this role (None: nobody signed in) may send the event."""
        return self.is_public or (role in self.roles and stage in self.stages)


PUBLIC = Policy("public", is_public=True)
PATIENTS = Policy("patients", frozenset({"patient", "helper"}))
STAFF_ONLY = Policy("staff", STAFF)
SIGNED_IN = Policy("signed in", STAFF | {"patient", "helper"})
# Whose password was right, but who is not in yet: the second step and nothing else.
HALFWAY = Policy("halfway", STAFF | {"patient", "helper"}, stages=signins.HALFWAY)


def handler(policy: Policy) -> Callable[[Handler], Any]:
    """Makes an async method an event that a browser may send under a policy."""

    def decorate(function: Handler) -> Any:
        if not inspect.iscoroutinefunction(function):
            msg = f"{function.__qualname__} must be async: a sync one would stop everybody"
            raise TypeError(msg)
        model = _arguments(function)

        @functools.wraps(function)
        async def guarded(self: Any, /, **sent: Any) -> Any:
            try:
                taken = model.model_validate(sent)
                values = {name: getattr(taken, name) for name in model.model_fields}
                return await function(self, **values)
            except ValidationError:
                self.problem = _(Invalid.sentence)
            except NotSignedIn:
                return _sign_in_again(self)
            except RecordClosed:
                return _record_closed(self)
            except ConfirmFirst as refusal:
                self.problem = refusal.words
                await _keep(self, function, sent.get("form"))
                return rx.redirect(_confirm_from(self))
            except Refusal as refusal:
                self.problem = refusal.words
            except Exception as error:  # noqa: BLE001 - the last net: told, logged, never lost
                self.problem = _bug(error, function)
            return None

        guarded.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
        setattr(guarded, _ATTRIBUTE, policy)
        return rx.event(guarded)

    return decorate


def policy_of(event_name: str) -> Policy | None:
    """Returns the policy of an event by its full name; None where there is none: refuse it."""
    registered = RegistrationContext.get().event_handlers.get(event_name)
    if registered is None:
        return None
    return getattr(registered.handler.fn, _ATTRIBUTE, None)


def entered(form: type[Form], values: Any) -> Form:
    """Returns what was entered in a form, checked; raises `Invalid` with the first problem."""
    try:
        return form.model_validate(values)
    except ValidationError as error:
        said = error.errors()[0]["msg"]
        own = said.removeprefix("Value error, ") if said.startswith("Value error, ") else None
        raise Invalid(own) from None


def _arguments(function: Handler) -> type[BaseModel]:
    """Returns the strict model of a method's arguments; unknown ones are refused."""
    hints = get_type_hints(function)
    fields: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        fields[name] = (hints[name], default)
    config = ConfigDict(strict=True, extra="forbid")
    return create_model(f"{function.__name__}_arguments", __config__=config, **fields)


def _sign_in_again(state: Any) -> Any:
    state.reset()
    return rx.redirect(connections.ENDED)


def _record_closed(state: Any) -> Any:
    """Takes everything of the record off the screen, and shows what has happened."""
    state._get_root_state().reset()  # noqa: SLF001
    return rx.redirect(RECORD_CLOSED)


def _confirm_from(state: Any) -> str:
    """Returns the page that asks for a factor once more, and leads back to this one."""
    return f"/confirm?then={quote(state.router.url.path, safe='')}"


async def _keep(state: Any, function: Handler, form: Any) -> None:
    """Lets a screen that can keep what was entered, until it was confirmed who entered it."""
    keep = getattr(state, "_keep_form", None)
    if keep is not None and isinstance(form, dict):
        await keep(function.__name__, form)


def told(exception: Exception) -> None:
    """Notes what Reflex caught outside of our handlers: the type and the place, no more."""
    log.error("a bug outside of a handler: %s at %s", type(exception).__name__, place(exception))


def told_by_browser(exception: Exception) -> None:
    """Notes that a page had an error; its words may hold anything, so they are not kept."""
    del exception
    log.warning("a browser reported an error on one of our pages")


def is_registered(event_name: str) -> bool:
    """Says whether Reflex would run anything at all under this name."""
    return event_name in RegistrationContext.get().event_handlers


def _bug(error: Exception, function: Handler) -> str:
    reference = secrets.token_hex(4)
    # The type and the place are enough to find it; the text of an error may hold a patient's data.
    kind = type(error).__name__
    log.error("bug %s: %s in %s at %s", reference, kind, function.__name__, place(error))
    said = _("Something went wrong on our side. Try again; if it stays, tell us this number:")
    return f"{said} {reference}"

"""The queue of requests: how many wait for a decision of this member of staff, kind by kind.

A kind that comes is one function in `KINDS`: it returns the query that counts what waits for the
actor, or None where the actor decides about none of it. Its rows and acts live in a package of
its own (registrations, ways_back, family, …), as does its section on the page.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, func, literal, or_, select
from sqlmodel import col

from portal.models.people import RelatedPerson, User
from portal.models.requests import Registration, RestrictionRequest, WayBack
from portal.security.actor import STAFF, Actor
from portal.security.permissions import Permission, has


def registrations(actor: Actor) -> Select[Any] | None:
    """Counts the people who ask for an account, whose address is proved."""
    if not has(actor, Permission.INVITE):
        return None
    return select(func.count()).where(col(Registration.status) == "waiting")


def ways_back(actor: Actor) -> Select[Any] | None:
    """Counts the ways back that wait for a second person: this one."""
    accounts = decided_accounts(actor)
    if accounts is None:
        return None
    return (
        select(func.count())
        .select_from(WayBack)
        .join(User, col(User.id) == col(WayBack.user_id))
        .where(
            col(WayBack.status) == "waiting",
            col(WayBack.created_by) != actor.user_id,
            col(WayBack.user_id) != actor.user_id,
            accounts,
        )
    )


def helps(actor: Actor) -> Select[Any] | None:
    """Counts the helps that the clinic decides on, and those that stand still for now."""
    if not has(actor, Permission.INVITE):
        return None
    return select(func.count()).select_from(RelatedPerson).where(helps_that_wait())


def restrictions(actor: Actor) -> Select[Any] | None:
    """Counts the requests to restrict a use that have no answer yet."""
    if not has(actor, Permission.ANSWER_PRIVACY):
        return None
    return select(func.count()).where(col(RestrictionRequest.status) == "requested")


KINDS: tuple[Callable[[Actor], Select[Any] | None], ...] = (
    registrations,
    ways_back,
    helps,
    restrictions,
)


def decided_accounts(actor: Actor) -> Any:
    """Returns the condition on accounts that this actor lets back in; None where there are none.

    Patients and helpers by those who invite, colleagues by those who manage people.
    """
    staff = col(User.role).in_(STAFF)
    if actor.role != "administrator":
        # As with every other act on them: an administrator's account is an administrator's.
        staff &= col(User.role) != "administrator"
    others = col(User.role).not_in(STAFF)
    kinds = [
        kind
        for kind, needed in ((staff, Permission.MANAGE_PEOPLE), (others, Permission.INVITE))
        if has(actor, needed)
    ]
    return or_(*kinds) if kinds else None


def helps_that_wait() -> Any:
    """Returns the condition on helps that wait for the clinic.

    What patients lend waits for the helper alone.
    """
    asks = (col(RelatedPerson.status) == "identity-checked") | (
        (col(RelatedPerson.status) == "applied") & (col(RelatedPerson.reason) != "lent")
    )
    return asks | (col(RelatedPerson.status) == "suspended")


def may_see(actor: Actor) -> bool:
    """Says whether this member of staff decides about any kind."""
    return actor.is_staff and any(kind(actor) is not None for kind in KINDS)


def count(actor: Actor) -> Any:
    """Returns how many requests wait for this actor, as a part of a query."""
    if not actor.is_staff:
        return literal(0)
    queries = [query for kind in KINDS if (query := kind(actor)) is not None]
    total: Any = literal(0)
    for query in queries:
        total += query.scalar_subquery()
    return total

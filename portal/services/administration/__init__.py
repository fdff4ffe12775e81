"""Administration: who may sign in, what the trace says of it, how the portal stands."""

from portal.services.administration.changing import (
    LastAdministrator,
    NotYours,
    Yourself,
    change_role,
    disable,
    enable,
    end_everybody,
    end_sign_ins,
)
from portal.services.administration.inviting import InvitedRow, invite, invite_again
from portal.services.administration.one import OneRow, SignInRow, named, one
from portal.services.administration.overview import OverviewRow, overview
from portal.services.administration.people import PeopleRow, PersonRow, role_words, view
from portal.services.administration.security import (
    EventRow,
    SecurityRow,
    TraceRow,
    check_trace,
    security,
)

__all__ = [
    "EventRow",
    "InvitedRow",
    "LastAdministrator",
    "NotYours",
    "OneRow",
    "OverviewRow",
    "PeopleRow",
    "PersonRow",
    "SecurityRow",
    "SignInRow",
    "TraceRow",
    "Yourself",
    "change_role",
    "check_trace",
    "disable",
    "enable",
    "end_everybody",
    "end_sign_ins",
    "invite",
    "invite_again",
    "named",
    "one",
    "overview",
    "role_words",
    "security",
    "view",
]

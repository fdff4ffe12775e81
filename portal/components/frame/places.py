"""The ways on. A page that comes to exist is added here, and nowhere else."""

from dataclasses import dataclass

from portal.words import _


@dataclass(frozen=True)
class Place:
    """One way on: `count` names a field of Counts, `in_bar` puts it into the bar on phones.

    `right` names a field of Rights: who has it not, has not the place either.
    """

    key: str
    href: str
    words: str
    icon: str
    count: str = ""
    counted: str = ""
    in_bar: bool = False
    opens_group: bool = False
    right: str = ""


def patient_places() -> list[Place]:
    """Returns the ways on of a patient, in order."""
    return [
        Place("home", "/home", _("Home"), "home", in_bar=True),
        Place(
            "appointments",
            "/appointments",
            _("Appointments"),
            "calendar",
            in_bar=True,
            right="appointments",
        ),
        Place(
            "messages",
            "/messages",
            _("Messages"),
            "message",
            "messages",
            _("not read"),
            in_bar=True,
            right="own_messages",
        ),
        Place(
            "results",
            "/results",
            _("Results"),
            "tube",
            "results",
            _("new"),
            in_bar=True,
            right="own_results",
        ),
        Place("record", "/record", _("Health record"), "record", opens_group=True, right="record"),
        Place("check-ups", "/check-ups", _("Check-ups"), "heart", right="check_ups"),
        Place("forms", "/forms", _("Forms"), "form", right="own_messages"),
        Place("family", "/family", _("Family and helpers"), "family"),
        Place("access-log", "/access-log", _("Who has looked"), "eye", right="log"),
        Place("settings", "/settings", _("Settings"), "gear"),
    ]


def staff_places() -> list[Place]:
    """Returns the pages of the staff, in order."""
    return [
        Place("today", "/staff", _("Today"), "home"),
        Place("schedule", "/staff/schedule", _("Schedule"), "calendar", right="schedule"),
        Place("patients", "/staff/patients", _("Patients"), "user", right="patients"),
        Place("admin", "/admin", _("Administration"), "gear", right="administration"),
    ]


def staff_queues() -> list[Place]:
    """Returns the queues of the staff, each with its count, for who may see it."""
    messages, results = _("Messages"), _("Results")
    return [
        Place(
            "messages",
            "/staff/messages",
            messages,
            "message",
            "messages",
            _("waiting"),
            right="messages",
        ),
        Place(
            "results", "/staff/results", results, "tube", "results", _("waiting"), right="results"
        ),
        Place(
            "requests",
            "/staff/requests",
            _("Requests"),
            "form",
            "requests",
            _("waiting"),
            right="requests",
        ),
        Place("waitlist", "/staff/waitlist", _("Waiting list"), "held", right="schedule"),
    ]

"""Who looked at what before the demo began, so that "who looked at my record" has a history."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session

from portal.models.appointments import Appointment
from portal.models.messages import Communication
from portal.security import audit
from portal.security.actor import Actor
from portal.services.demo import cast
from portal.services.demo.people import Town

# Whose pages are opened by whom, in which part, how many hours ago, and why.
LOOKED = (
    ("osei", "marta", "results", 20, "Result of the laboratory"),
    ("osei", "marta", "record", 20.2, "Result of the laboratory"),
    ("kim", "marta", "appointments", 26, "Message"),
    ("tom", "marta", "record", 1.2, "Message"),
    ("tom", "marta", "messages", 1.1, "Message"),
    ("marta", "marta", "home", 15.1, ""),
    ("marta", "ana", "home", 40, ""),
    ("marta", "joaquim", "home", 19.2, ""),
    ("tomas", "ana", "appointments", 90, ""),
    ("chow", "ana", "record", 430, "Visit"),
    ("chow", "tess", "record", 640, "Visit"),
    ("claire", "tess", "appointments", 300, ""),
    ("osei", "joaquim", "record", 790, "Visit"),
    ("okafor", "mina", "results", 48.5, "Result of the laboratory"),
)


def _actor(town: Town, key: str, patient: str) -> Actor:
    role = next(account.role for account in cast.ACCOUNTS if account.key == key)
    own = town.patients.get(key, "") if role == "patient" else ""
    found = Actor(
        user_id=town.users[key],
        name=town.names[key],
        role=role,
        own_patient_id=own,
        practitioner_id=town.practitioners.get(key, ""),
        source="127.0.0.1",
    )
    return found if found.is_staff else replace(found, patient_id=town.patients[patient])


class Trace:
    """The trace of the weeks before."""

    @staticmethod
    def lay(db: Session, actor: Actor, town: Town) -> None:
        """Notes the readings and writings that the demo tells of, in the order of time."""
        notes = [*_readings(town), *_visits(town), *_messages(town)]
        notes.sort(key=lambda note: note[0])
        for hours, who, action, category, patient_id, reason in reversed(notes):
            audit.record(
                db,
                who,
                action,
                category=category,
                patient_id=patient_id,
                reason=reason,
                now=town.sheet.now - timedelta(hours=hours),
            )
        audit.record(
            db, actor, "C", category="demo clinic", reason="Invented people", now=town.sheet.now
        )


_Noted = tuple[float, Actor, str, str, str, str]


def _readings(town: Town) -> list[_Noted]:
    return [
        (hours, _actor(town, who, patient), "R", category, town.patients[patient], reason)
        for who, patient, category, hours, reason in LOOKED
    ]


def _visits(town: Town) -> list[_Noted]:
    """Before each visit that was, its practitioner looked into the record."""
    by_id = {town.practitioners[key]: key for key in town.practitioners}
    found: list[_Noted] = []
    for visit in town.sheet.rows[Appointment]:
        if visit["status"] != "fulfilled":
            continue
        hours = (town.sheet.now - visit["starts_at"]).total_seconds() / 3600 + 0.05
        who = _actor(town, by_id[visit["practitioner_id"]], "")
        found.append((hours, who, "R", "record", visit["patient_id"], "Visit"))
    return found


def _messages(town: Town) -> list[_Noted]:
    keys = {user_id: key for key, user_id in town.users.items()}
    patients = {patient_id: key for key, patient_id in town.patients.items()}
    found: list[_Noted] = []
    for message in town.sheet.rows[Communication]:
        if message["sender_id"] is None:
            continue
        hours = (town.sheet.now - message["sent_at"]).total_seconds() / 3600
        who = _actor(town, keys[message["sender_id"]], patients[message["patient_id"]])
        found.append((hours, who, "C", "messages", message["patient_id"], ""))
    return found

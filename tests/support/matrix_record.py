"""Alice's marked record, for the matrix: what stands in it, what it was, and putting it back."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, SQLModel, col

from portal.models.appointments import CalendarFeed, Hold
from portal.models.attachments import Attachment
from portal.models.clinical import Condition, DocumentReference, MedicationRequest
from portal.models.coverage import Account, Coverage
from portal.models.factors import Factor
from portal.models.forms import (
    Questionnaire,
    QuestionnaireItem,
    QuestionnaireResponse,
    ResponseDraft,
    ResponseVersion,
)
from portal.models.messages import Communication, Draft
from portal.models.people import OneTimeLink, Patient, RelatedPerson, User
from portal.models.pools import ThreadNote
from portal.models.prevention import PreventiveAnswer, PreventiveRule
from portal.models.requests import Registration, RestrictionRequest, WayBack
from portal.models.schedules import Schedule, VisitType
from portal.models.waitlist import WaitlistEntry, WaitlistOffer
from portal.security import signins, subscribed
from portal.services.attachments import shelf
from tests.support.attacked import Attacked
from tests.support.clinic import NOW, appointment, message, report, thread, value
from tests.support.pushes import DEVICE

MARK = "QZMARK"
# What everybody leaves by coming and looking; and where a table's own id says whose row it is.
TRACES = {"audit_event", "read_mark", "live_change", "outbox_notice", "patient_changed"}
# What more of is taken away again, and what is put back where it went.
CAME = {"coverage", "preventive_answer", "response_version", "response_draft"}
WENT = {"hold", "push_subscription", "response_draft"}
# How rows.txt names the one question of the form.
PLAIN_KEY = "key-of-the-matrix"
WHOSE = {"patient": "id", "user": "id", "sign_in": "user_id"}


def mark(area: str) -> str:
    """Returns the words that give an area away."""
    return f"{MARK}-{area} "


@dataclass
class Record:
    """Alice's marked record: the ids of everything in it, by kind."""

    ids: dict[str, list[str]] = field(default_factory=dict)

    def note(self, kind: str, *rows: Any) -> None:
        """Keeps the ids of rows that were added."""
        self.ids.setdefault(kind, []).extend(row.id for row in rows)

    def fill(self, kind: str, at: int) -> str:
        """Returns one of the ids of a kind."""
        return self.ids[kind][at % len(self.ids[kind])]

    def variants(self, kinds: set[str]) -> int:
        """Returns how many calls it takes to ask for each id of each of these kinds once."""
        return max((len(self.ids[kind]) for kind in kinds if kind in self.ids), default=1)


def write_record(portal: Attacked) -> Record:
    """Gives Alice a record in which everything bears the mark of its area."""
    cast, record = portal.people, Record()
    kind = VisitType(name="Check-up", ahead_days=30)
    cast.add(kind)
    of_kind: dict[str, Any] = {"visit_type_id": kind.id}
    # The portal's own clock has seen to their reminders: what it does meanwhile is nobody's act.
    seen_to: dict[str, Any] = of_kind | {"reminders_at": NOW}
    kept: dict[str, Any] = seen_to | {"confidential": True}
    visits = [
        appointment(cast, title=mark("appointments"), starts_at=_soon(3), **seen_to),
        appointment(cast, title=mark("appointments.kept"), starts_at=_soon(4), **kept),
    ]
    talks = [
        thread(cast, subject=mark("messages")),
        thread(cast, subject=mark("messages.kept"), confidential=True),
        thread(cast, subject=mark("letters"), topic="technical"),
    ]
    reports = [
        report(cast, title=mark("results"), plain=mark("results")),
        report(cast, title=mark("results.kept"), confidential=True),
        report(cast, title=mark("results.unreleased"), released_at=None),
    ]
    cast.add(*visits, *talks, *reports)
    alice = cast.patients["alice"].id
    whose: dict[str, Any] = {"patient_id": alice, "sort_at": NOW, "status": "active"}
    current: dict[str, Any] = whose | {"status": "current"}
    entries = [
        Condition(**whose, title=mark("notes")),
        Condition(**whose, title=mark("notes.kept"), confidential=True),
        MedicationRequest(**whose, title=mark("medicines"), dosage=mark("medicines")),
        DocumentReference(**current, title=mark("documents")),
    ]
    letters = [message(one, body=f"{one.subject} body") for one in talks]
    draft = Draft(
        user_id=cast.users["alice"].id,
        patient_id=cast.patients["alice"].id,
        place="new",
        body=mark("draft"),
        saved_at=NOW,
    )
    values = [value(one, title=one.title) for one in reports]
    cast.add(*entries, *letters, *values, draft)
    cast.add(*(_aside(portal, one.id) for one in talks))
    record.note("file", *(_attached(portal, one) for one in (*letters, draft)))
    record.note("appointment", *visits)
    record.note("thread", *talks)
    record.note("report", *reports)
    record.note("entry", *entries)
    record.note("message", *letters)
    record.note("patient", cast.patients["alice"])
    record.note("user", cast.users["alice"])
    record.ids["name"] = [cast.users["alice"].sign_in_name]
    _write_people(portal, record)
    _write_calendar(portal, record, kind)
    _write_waitlist(portal, record, kind)
    _write_coverage(portal)
    _write_prevention(portal, record)
    _write_forms(portal, record, letters)
    return record


def _attached(portal: Attacked, to: Communication | Draft) -> Attachment:
    """Returns a file that came with one of Alice's letters, or waits with her draft."""
    is_sent, words = isinstance(to, Communication), to.body.encode()
    one = Attachment(
        patient_id=portal.people.patients["alice"].id,
        uploader_id=portal.people.users["alice"].id,
        place="new",
        state="sent" if is_sent else "draft",
        message_id=to.id if is_sent else None,
        name=f"{to.body.strip()}.txt",
        content_type="text/plain; charset=utf-8",
        size=len(words),
        sha256=hashlib.sha256(words).hexdigest(),
        key_id=shelf.KEY_ID,
        # What waits for longer than a day is swept by the portal's own clock.
        created_at=datetime.now(UTC),
    )
    assert portal.base
    portal.people.add(one)
    shelf.put(shelf.of(portal.base.info), one.id, one.patient_id, words)
    return one


def _aside(portal: Attacked, thread_id: str) -> ThreadNote:
    """Returns a note among staff beside one of Alice's conversations."""
    dana = portal.people.users["dana"]
    whose: dict[str, Any] = {"thread_id": thread_id, "author_id": dana.id, "at": NOW}
    return ThreadNote(**whose, author_name=dana.name, body=mark("asides"), client_key=thread_id)


def _write_calendar(portal: Attacked, record: Record, kind: VisitType) -> None:
    """Gives Alice a time that is kept for her, and an address for her own calendar."""
    cast = portal.people
    dana, alice = cast.practitioners["dana"].id, cast.patients["alice"].id
    hours: dict[str, Any] = {"from_minute": 0, "to_minute": 24 * 60}
    cast.add(*(Schedule(practitioner_id=dana, weekday=day, **hours) for day in range(7)))
    whose: dict[str, Any] = {
        "patient_id": alice,
        "user_id": cast.users["alice"].id,
        "created_at": NOW,
    }
    hold = Hold(
        **whose,
        visit_type_id=kind.id,
        practitioner_id=dana,
        starts_at=_soon(5),
        ends_at=_soon(5) + timedelta(minutes=20),
        expires_at=_soon(2),
    )
    feed = CalendarFeed(**whose, digest="1" * 64)
    cast.add(hold, feed)
    record.note("hold", hold)
    record.note("feed", feed)


def _write_waitlist(portal: Attacked, record: Record, kind: VisitType) -> None:
    """Lets Alice wait for an earlier time, and keeps one for her."""
    cast, starts = portal.people, _soon(6)
    whose: dict[str, Any] = {"patient_id": cast.patients["alice"].id}
    when: dict[str, Any] = {
        "practitioner_id": cast.practitioners["dana"].id,
        "starts_at": starts,
        "ends_at": starts + timedelta(minutes=20),
        "expires_at": _soon(2),
    }
    entry = WaitlistEntry(
        **whose,
        visit_type_id=kind.id,
        from_on=_soon(0).date(),
        until_on=_soon(20).date(),
        status="offered",
        created_at=NOW,
        expires_at=_soon(21),
    )
    hold = Hold(**whose, **when, visit_type_id=kind.id, created_at=NOW)
    offer = WaitlistOffer(**whose, **when, entry_id=entry.id, hold_id=hold.id, offered_at=_soon(0))
    cast.add(entry, hold)
    cast.add(offer)
    record.note("waits", entry)
    record.note("offer", offer)


def _write_coverage(portal: Attacked) -> None:
    """Gives Alice an insurance and an open balance."""
    cast, whose = portal.people, {"patient_id": portal.people.patients["alice"].id}
    entered: dict[str, Any] = {"entered_at": NOW, "entered_by": mark("coverage")}
    cast.add(
        Coverage(**whose, **entered, payer=mark("coverage")),
        Account(**whose, **entered, balance=4500, currency="USD", as_of=NOW.date()),
    )


def _write_prevention(portal: Attacked, record: Record) -> None:
    """Gives Alice a vaccine that is due, and what was answered to it."""
    rule = PreventiveRule(name="Flu vaccine", kind="vaccine", active=True, changed_at=NOW)
    said = PreventiveAnswer(
        patient_id=portal.people.patients["alice"].id,
        rule_id=rule.id,
        number=1,
        answer="declined",
        by_id=portal.people.users["alice"].id,
        by_name=mark("answered"),
        side="patient",
        at=NOW,
    )
    portal.people.add(rule)
    portal.people.add(said)
    record.note("rule", rule)


def _write_forms(portal: Attacked, record: Record, letters: list[Communication]) -> None:
    """Lets a form be asked in each conversation of Alice's, and answered; she changes one."""
    cast = portal.people
    form = Questionnaire(title="Before your visit", status="active", changed_at=NOW)
    cast.add(form)
    cast.add(
        QuestionnaireItem(
            questionnaire_id=form.id, link_id=PLAIN_KEY, kind="string", text="Why do you come?"
        )
    )
    each = [_asked(letter, form) for letter in letters]
    cast.add(*each)
    for asked, area in zip(each, ("messages", "messages.kept", "forms"), strict=True):
        cast.add(_answered(portal, asked, area))
    record.note("form", *each)
    begun: dict[str, Any] = {"link_id": PLAIN_KEY, "value": mark("draft"), "edition": 1}
    whose = {"user_id": cast.users["alice"].id, "patient_id": cast.patients["alice"].id}
    cast.add(ResponseDraft(**whose, **begun, response_id=each[-1].id, saved_at=NOW))


def _asked(letter: Communication, form: Questionnaire) -> QuestionnaireResponse:
    return QuestionnaireResponse(
        patient_id=letter.patient_id,
        questionnaire_id=form.id,
        thread_id=letter.thread_id,
        message_id=letter.id,
        asked_by=letter.sender_name,
        asked_at=NOW,
        status="completed",
        number=1,
        sent_at=NOW,
    )


def _answered(portal: Attacked, asked: QuestionnaireResponse, area: str) -> ResponseVersion:
    alice = portal.people.users["alice"]
    return ResponseVersion(
        response_id=asked.id,
        patient_id=asked.patient_id,
        number=1,
        answers=json.dumps({PLAIN_KEY: mark(area)}),
        author_id=alice.id,
        author_name=alice.name,
        sent_at=NOW,
        client_key=asked.id,
    )


def _write_people(portal: Attacked, record: Record) -> None:
    cast = portal.people
    assert portal.base
    with portal.base.transaction() as db:
        db.connection().execute(
            update(Patient)
            .where(col(Patient.id) == cast.patients["alice"].id)
            .values(address=mark("profile"))
        )
        _secret, sign_in = signins.start(
            db,
            cast.users["alice"],
            patient_id=cast.patients["alice"].id,
            device=mark("device"),
            address="192.0.2.1",
            now=datetime.now(UTC),
        )
        record.note("sign-in", sign_in)
        _write_around(db, cast.patients["alice"].id, cast.users["alice"].id)
        helps = db.scalars(
            select(RelatedPerson).where(col(RelatedPerson.patient_id) == cast.patients["alice"].id)
        )
        record.note("help", *helps)
        _write_keys(db, cast.users["alice"].id, record)


def _write_around(db: Session, patient_id: str, user_id: str) -> None:
    """Gives Alice what stands around her record: another helper, a request, an address."""
    now = datetime.now(UTC)
    other = RelatedPerson(
        patient_id=patient_id,
        name=mark("helps"),
        email=f"{mark('helps').strip()}@example.org",
        kind="adult",
        status="active",
        scopes="results:read",
        granted_at=now,
    )
    asked = RestrictionRequest(
        patient_id=patient_id, asked_by=user_id, what=mark("restrictions"), created_at=now
    )
    wants = Registration(
        status="waiting",
        given=mark("registrations"),
        family="Ode",
        birth_date="1970-01-01",
        patient_id=patient_id,
        created_at=now,
    )
    db.add_all([other, asked, wants])
    own = {"email": f"{mark('account').strip()}@example.org", "phone": mark("account")}
    db.connection().execute(update(User).where(col(User.id) == user_id).values(**own))


def _write_keys(db: Session, user_id: str, record: Record) -> None:
    """Gives Alice's account what opens it: a link and a factor."""
    now = datetime.now(UTC)
    link = OneTimeLink(
        digest="0" * 64,
        purpose="invitation",
        user_id=user_id,
        created_at=now,
        expires_at=now + timedelta(days=7),
    )
    factor = Factor(user_id=user_id, kind="totp", name=mark("device"), created_at=now)
    back = WayBack(
        user_id=user_id,
        proof="photo-id",
        note=mark("ways"),
        created_by=user_id,
        created_at=now,
        holds_from=now + timedelta(days=1),
    )
    db.add_all([link, factor, back])
    db.flush()
    keys = subscribed.Keys("https://push.example/send/alice", DEVICE.key, DEVICE.auth)
    told_on = subscribed.begin(db, user_id, keys, sign_in_id="none", device=mark("device"), now=now)
    record.ids["device"] = [told_on]
    record.note("link", link)
    record.note("factor", factor)
    record.note("request", back)


def _soon(days: int) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


def standing(portal: Attacked) -> dict[str, list[dict[str, Any]]]:
    """Returns all rows about Alice, by table: what nobody without a right may move."""
    assert portal.base
    alice = portal.people.patients["alice"].id
    user = portal.people.users["alice"].id
    found: dict[str, list[dict[str, Any]]] = {}
    with portal.base.reading() as db:
        for name, table in SQLModel.metadata.tables.items():
            whose = WHOSE.get(name) or ("patient_id" if "patient_id" in table.c else "user_id")
            if name in TRACES or whose not in table.c:
                continue
            wanted = user if whose == "user_id" or name == "user" else alice
            rows = db.connection().execute(select(table).where(table.c[whose] == wanted))
            found[name] = sorted((dict(row) for row in rows.mappings()), key=repr)
    return found


def restore(portal: Attacked, before: dict[str, list[dict[str, Any]]]) -> None:
    """Puts every row about Alice back as it was: those who may act have acted."""
    assert portal.base
    now = standing(portal)
    with portal.base.transaction() as db:
        for name, table in SQLModel.metadata.tables.items():
            if before.get(name) == now.get(name) or name == "sign_in":
                continue
            stand = _by_id(now.get(name, []))
            if name in CAME:
                # Of several insurances one is active, and of answers the last counts: what came
                # since goes first.
                came = stand.keys() - _by_id(before.get(name, [])).keys()
                db.connection().execute(table.delete().where(table.c["id"].in_(came)))
            for row in before.get(name, []):
                same = table.c["id"] == row["id"]
                if row == stand.get(row["id"]):
                    continue
                if name == "attachment" and stand.get(row["id"], {}).get("state") == "sent":
                    # What was sent stands, whoever tries.
                    continue
                if name in WENT and row["id"] not in stand:
                    # An offer that was left has let its time go, a device was ended, what was
                    # begun was sent: kept again.
                    db.connection().execute(table.insert().values(row))
                    continue
                db.connection().execute(table.update().where(same).values(row))


def moved(
    before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]
) -> set[str]:
    """Returns what differs, in words: `user.disabled`, `factor added`, `help.status of bob`."""
    found: set[str] = set()
    for name, rows in before.items():
        old, new = _by_id(rows), _by_id(after[name])
        found |= {f"{name} added"} if new.keys() - old.keys() else set()
        found |= {f"{name} gone"} if old.keys() - new.keys() else set()
        for key in old.keys() & new.keys():
            whose = f" of {old[key]['user_id']}" if name == "related_person" else ""
            found |= {f"{name}.{at}{whose}" for at in old[key] if old[key][at] != new[key][at]}
    return found


def _by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {str(row.get("id", sorted(row.items(), key=repr))): row for row in rows}

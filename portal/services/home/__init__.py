"""Home: what is next, what is new, what waits for the patient, in one look."""

from datetime import datetime

from sqlmodel import Session

from portal.security import access, audit, scopes
from portal.security.actor import Actor
from portal.security.permissions import Permission, has, sees_area
from portal.services import forms, prevention, results, waitlist
from portal.services.home import medicines, news, visits
from portal.services.home.news import NEWS
from portal.services.home.rows import HomeRow, MedicineRow, NewsRow, VisitRow
from portal.words import _, clock, local, month, weekday

# What is due is shown in short; the rest stands on its own page.
DUE = 3

__all__ = ["NEWS", "HomeRow", "MedicineRow", "NewsRow", "VisitRow", "view"]


def view(db: Session, actor: Actor, *, now: datetime) -> HomeRow:
    """Returns Home of the open record; a helper with no record open sees only which they may."""
    if not actor.patient_id:
        return HomeRow(has_record=False, said=_said(now))
    patient = access.open_patient(db, actor)
    audit.record(db, actor, "R", category="home", patient_id=patient.id, now=now)
    planned = visits.coming(db, actor, now) if has(actor, Permission.SEE_APPOINTMENTS) else []
    is_next = bool(planned) and planned[0].status != "cancelled"
    reports, values = results.waiting(db, actor, limit=news.NEWS + 1)
    letters = news.messages(db, actor, now)
    pills = medicines.taken(db, actor, now)
    health = prevention.due(db, actor, patient, now=now)
    return HomeRow(
        has_visits=has(actor, Permission.SEE_APPOINTMENTS),
        has_news=sees_area(actor, "results") or has(actor, Permission.SEE_MESSAGES),
        has_waiting=_may_answer(actor),
        has_medicines=sees_area(actor, "medicines"),
        lent=scopes.said(actor.scopes) if actor.acting_for else [],
        name=patient.given or patient.name,
        title=_title(actor, patient.given or patient.name),
        said=_said(now),
        visit=planned[0] if is_next else VisitRow(),
        later=planned[1:] if is_next else planned,
        offers=waitlist.offers(db, actor, now=now),
        news=[
            *(news.result_news(row, values.get(row.id, [])) for row in reports[: news.NEWS]),
            *letters[: news.NEWS],
        ],
        more_results=_("See all new results") if len(reports) > news.NEWS else "",
        more_messages=_("See all new messages") if len(letters) > news.NEWS else "",
        waiting=[
            *visits.to_confirm(planned, now),
            *(news.form_news(row) for row in forms.waiting(db, actor, now=now)),
            *news.to_answer(db, actor, now),
        ],
        due=health[:DUE],
        more_due=_("See all that is due") if len(health) > DUE else "",
        years=prevention.years_of(patient, now) if health else [],
        months=prevention.months() if health else [],
        medicines=pills[: medicines.MEDICINES],
        more_medicines=_("See all your medicines") if len(pills) > medicines.MEDICINES else "",
        announcements=news.announcements(db, patient, now),
    )


def _may_answer(actor: Actor) -> bool:
    return has(actor, Permission.CHANGE_APPOINTMENTS) or has(actor, Permission.WRITE_MESSAGES)


def _said(now: datetime) -> str:
    return _("{day}, updated {time}").format(day=_plain_day(now), time=clock(now))


def _title(actor: Actor, name: str) -> str:
    return _("{name}’s home").format(name=name) if actor.acting_for else _("Home")


def _plain_day(at: datetime) -> str:
    here = local(at)
    return f"{weekday(here)} {here.day} {month(here)}"

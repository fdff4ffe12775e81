"""The list of results, and one of them; reading it marks it read on every device."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal import live
from portal.models.clinical import DiagnosticReport
from portal.models.people import Patient
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import require_area
from portal.services import asked, frame
from portal.services.results import reading, rows, says
from portal.services.results.rows import ReportRow, ResultRow, ResultsRow, ValueRow
from portal.services.results.values import Value
from portal.services.results.verdict import Verdict, judge
from portal.words import _, _n, partial_day

PAGE = 25
QUERY_MAX = 100


def view(db: Session, actor: Actor, *, query: str = "", page: int = 1, now: datetime) -> ResultsRow:
    """Returns one page of the released results of the open record, newest first."""
    patient = access.open_patient(db, actor)
    require_area(actor, "results")
    query = " ".join(query.split())[:QUERY_MAX]
    total = reading.count(db, actor, query)
    page = min(max(page, 1), max(1, -(-total // PAGE)))
    wanted = reading.reports(actor, query).limit(PAGE).offset((page - 1) * PAGE)
    found = db.connection().execute(wanted).all()
    values = reading.values(db, actor, [row.id for row in found])
    audit.record(db, actor, "R", category="results", patient_id=patient.id, now=now)
    return ResultsRow(
        reports=[report_row(row, values.get(row.id, [])) for row in found],
        total=total,
        page=page,
        said=_place_in_list(page, len(found), total),
        query=query,
        has_before=page > 1,
        has_next=page * PAGE < total,
    )


def _place_in_list(page: int, shown: int, total: int) -> str:
    if total <= PAGE:
        return _n("{count} result", "{count} results", total)
    first = (page - 1) * PAGE + 1
    return _("{first} to {last} of {total} results").format(
        first=first, last=first + shown - 1, total=total
    )


def report_row(row: Any, values: list[Value]) -> ReportRow:
    """Says one report in a row: its name, what it says in a sentence, its day."""
    badge = says.report_badge(row.status)
    by = _("asked for by {name}").format(name=row.ordered_by) if row.ordered_by else ""
    return ReportRow(
        id=row.id,
        href=f"/results/{row.id}",
        title=row.plain or row.title,
        said=says.summary(values, row.conclusion, row.status),
        under=", ".join(part for part in (reading.day_of(row), by) if part),
        new=_("New result") if row.is_new else "",
        state=badge.words,
        tone=badge.tone,
        icon=badge.icon or "info",
        line=rows.furthest(values),
    )


def read(
    db: Session, actor: Actor, *, report_id: str, is_glance: bool = False, now: datetime
) -> ResultRow:
    """Returns one result whole and marks it read; a glance by the page itself marks nothing."""
    patient = access.open_patient(db, actor)
    report = access.result(db, actor, report_id)
    audit.record(
        db,
        actor,
        "R",
        category="results",
        patient_id=report.patient_id,
        entity=f"DiagnosticReport/{report.id}",
        now=now,
    )
    if not is_glance and frame.mark_read(db, actor, "result", [report.id], now=now):
        live.tell(db, "results", [report.patient_id], is_private=report.confidential)
    values = reading.values(db, actor, [report.id]).get(report.id, [])
    earlier = reading.before(db, actor, [value.id for value in values])
    doctor = report.author or report.ordered_by
    return _row(
        report,
        patient,
        [(v, judge(v), rows.value_row(v, earlier.get(v.id))) for v in values],
        doctor,
    )


Judged = tuple[Value, Verdict, ValueRow]


def _row(
    report: DiagnosticReport, patient: Patient, values: list[Judged], doctor: str
) -> ResultRow:
    if report.status in reading.WITHDRAWN:
        values = []
    badge = says.report_badge(report.status)
    outside, inside, others = _sorted(values)
    return ResultRow(
        id=report.id,
        title=report.plain or report.title,
        term=report.title if report.plain and report.plain != report.title else "",
        when=_when(report),
        state=badge.words,
        state_words=says.status_words(report.status),
        tone=badge.tone,
        icon=badge.icon or "info",
        comment=report.note.strip(),
        comment_by=doctor or _("Your clinician"),
        comment_letters=frame.initials(doctor),
        comment_tint=frame.tint(report.practitioner_id or doctor),
        conclusion=report.conclusion.strip(),
        ordered_by=report.ordered_by,
        laboratory=report.laboratory,
        specimen=report.specimen or next((v.specimen for v, _w, _r in values if v.specimen), ""),
        taken=says.said_full(report.effective),
        issued=says.said_full(report.issued),
        source=report.source,
        urgent=_urgent(values),
        is_withdrawn=report.status in reading.WITHDRAWN,
        has_attachment=report.has_attachment,
        outside=outside,
        inside=inside,
        others=others,
        outside_title=_outside_title(len(outside), len(values)),
        inside_title=_inside_title(len(inside), len(values)),
        others_title=_("What was found") if not outside and not inside else _("Other values"),
        nothing="" if values or report.conclusion or report.note else _nothing(report),
        name=patient.name,
        born=_("Born {day}, record {number}").format(
            day=partial_day(patient.birth_date), number=patient.record_number
        ),
    )


def _sorted(values: list[Judged]) -> tuple[list[ValueRow], list[ValueRow], list[ValueRow]]:
    """Parts values into those outside their range (urgent first), inside, and all others."""
    far = sorted(
        (one for one in values if one[1].is_outside or one[1].is_urgent), key=_urgent_first
    )
    inside = [row for _value, verdict, row in values if verdict.side == "in"]
    others = [row for _value, verdict, row in values if verdict.side in {"", "missing"}]
    return [row for _value, _verdict, row in far], inside, others


def _urgent_first(one: Judged) -> bool:
    return not one[1].is_urgent


def _outside_title(outside: int, count: int) -> str:
    if count == 1:
        return _("What was found")
    said = _n(
        "{count} of {{all}} values is outside the usual range",
        "{count} of {{all}} values are outside the usual range",
        outside,
    )
    return said.format(all=count)


def _inside_title(inside: int, count: int) -> str:
    if count == 1:
        return _("What was found")
    return _n(
        "{count} value is in the usual range", "{count} values are in the usual range", inside
    )


def _urgent(values: list[Judged]) -> str:
    names = [value.name for value, verdict, _row in values if verdict.is_urgent]
    return (
        _("The lab marks this as urgent: {names}").format(names=", ".join(names)) if names else ""
    )


def _when(report: DiagnosticReport) -> str:
    taken, issued = says.said_day(report.effective), says.said_day(report.issued)
    parts = [
        _("Taken on {day}.").format(day=taken) if taken else "",
        _("Results came in on {day}.").format(day=issued) if issued else "",
    ]
    return " ".join(part for part in parts if part)


def _nothing(report: DiagnosticReport) -> str:
    if report.status in reading.WITHDRAWN:
        return _("The clinic took this result back: it was entered by mistake.")
    if report.status == "cancelled":
        return _("The lab did not do this test. Ask us if you do not know why.")
    if report.has_attachment:
        return _("The lab sent this report as a document. Ask us for a copy.")
    return _("There are no values in this report yet.")


def waiting(db: Session, actor: Actor, *, limit: int) -> tuple[list[Any], dict[str, list[Value]]]:
    """Returns the newest results that the actor has not read, with their values; two queries."""
    found = list(asked.rows(db, actor, _unread, limit))
    return found, reading.values(db, actor, [row.id for row in found])


def nothing(db: Session, actor: Actor, *, now: datetime) -> None:
    """Reads nothing: for the page of a result that does not exist, or that one may not know of."""
    del db, actor, now


def _unread(actor: Actor, limit: int) -> Any:
    return reading.reports(actor).where(frame.new_result(actor)).limit(limit)

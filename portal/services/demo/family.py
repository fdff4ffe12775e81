"""The demo's families: who helps whom, with what, and how it came so."""

from datetime import date, timedelta

from portal.models.people import RelatedPerson
from portal.models.requests import HelpChange, RestrictionRequest
from portal.security import scopes
from portal.services.demo import cast
from portal.services.demo.sheet import Sheet
from portal.services.family import KINDS

DAUGHTER = "appointments:act messages:act results:read notes:read medicines:read"
DESK = "Kim Doyle"


def introduce(
    sheet: Sheet, relative: cast.Relative, *, patient_id: str, user_id: str | None
) -> None:
    """Writes a relative down: with an account, as a help that stands, with its steps."""
    starts = sheet.day(-400)
    help_id = sheet.put(
        RelatedPerson,
        patient_id=patient_id,
        name=relative.name,
        relationship=relative.relationship,
        phone="(406) 555-0199",
        user_id=user_id,
        kind=relative.kind,
        status="active" if user_id else "known",
        reason=_reason(relative) if user_id else "",
        scopes=_lent(relative) if user_id else "",
        proof=KINDS[relative.kind].proofs[0] if user_id else "",
        basis=_basis(relative) if user_id else "",
        granted_by=_giver(relative) if user_id else "",
        granted_at=sheet.at(-400, "10:20") if user_id else None,
        starts_on=starts if user_id else None,
        ends_on=_ends(relative, starts) if user_id else None,
    )
    if user_id:
        _steps(sheet, help_id, relative)


def tell_more(sheet: Sheet, patients: dict[str, str]) -> None:
    """Writes what stands beside: an application that waits, an ended help, an invitation."""
    _applied(sheet, patients["tess"])
    _ended_and_invited(sheet, patients["marta"])
    _restricted(sheet, patients["marta"])


def _applied(sheet: Sheet, tess: str) -> None:
    waits = sheet.put(
        RelatedPerson,
        patient_id=tess,
        name="Luc Moreau",
        relationship="father",
        email="luc.moreau@example.org",
        phone="(406) 555-0187",
        kind="parent",
        status="applied",
        reason="submitted",
        scopes=KINDS["parent"].usual,
    )
    _step(sheet, waits, -2, "", "applied", "submitted", "staff", DESK)


def _ended_and_invited(sheet: Sheet, marta: str) -> None:
    ended = sheet.put(
        RelatedPerson,
        patient_id=marta,
        name="Inês Duarte",
        relationship="neighbour",
        email="ines.duarte@example.org",
        kind="adult",
        status="ended",
        reason="patient-request",
        scopes="appointments:act",
        proof="own-word",
        basis="consent",
        granted_by="Marta Silva",
        granted_at=sheet.at(-120, "18:05"),
        starts_on=sheet.day(-120),
        ends_on=sheet.day(245),
    )
    _step(sheet, ended, -120, "", "applied", "lent", "patient", "Marta Silva")
    _step(sheet, ended, -119, "applied", "active", "accepted", "helper", "Inês Duarte")
    _step(sheet, ended, -40, "active", "ended", "patient-request", "patient", "Marta Silva")
    invited = sheet.put(
        RelatedPerson,
        patient_id=marta,
        name="Sofia Silva",
        relationship="sister",
        email="sofia.silva@example.org",
        kind="adult",
        status="applied",
        reason="lent",
        scopes="appointments:act results:read",
        proof="own-word",
        basis="consent",
        granted_by="Marta Silva",
        starts_on=sheet.day(-1),
        ends_on=sheet.day(364),
    )
    _step(sheet, invited, -1, "", "applied", "lent", "patient", "Marta Silva")


def _restricted(sheet: Sheet, marta: str) -> None:
    sheet.put(
        RestrictionRequest,
        patient_id=marta,
        asked_by="demo",
        asked_by_name="Marta Silva",
        what="Please do not leave messages about my results on the phone at home.",
        status="accepted",
        answer="We have noted it: we write to you here, and call your own phone alone.",
        answered_by="Ruth Abernethy-Vole",
        answered_at=sheet.at(-30, "11:10"),
        created_at=sheet.at(-31, "20:15"),
    )


def _lent(relative: cast.Relative) -> str:
    return DAUGHTER if relative.kind == "adult" else scopes.write(scopes.ALL)


def _basis(relative: cast.Relative) -> str:
    return {"parent": "parent", "agent": "attorney"}.get(relative.kind, "consent")


def _reason(relative: cast.Relative) -> str:
    return "activated" if KINDS[relative.kind].by_staff else "accepted"


def _giver(relative: cast.Relative) -> str:
    return DESK if KINDS[relative.kind].by_staff else "Joaquim Silva"


def _ends(relative: cast.Relative, starts: date) -> date | None:
    longest = KINDS[relative.kind].longest
    return starts + min(longest, timedelta(days=1095)) if longest else None


def _steps(sheet: Sheet, help_id: str, relative: cast.Relative) -> None:
    if KINDS[relative.kind].by_staff:
        _step(sheet, help_id, -402, "", "applied", "submitted", "staff", DESK)
        _step(
            sheet, help_id, -401, "applied", "identity-checked", "identity-verified", "staff", DESK
        )
        _step(sheet, help_id, -400, "identity-checked", "active", "activated", "staff", DESK)
        return
    _step(sheet, help_id, -401, "", "applied", "lent", "patient", _giver(relative))
    _step(sheet, help_id, -400, "applied", "active", "accepted", "helper", relative.name)


def _step(
    sheet: Sheet, help_id: str, back: int, before: str, to: str, reason: str, side: str, name: str
) -> None:
    sheet.put(
        HelpChange,
        related_person_id=help_id,
        at=sheet.at(back, "10:20"),
        by_id="demo",
        by_name=name,
        side=side,
        from_status=before,
        to_status=to,
        reason=reason,
    )

"""Exports: a patient's record as it came, for the patient or for another clinic."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, select
from sqlmodel import Session, col

from portal import settings
from portal.integrations.fhir import mapping, references
from portal.models.clinical import FhirResource
from portal.security import access, audit, scopes
from portal.security.actor import Actor
from portal.security.permissions import sees_area
from portal.services.imports import lookup

Resource = Row[*tuple[Any, ...]]
_resources = mapping.table(FhirResource)
_COLUMNS = (
    _resources.c.id,
    _resources.c.source,
    _resources.c.type,
    _resources.c.fhir_id,
    _resources.c.full_url,
    _resources.c.has_record,
    _resources.c.text,
)
# Which area a kept resource without a table of its own belongs to; all others to the notes.
AREAS = {
    "Patient": "profile",
    "RelatedPerson": "profile",
    "Appointment": "appointments",
    "Schedule": "appointments",
    "Slot": "appointments",
    "Communication": "messages",
    "CommunicationRequest": "messages",
    "Account": "bills",
    "ChargeItem": "bills",
    "Claim": "bills",
    "ClaimResponse": "bills",
    "Coverage": "bills",
    "ExplanationOfBenefit": "bills",
    "Invoice": "bills",
    "Binary": "documents",
    "Composition": "documents",
    "MedicationAdministration": "medicines",
    "MedicationDispense": "medicines",
    "Media": "results",
    "ImagingStudy": "results",
    "Specimen": "results",
}


def patient_bundle(db: Session, actor: Actor, *, patient_id: str, now: datetime) -> bytes:
    """Returns every resource that came in for a patient, as a FHIR R4 collection, digits kept.

    With them come the practitioners, places and medicines that they point to. Patients get what
    has been released to them; helpers nothing that is confidential.
    """
    patient = access.record(db, actor, patient_id)
    query = select(*_COLUMNS).where(_resources.c.patient_id == patient.id)
    own = db.connection().execute(query.order_by(_resources.c.type, _resources.c.id))
    shown = _shown(db, actor, patient.id, list(own))
    audit.record(db, actor, "R", category="export", now=now, patient_id=patient.id, entity="Bundle")
    return _bundle([*shown, *_pointed_to(db, shown)], now)


def _shown(db: Session, actor: Actor, patient_id: str, rows: list[Resource]) -> list[Resource]:
    """Returns the resources that this actor may be given."""
    if actor.is_staff or actor.is_system:
        return rows
    seen = _seen(db, actor, patient_id)
    shown = [row for row in rows if _may_have(actor, row, seen)]
    if not actor.acting_for:
        return shown
    return _naming_none(shown, _secret(db, actor, patient_id, rows))


def _seen(db: Session, actor: Actor, patient_id: str) -> set[str]:
    """Returns the ids of resources whose entries the actor sees in the record."""
    found: set[str] = set()
    for model in {model for model, _mapper in mapping.RECORDS.values()}:
        table: Any = model
        query = select(col(table.resource_id)).where(
            col(table.patient_id) == patient_id, access.entries(actor, table)
        )
        found.update(filter(None, db.connection().execute(query).scalars()))
    return found


def _may_have(actor: Actor, row: Resource, seen: set[str]) -> bool:
    if row.type in mapping.RECORDS:
        return row.id in seen or not (row.has_record or actor.acting_for)
    return sees_area(actor, AREAS.get(row.type, "notes"))


def _secret(db: Session, actor: Actor, patient_id: str, rows: list[Resource]) -> list[Resource]:
    """Returns what is hidden from every helper, whatever they were lent."""
    seen = _seen(db, replace(actor, scopes=scopes.ALL), patient_id)
    return [row for row in rows if row.type in mapping.RECORDS and row.id not in seen]


def _naming_none(rows: list[Resource], secret: list[Resource]) -> list[Resource]:
    """Leaves out what points to something secret, and what points to that: a bill for a visit."""
    while secret:
        names = {name for row in secret for name in (row.full_url, f"{row.type}/{row.fhir_id}")}
        secret = [row for row in rows if names & _named(row)]
        out = {row.id for row in secret}
        rows = [row for row in rows if row.id not in out]
    return rows


def _named(row: Resource) -> set[str]:
    keys = references.all_in(row.text.encode())
    return keys | {references.awaited(key) for key in keys}


def _pointed_to(db: Session, rows: list[Resource]) -> list[Resource]:
    """Returns the shared resources that these point to, and those that they point to in turn."""
    found: dict[str, Resource] = {}
    fresh: list[Resource] = rows
    while fresh:
        rows_next: dict[str, Resource] = {}
        for source in {row.source for row in fresh}:
            texts = (row.text.encode() for row in fresh if row.source == source)
            for row in _shared(db, source, set().union(*map(references.all_in, texts))):
                if row.id not in found:
                    rows_next[row.id] = row
        found |= rows_next
        fresh = list(rows_next.values())
    return sorted(found.values(), key=lambda row: (row.type, row.id))


def _shared(db: Session, source: str, keys: Iterable[str]) -> list[Resource]:
    targets = lookup.targets(db, source, keys)
    ids = [one.id for one in targets.values() if one.type in references.SHARED]
    found: list[Resource] = []
    for start in range(0, len(ids), lookup.AT_ONCE):
        some = ids[start : start + lookup.AT_ONCE]
        query = select(*_COLUMNS).where(
            _resources.c.id.in_(some), _resources.c.patient_id.is_(None)
        )
        found += db.connection().execute(query).all()
    return found


def _bundle(rows: list[Resource], now: datetime) -> bytes:
    server = settings.current().public_url
    entries = [
        {
            "fullUrl": row.full_url or f"{server}/fhir/{row.type}/{row.fhir_id}",
            "resource": msgspec.Raw(row.text.encode()),
        }
        for row in rows
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": now.isoformat(),
        "entry": entries,
    }
    return msgspec.json.encode(bundle)

"""Exports: a patient's record as it came, for the patient or for another clinic."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, select
from sqlmodel import Session, col

from portal import settings
from portal.integrations.fhir import mapping, references
from portal.models.clinical import (
    ClinicalRecord,
    DiagnosticReport,
    FhirResource,
    Observation,
)
from portal.security import access, audit, permissions
from portal.security.actor import Actor
from portal.security.permissions import Permission
from portal.services.imports import lookup

_resources = mapping.table(FhirResource)
_COLUMNS = (
    _resources.c.id,
    _resources.c.source,
    _resources.c.type,
    _resources.c.fhir_id,
    _resources.c.full_url,
    _resources.c.text,
)


def patient_bundle(db: Session, actor: Actor, *, patient_id: str, now: datetime) -> bytes:
    """Returns every resource that came in for a patient, as a FHIR R4 collection, digits kept.

    With them come the practitioners, places and medicines that they point to. Patients get what
    has been released to them; helpers nothing that is confidential.
    """
    permissions.require(actor, Permission.SEE_CLINICAL)
    patient = access.patient(db, actor, patient_id)
    hidden = _hidden(db, actor, patient.id)
    query = select(*_COLUMNS).where(_resources.c.patient_id == patient.id)
    own = db.connection().execute(query.order_by(_resources.c.type, _resources.c.id))
    shown: list[Row[*tuple[Any, ...]]] = [row for row in own if row.id not in hidden]
    audit.record(db, actor, "R", category="export", now=now, patient_id=patient.id, entity="Bundle")
    return _bundle([*shown, *_pointed_to(db, shown)], now)


def _hidden(db: Session, actor: Actor, patient_id: str) -> set[str]:
    """Returns the ids of resources that this actor must not be given."""
    if actor.is_staff or actor.is_system:
        return set()
    found: set[str] = set()
    for model in {model for model, _mapper in mapping.RECORDS.values()}:
        found |= _hidden_in(db, actor, model, patient_id)
    return found


def _hidden_in(db: Session, actor: Actor, model: Any, patient_id: str) -> set[str]:
    record: type[ClinicalRecord] = model
    conditions: list[Any] = []
    if model in (DiagnosticReport, Observation):
        conditions.append(col(model.released_at).is_(None))
    if actor.acting_for:
        conditions.append(col(record.confidential).is_(True))
    found: set[str] = set()
    for condition in conditions:
        query = select(col(record.resource_id)).where(
            col(record.patient_id) == patient_id, condition
        )
        found.update(filter(None, db.connection().execute(query).scalars()))
    return found


def _pointed_to(db: Session, rows: list[Row[*tuple[Any, ...]]]) -> list[Row[*tuple[Any, ...]]]:
    """Returns the shared resources that these point to, and those that they point to in turn."""
    found: dict[str, Row[*tuple[Any, ...]]] = {}
    fresh: list[Row[*tuple[Any, ...]]] = rows
    while fresh:
        rows_next: dict[str, Row[*tuple[Any, ...]]] = {}
        for source in {row.source for row in fresh}:
            texts = (row.text.encode() for row in fresh if row.source == source)
            for row in _shared(db, source, set().union(*map(references.all_in, texts))):
                if row.id not in found:
                    rows_next[row.id] = row
        found |= rows_next
        fresh = list(rows_next.values())
    return sorted(found.values(), key=lambda row: (row.type, row.id))


def _shared(db: Session, source: str, keys: Iterable[str]) -> list[Row[*tuple[Any, ...]]]:
    targets = lookup.targets(db, source, keys)
    ids = [one.id for one in targets.values() if one.type in references.SHARED]
    found: list[Row[*tuple[Any, ...]]] = []
    for start in range(0, len(ids), lookup.AT_ONCE):
        some = ids[start : start + lookup.AT_ONCE]
        query = select(*_COLUMNS).where(
            _resources.c.id.in_(some), _resources.c.patient_id.is_(None)
        )
        found += db.connection().execute(query).all()
    return found


def _bundle(rows: list[Row[*tuple[Any, ...]]], now: datetime) -> bytes:
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

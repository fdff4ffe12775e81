"""What the database already knows of the resources in a file, and of those they point to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlmodel import Session

from portal.integrations.fhir import labels, mapping, reading, references, versions
from portal.integrations.fhir.mapping.links import Target
from portal.models.clinical import (
    FhirIdentifier,
    FhirResource,
    FhirResourceVersion,
    ImportFile,
    UnresolvedReference,
)

AT_ONCE = 500
Found = Row[*tuple[Any, ...]]
LABELLED = labels.CODED | labels.NAMED | (labels.PEOPLE - {"Patient"})
TOLD_BY_TEXT = LABELLED | {"PractitionerRole", "ServiceRequest", "Specimen", "Goal"}

PEOPLE = frozenset(mapping.PEOPLE)
RECORDS = frozenset(mapping.RECORDS)

resources = mapping.table(FhirResource)
identifiers = mapping.table(FhirIdentifier)
history = mapping.table(FhirResourceVersion)
unresolved = mapping.table(UnresolvedReference)
files = mapping.table(ImportFile)

_LIGHT = (
    resources.c.id,
    resources.c.type,
    resources.c.fhir_id,
    resources.c.sha256,
    resources.c.version_id,
    resources.c.last_updated,
    resources.c.full_url,
    resources.c.patient_id,
    resources.c.has_record,
)


def files_taken(db: Session) -> int:
    """Returns how many files were ever taken: whether another import came between."""
    return db.connection().execute(select(func.count()).select_from(files)).scalar_one()


def stored(db: Session, source: str, keys: Iterable[tuple[str, str]]) -> list[Found]:
    """Returns what is kept under each (type, id) of a source, without the resources' text."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for kind, fhir_id in keys:
        by_type[kind].append(fhir_id)
    found: list[Found] = []
    for kind, ids in by_type.items():
        found += _rows(db, _LIGHT, source, kind, ids)
    return found


def _rows(
    db: Session, columns: Sequence[Any], source: str, kind: str, ids: list[str]
) -> Iterator[Found]:
    for some in _parts(ids):
        query = select(*columns).where(
            resources.c.source == source, resources.c.type == kind, resources.c.fhir_id.in_(some)
        )
        yield from db.connection().execute(query)


def texts(db: Session, ids: Iterable[str]) -> dict[str, str]:
    """Returns the JSON kept of each resource."""
    found: dict[str, str] = {}
    for some in _parts(list(ids)):
        query = select(resources.c.id, resources.c.text).where(resources.c.id.in_(some))
        found.update((row.id, row.text) for row in db.connection().execute(query))
    return found


def earlier_hashes(db: Session, ids: Iterable[str]) -> dict[str, set[str]]:
    """Returns the hashes of what each resource was before."""
    found: dict[str, set[str]] = defaultdict(set)
    for some in _parts(list(ids)):
        query = select(history.c.resource_id, history.c.sha256)
        for row in db.connection().execute(query.where(history.c.resource_id.in_(some))):
            found[row.resource_id].add(row.sha256)
    return found


def targets(db: Session, source: str, keys: Iterable[str]) -> dict[str, Target]:
    """Returns what is known of each reference's target that is in the database."""
    found: dict[str, Target] = {}
    wanted = set(keys)
    for _round in range(2):
        found.update(_found_once(db, source, wanted))
        wanted = {one.leads_to for one in found.values() if one.leads_to} - found.keys()
        if not wanted:
            break
    return found


def _found_once(db: Session, source: str, keys: set[str]) -> dict[str, Target]:
    by_type: dict[str, list[str]] = defaultdict(list)
    keys_of: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key in keys:
        place = references.type_and_id(key)
        if place:
            by_type[place[0]].append(place[1])
            keys_of[place].append(key)
        elif key.startswith("urn:uuid:"):
            uuid = key.removeprefix("urn:uuid:")
            for kind in versions.r4_types() if len(keys) < AT_ONCE else ():
                by_type[kind].append(uuid)
                keys_of[kind, uuid].append(key)
    found: dict[str, Target] = {}
    for kind, ids in by_type.items():
        for row in _rows(db, _columns(kind), source, kind, ids):
            for key in keys_of[row.type, row.fhir_id]:
                if fits(key, row.full_url):
                    found[key] = _target(row)
    return found | _by_identifier(db, source, keys)


def fits(key: str, full_url: str) -> bool:
    """Whether an address may mean a resource: not when both name their servers and they differ."""
    server, own = references.base(key), references.base(full_url)
    return not server or not own or server == own


def _columns(kind: str) -> tuple[Any, ...]:
    return (*_LIGHT, resources.c.text) if kind in TOLD_BY_TEXT else _LIGHT


def _target(row: Found) -> Target:
    it = reading.decode_kept(row.text) if row.type in TOLD_BY_TEXT else {}
    return Target(
        id=row.id,
        type=row.type,
        label=labels.label(it),
        leads_to=labels.leads_to(it),
        patient_id=row.patient_id or "",
        has_record=row.has_record,
    )


def _by_identifier(db: Session, source: str, keys: set[str]) -> dict[str, Target]:
    queries = {key: query for key in keys if (query := references.identifier_query(key))}
    found: dict[str, Target] = {}
    for key, (kind, system, value) in queries.items():
        conditions: list[ColumnElement[bool]] = [
            identifiers.c.source == source,
            identifiers.c.type == kind,
            identifiers.c.value == value,
        ]
        if system:
            conditions.append(identifiers.c.system == system)
        query = (
            select(*_LIGHT, resources.c.text)
            .join(identifiers, identifiers.c.resource_id == resources.c.id)
            .where(and_(*conditions))
            .distinct()
        )
        rows = db.connection().execute(query).all()
        if len(rows) == 1:
            found[key] = _target(rows[0])
    return found


def waiting(db: Session, source: str, keys: Iterable[str]) -> list[str]:
    """Returns the ids of resources that wait for one of these references to come."""
    here = unresolved.c.source == source
    if db.connection().execute(select(unresolved.c.id).where(here).limit(1)).first() is None:
        return []
    found: dict[str, None] = {}
    for some in _parts(list(keys)):
        query = select(unresolved.c.resource_id).where(here, unresolved.c.reference.in_(some))
        found.update(dict.fromkeys(db.connection().execute(query).scalars()))
    return list(found)


def waiting_for(db: Session, source: str, keys: Iterable[str]) -> set[str]:
    """Returns those of the references that some resource still waits for."""
    found: set[str] = set()
    for some in _parts(list(keys)):
        query = select(unresolved.c.reference).distinct()
        query = query.where(unresolved.c.source == source, unresolved.c.reference.in_(some))
        found.update(db.connection().execute(query).scalars())
    return found


def by_ids(db: Session, ids: Iterable[str]) -> list[Found]:
    """Returns resources with their text."""
    found: list[Found] = []
    for some in _parts(list(ids)):
        query = select(*_LIGHT, resources.c.text).where(or_(resources.c.id.in_(some)))
        found += db.connection().execute(query).all()
    return found


def _parts(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]

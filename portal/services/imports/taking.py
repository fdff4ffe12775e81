"""Taking a planned file: every row of it in one transaction, with its trace."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, false, insert, select, update
from sqlmodel import Session

from portal import live
from portal.errors import Conflict
from portal.integrations.fhir import mapping
from portal.models import audit as trace
from portal.models import clinical, people
from portal.models.base import new_id
from portal.security import audit
from portal.security.actor import Actor
from portal.services import patients
from portal.services.imports import bulk, lookup
from portal.services.imports.desk import Plan
from portal.services.imports.rows import (
    ACTIVITY,
    NUMBER,
    OBSERVATION,
    PARTICIPANT,
    RESOURCE,
    VERSION,
    WAITING,
)

AT_ONCE = 500
TOPIC_OF_ALL = "record"
REPORT = mapping.table(clinical.DiagnosticReport)

# Parents before children: foreign keys are judged row by row.
ORDER: tuple[Table, ...] = tuple(
    mapping.table(model)
    for model in (
        people.Organization,
        people.Location,
        people.Practitioner,
        people.PractitionerRole,
        people.Patient,
        people.RelatedPerson,
        clinical.FhirResource,
        clinical.FhirResourceVersion,
        clinical.FhirIdentifier,
        clinical.UnresolvedReference,
        clinical.Encounter,
        clinical.Condition,
        clinical.AllergyIntolerance,
        clinical.MedicationRequest,
        clinical.Immunization,
        clinical.Procedure,
        clinical.DiagnosticReport,
        clinical.Observation,
        clinical.DocumentReference,
        clinical.CarePlan,
        clinical.CarePlanActivity,
        clinical.CareTeam,
        clinical.CareTeamParticipant,
        clinical.Goal,
    )
)
PARENT = {
    OBSERVATION: OBSERVATION.c.component_of,
    ACTIVITY: ACTIVITY.c.care_plan_id,
    PARTICIPANT: PARTICIPANT.c.care_team_id,
    NUMBER: NUMBER.c.resource_id,
}


class CameBetween(Conflict):
    """Another import was faster; the plan is made again."""


def take(db: Session, actor: Actor, *, plan: Plan, run: clinical.ImportRun, now: datetime) -> None:
    """Writes a planned file and its trace; raises `CameBetween` if the plan is out of date."""
    if lookup.files_taken(db) != plan.seen:
        raise CameBetween
    connection = db.connection()
    file_id = _note_file(connection, plan, run, now)
    _clear(connection, plan)
    _into_history(connection, plan, now)
    for table in ORDER:
        _insert(connection, plan, table, file_id, now)
    for table in ORDER:
        _update(connection, plan, table, file_id, now)
    _join(connection, plan)
    _correct(connection, plan, now)
    _leave_trace(db, actor, plan, run, now)
    patients.catch_up(db)


def _note_file(connection: Connection, plan: Plan, run: clinical.ImportRun, now: datetime) -> str:
    runs, files = mapping.table(clinical.ImportRun), mapping.table(clinical.ImportFile)
    if connection.execute(select(runs.c.id).where(runs.c.id == run.id)).first() is None:
        connection.execute(insert(runs).values(run.model_dump()))
    report, file_id = plan.report, new_id()
    values = {
        "id": file_id,
        "import_run_id": run.id,
        "name": report.name[-500:],
        "size": report.size,
        "taken_at": now,
        "new": report.new,
        "changed": report.changed,
        "same": report.same,
        "kept": report.kept,
        "refused": report.refused,
    }
    connection.execute(insert(files).values(values))
    return file_id


def _clear(connection: Connection, plan: Plan) -> None:
    """Takes away what is made anew: parts of changed records, references that waited."""
    for table, parents in plan.parts_of.items():
        for some in _parts(parents):
            connection.execute(delete(table).where(PARENT[table].in_(some)))
    for some in _parts(plan.settled):
        connection.execute(delete(WAITING).where(WAITING.c.resource_id.in_(some)))


def _into_history(connection: Connection, plan: Plan, now: datetime) -> None:
    for some in _parts(plan.replaced):
        query = select(RESOURCE).where(RESOURCE.c.id.in_(some))
        rows = [
            {
                "id": new_id(),
                "resource_id": row.id,
                "version_id": row.version_id,
                "last_updated": row.last_updated,
                "sha256": row.sha256,
                "text": row.text,
                "imported_at": row.imported_at,
                "replaced_at": now,
                "import_file_id": row.import_file_id,
            }
            for row in connection.execute(query)
        ]
        connection.execute(insert(VERSION), rows)


def _stamped(table: Table, file_id: str, now: datetime) -> dict[str, Any]:
    """Returns what is only known when a resource is written."""
    if table is RESOURCE:
        return {"import_file_id": file_id, "imported_at": now}
    if table is VERSION:
        return {"import_file_id": file_id, "imported_at": now, "replaced_at": now}
    return {}


def _insert(connection: Connection, plan: Plan, table: Table, file_id: str, now: datetime) -> None:
    stamp = _stamped(table, file_id, now)
    for rows in plan.new.batches(table):
        if stamp:
            for row in rows:
                row.update(stamp)
        bulk.insert(connection, table, rows)


def _update(connection: Connection, plan: Plan, table: Table, file_id: str, now: datetime) -> None:
    stamp = _stamped(table, file_id, now)
    for rows in plan.changed.batches(table):
        for names, alike in _alike(rows):
            full = stamp if "text" in names else {}
            if table is OBSERVATION:
                _keep_earlier_values(connection, alike)
            columns = {name: bindparam(name) for name in (*names, *full) if name != "b_id"}
            statement = update(table).where(table.c.id == bindparam("b_id")).values(columns)
            connection.execute(statement, [{**row, **full} for row in alike])


def _alike(rows: list[dict[str, Any]]) -> Iterator[tuple[tuple[str, ...], list[dict[str, Any]]]]:
    """Yields rows that change the same columns together."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(sorted(row)), []).append(row)
    yield from groups.items()


def _keep_earlier_values(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Lets a corrected value stand beside what it was."""
    columns = (
        OBSERVATION.c.id,
        OBSERVATION.c.comparator,
        OBSERVATION.c.value_text,
        OBSERVATION.c.unit,
        OBSERVATION.c.earlier_value,
    )
    before: dict[str, Any] = {}
    for some in _parts([row["b_id"] for row in rows]):
        query = select(*columns).where(OBSERVATION.c.id.in_(some))
        before.update((row.id, row) for row in connection.execute(query))
    for row in rows:
        old = before[row["b_id"]]
        is_other = (old.comparator, old.value_text, old.unit) != (
            row["comparator"],
            row["value_text"],
            row["unit"],
        )
        said = " ".join(filter(None, (old.comparator, old.value_text, old.unit)))
        row["earlier_value"] = said[:500] if is_other and said else old.earlier_value


def _join(connection: Connection, plan: Plan) -> None:
    """Puts values into the reports and panels that name them."""
    for rows, names in (
        (plan.reports_of, ("report_id", "position")),
        (plan.panels_of, ("panel_id",)),
    ):
        if rows:
            columns = {name: bindparam(name) for name in names}
            statement = update(OBSERVATION).where(OBSERVATION.c.id == bindparam("b_id"))
            connection.execute(statement.values(columns), rows)


def _correct(connection: Connection, plan: Plan, now: datetime) -> None:
    """Makes a corrected result news again, unless the clinic holds it back."""
    for kind, table in (("DiagnosticReport", REPORT), ("Observation", OBSERVATION)):
        for some in _parts(plan.corrected.get(kind, [])):
            shown = table.c.released_at.is_not(None)
            statement = update(table).where(table.c.id.in_(some), shown)
            connection.execute(statement.values(released_at=now, is_history=false()))


def _leave_trace(
    db: Session, actor: Actor, plan: Plan, run: clinical.ImportRun, now: datetime
) -> None:
    """Leaves one trace for each patient concerned, and tells the open pages after the commit."""
    changes: list[dict[str, Any]] = []
    for patient_id, topics in plan.touched.items():
        audit.record(
            db,
            actor,
            "C",
            category=TOPIC_OF_ALL,
            now=now,
            patient_id=patient_id,
            entity=f"ImportRun/{run.id}",
            reason=plan.report.name.rpartition("/")[2][:200],
        )
        for topic in sorted({*topics, TOPIC_OF_ALL}):
            live.tell(db, topic, (patient_id,))
            changes.append({"topic": topic, "patient_id": patient_id, "at": now})
    if not plan.touched:
        audit.record(db, actor, "C", category=TOPIC_OF_ALL, now=now, entity=f"ImportRun/{run.id}")
    if changes:
        db.connection().execute(insert(mapping.table(trace.LiveChange)), changes)


def _parts(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]

"""The rows that a file becomes, table by table."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Table

from portal.integrations.fhir import elements, mapping, moments, reading, references
from portal.integrations.fhir.arrivals import Arrival
from portal.integrations.fhir.mapping import care, results
from portal.integrations.fhir.mapping.common import Values
from portal.integrations.fhir.mapping.links import Links
from portal.integrations.fhir.reading import Json
from portal.models import clinical
from portal.models.base import new_id
from portal.services.imports import following, lookup
from portal.services.imports.desk import NUMBERED, Desk
from portal.services.patients import fold

HISTORY_AFTER = timedelta(days=30)
RESULTS = ("DiagnosticReport", "Observation")
TOPICS = {
    "DiagnosticReport": "results",
    "Observation": "results",
    "MedicationRequest": "medicines",
    "MedicationStatement": "medicines",
}
# What a newer version never changes: what the clinic decided here, and what other rows decide.
OURS = ("released_at", "is_history", "confidential", "report_id", "panel_id", "position")

RESOURCE = mapping.table(clinical.FhirResource)
VERSION = mapping.table(clinical.FhirResourceVersion)
NUMBER = mapping.table(clinical.FhirIdentifier)
WAITING = mapping.table(clinical.UnresolvedReference)
OBSERVATION = mapping.table(clinical.Observation)
ACTIVITY = mapping.table(clinical.CarePlanActivity)
PARTICIPANT = mapping.table(clinical.CareTeamParticipant)


def write_down(desk: Desk) -> None:
    """Makes the rows of everything on the desk."""
    desk.targets.clear()
    links = Links(desk.find)
    _gather_reports(desk, links)
    for arrival in desk.work:
        _write_one(desk, arrival, links)
        _note_waiting(desk, arrival)
        if arrival.packed and arrival.type not in lookup.TOLD_BY_TEXT:
            arrival.packed = b""


def _gather_reports(desk: Desk, links: Links) -> None:
    """Notes which value stands in which report, and in which panel, before the values come."""
    here = {each.id: each for each in desk.work}
    for arrival in desk.work:
        if arrival.type == "DiagnosticReport" and arrival.has_record:
            for position, target in enumerate(_targets(desk, arrival, "result")):
                if target.patient_id == arrival.patient_id:
                    links.reports.setdefault(target.id, (arrival.id, position))
        if arrival.type == "Observation" and arrival.has_record and b"hasMember" in arrival.json():
            for target in _targets(desk, arrival, "hasMember"):
                if target.patient_id == arrival.patient_id and target.id != arrival.id:
                    desk.plan.panels_of.append({"b_id": target.id, "panel_id": arrival.id})
    for value_id, (report_id, position) in links.reports.items():
        if value_id not in here or here[value_id].state != "new":
            desk.plan.reports_of.append(
                {"b_id": value_id, "report_id": report_id, "position": position}
            )


def _targets(desk: Desk, arrival: Arrival, name: str) -> list[Any]:
    listed = elements.listed(arrival.opened().get(name))
    found = (desk.find(references.written(each)) for each in listed)
    return [each for each in found if each and each.type == "Observation" and each.has_record]


def _write_one(desk: Desk, arrival: Arrival, links: Links) -> None:
    kind, report = arrival.type, desk.report
    if kind in mapping.RECORDS and arrival.has_record:
        _write_record(desk, arrival, links)
    elif kind in mapping.PEOPLE:
        arrival.has_record = _write_person(desk, arrival, links)
    if arrival.state == "changed":
        report.changed += 1
    elif arrival.state == "new" and arrival.has_record:
        report.new += 1
    elif arrival.state == "new":
        report.kept += 1
    _write_resource(desk, arrival)
    if arrival.patient_id:
        desk.plan.touched[arrival.patient_id].add(TOPICS.get(kind, "record"))


def _write_record(desk: Desk, arrival: Arrival, links: Links) -> None:
    model, mapper = mapping.RECORDS[arrival.type]
    it = arrival.opened()
    said = mapper(it, links)
    assert said is not None  # noqa: S101 - mappers of clinical records always say something
    row = {
        **mapping.blank(arrival.type),
        "patient_id": arrival.patient_id,
        "resource_id": arrival.id,
        "source": desk.source,
        **said,
        "id": arrival.id,
    }
    _keep_within(desk, row)
    if arrival.type in RESULTS:
        _release(desk, row)
    if arrival.type == "Observation":
        row["report_id"], row["position"] = links.reports.get(arrival.id, (None, 0))
    _lay(desk, arrival, mapping.table(model), row)
    _write_parts(desk, arrival, it, links, row)


def _keep_within(desk: Desk, row: Values) -> None:
    """Drops the link to a visit that is another patient's."""
    visit = row["encounter_id"]
    if visit and desk.owners.get(visit) != row["patient_id"]:
        row["encounter_id"] = None


def _release(desk: Desk, row: Values) -> None:
    """Releases a result at once, as of its own day; what is long known is nobody's news."""
    at = moments.first(row["issued"], row["effective"])
    row["released_at"] = at if at and at < desk.now else desk.now
    row["is_history"] = at is None or at < desk.now - HISTORY_AFTER


def _lay(desk: Desk, arrival: Arrival, table: Table, row: Values) -> None:
    if not arrival.had_record:
        desk.plan.new.add(table, row)
        return
    changes = {name: value for name, value in row.items() if name not in OURS}
    changes["b_id"] = changes.pop("id")
    desk.plan.changed.add(table, changes)
    if arrival.type in RESULTS and arrival.state == "changed":
        desk.plan.corrected[arrival.type].append(arrival.id)


def _write_parts(desk: Desk, arrival: Arrival, it: Json, links: Links, row: Values) -> None:
    """Makes the rows below a record: components, activities, participants."""
    parts = _parts(arrival.type, it, links, row)
    if parts is None:
        return
    table, column, rows = parts
    if arrival.had_record:
        desk.plan.parts_of[table].append(arrival.id)
    for part in rows:
        desk.plan.new.add(table, {**part, "id": new_id(), column: arrival.id})


def _parts(
    kind: str, it: Json, links: Links, row: Values
) -> tuple[Table, str, list[Values]] | None:
    if kind == "Observation" and "component" in it:
        whole = {**row, "report_id": None, "panel_id": None}
        listed = enumerate(elements.listed(it["component"]))
        rows = [{**results.component(each, whole), "position": place} for place, each in listed]
        return OBSERVATION, "component_of", rows
    if kind == "CarePlan":
        return ACTIVITY, "care_plan_id", care.activities(it, links)
    if kind == "CareTeam":
        return PARTICIPANT, "care_team_id", care.participants(it, links)
    return None


def _write_person(desk: Desk, arrival: Arrival, links: Links) -> bool:
    """Makes the row of a person or place; returns whether there is one."""
    model, mapper = mapping.PEOPLE[arrival.type]
    said = mapper(arrival.opened(), links)
    if said is None:
        return arrival.had_record
    said = _searchable(arrival.type, said)
    if arrival.had_record:
        _change_person(desk, arrival, said, mapper, links)
        return True
    row = {
        **mapping.blank(arrival.type),
        "fhir_source": desk.source,
        "fhir_id": arrival.fhir_id,
        **said,
        "id": arrival.id,
    }
    desk.plan.new.add(mapping.table(model), row)
    return True


def _searchable(kind: str, said: Values) -> Values:
    if kind != "Patient":
        return said
    return {**said, "family_key": fold(said["family"]), "given_key": fold(said["given"])}


def _change_person(
    desk: Desk, arrival: Arrival, said: Values, mapper: mapping.Mapper, links: Links
) -> None:
    """Changes only what the new version says otherwise: what was entered here since stays."""
    before: Values = {}
    if arrival.state == "changed":
        old = mapper(reading.decode_kept(desk.old_texts[arrival.id]), links) or {}
        before = _searchable(arrival.type, old) if old else {}
    elif arrival.state == "again":
        names = ("general_practitioner_id", "organization_id", "practitioner_id")
        before = {name: value for name, value in said.items() if name not in names}
    changes = {name: value for name, value in said.items() if before.get(name, ...) != value}
    if changes:
        table = mapping.table(mapping.PEOPLE[arrival.type][0])
        desk.plan.changed.add(table, {**changes, "b_id": arrival.id})


def _write_resource(desk: Desk, arrival: Arrival) -> None:
    """Keeps the resource whole."""
    plan = desk.plan
    whose = {"patient_id": arrival.patient_id or None, "has_record": arrival.has_record}
    if arrival.state == "again":
        plan.changed.add(RESOURCE, {**whose, "b_id": arrival.id})
        return
    row = {
        **_as_it_came(arrival),
        **whose,
        "full_url": arrival.full_url,
    }
    if arrival.state == "new":
        row |= {
            "id": arrival.id,
            "source": desk.source,
            "type": arrival.type,
            "fhir_id": arrival.fhir_id,
        }
        plan.new.add(RESOURCE, row)
        _number(desk, arrival)
    else:
        plan.changed.add(RESOURCE, {**row, "b_id": arrival.id})
        plan.replaced.append(arrival.id)
        plan.parts_of[NUMBER].append(arrival.id)
        _number(desk, arrival)
    for earlier in desk.earlier.get(arrival.id, ()):
        history = {**_as_it_came(earlier), "id": new_id(), "resource_id": arrival.id}
        plan.new.add(VERSION, history)


def _as_it_came(arrival: Arrival) -> Values:
    return {
        "version_id": arrival.version_id,
        "last_updated": arrival.last_updated,
        "sha256": arrival.sha256,
        "text": arrival.json().decode(),
    }


def _number(desk: Desk, arrival: Arrival) -> None:
    """Notes the numbers that a person or place is known by."""
    if arrival.type not in NUMBERED:
        return
    for system, value in references.identifiers(arrival.opened()):
        row = {
            "id": new_id(),
            "resource_id": arrival.id,
            "source": desk.source,
            "type": arrival.type,
            "system": system[:500],
            "value": value[:300],
        }
        desk.plan.new.add(NUMBER, row)


def _note_waiting(desk: Desk, arrival: Arrival) -> None:
    """Notes the references that lead nowhere yet, so that they are followed when it comes."""
    if arrival.state != "new":
        desk.plan.settled.append(arrival.id)
    for key in following.unresolved(desk, arrival):
        awaited = references.awaited(key)
        if arrival.state != "again":
            desk.report.waiting.add(awaited)
        row = {
            "id": new_id(),
            "resource_id": arrival.id,
            "source": desk.source,
            "reference": awaited,
        }
        desk.plan.new.add(WAITING, row)

"""Following references: whom each resource is about, and what others it points to."""

from typing import Any

from portal.integrations.fhir import elements, reading, references
from portal.integrations.fhir.arrivals import Arrival
from portal.integrations.fhir.mapping.links import Target
from portal.integrations.fhir.reading import Json, NotReadable
from portal.services.imports import lookup
from portal.services.imports.desk import Desk
from portal.services.patients import fold
from portal.words import _, _n

SHOWN = 3


class PatientMissing(NotReadable):
    """A bundle about somebody who is neither in it nor in the portal."""

    sentence = _(
        "This bundle is about {who}, who is neither in it nor in the portal. "
        "Import the patient's own record with it."
    )


def follow(desk: Desk) -> None:
    """Finds the targets of all references, and gives each resource to its patient."""
    _call_waiting(desk)
    _look_outside(desk)
    _give_to_patients(desk)


def _call_waiting(desk: Desk) -> None:
    """Takes up again what waited for a resource that is in this file."""
    keys: list[str] = []
    for arrival in desk.work:
        if arrival.state == "new":
            keys += _names_of(arrival)
    ids = lookup.waiting(desk.db, desk.source, keys) if keys else []
    at_work = {each.id for each in desk.work}
    for row in lookup.by_ids(desk.db, (each for each in ids if each not in at_work)):
        arrival = _taken_up(row)
        desk.work.append(arrival)
        desk.local[arrival.key] = arrival
    if ids:
        said = _n(
            "{count} resource that came before had waited for one of these.",
            "{count} resources that came before had waited for these.",
            len(ids),
        )
        desk.report.remarks.append(said)


def _names_of(arrival: Arrival) -> list[str]:
    """Returns every reference that may mean a resource."""
    names = [arrival.key, f"urn:uuid:{arrival.fhir_id}"]
    if arrival.full_url and arrival.full_url not in names:
        names.append(arrival.full_url)
    if arrival.type in references.SHARED or arrival.type == "Patient":
        for system, value in references.identifiers(arrival.opened()):
            names += [f"{arrival.type}?identifier={part}" for part in (f"{system}|{value}", value)]
    return names


def _taken_up(row: Any) -> Arrival:
    return Arrival(
        place=0,
        type=row.type,
        fhir_id=row.fhir_id,
        full_url=row.full_url,
        version_id=row.version_id,
        last_updated=row.last_updated,
        sha256=row.sha256,
        raw=b"",
        text=row.text.encode(),
        it=reading.decode_kept(row.text),
        state="again",
        id=row.id,
        patient_id=row.patient_id or "",
        has_record=row.has_record,
        had_record=row.has_record,
    )


def _look_outside(desk: Desk) -> None:
    """Looks up, all at once, what the file points to beyond itself."""
    wanted: set[str] = set()
    for arrival in desk.work:
        wanted |= references.all_in(arrival.json())
    local = desk.local
    beyond = {key for key in wanted if key not in local and desk.here(key) is None}
    desk.outside = lookup.targets(desk.db, desk.source, beyond) if beyond else {}


def _give_to_patients(desk: Desk) -> None:
    """Finds whose each resource is: only where it names exactly one person."""
    missing: dict[str, Json] = {}
    others: list[Arrival] = []
    for arrival in desk.work:
        if arrival.type == "Patient":
            arrival.patient_id = arrival.id
            arrival.has_record = True
        elif arrival.type in references.SHARED:
            arrival.has_record = arrival.type in lookup.PEOPLE
        else:
            others.append(arrival)
    for late in (False, True):
        desk.targets.clear()
        for arrival in others:
            if (arrival.type in references.PATIENT_ELEMENTS) is late:
                _give(desk, arrival, missing)
    desk.targets.clear()
    desk.owners = {
        each.id: each.patient_id for each in desk.local.values() if each.type == "Encounter"
    }
    for target in desk.outside.values():
        if target.type == "Encounter" and target.patient_id:
            desk.owners[target.id] = target.patient_id
    if missing and desk.is_bundle:
        _refuse_headless(desk, missing)


def _give(desk: Desk, arrival: Arrival, missing: dict[str, Json]) -> None:
    owners: set[str] = set()
    for reference in references.of_patient(arrival.opened()):
        key = references.written(reference)
        target = desk.find(key)
        if target is None:
            if _means_patient(key, reference):
                missing[key] = reference
        elif target.type == "Patient":
            if _is_meant(desk, target, reference, arrival):
                owners.add(target.id)
        elif target.patient_id and arrival.type in references.PATIENT_ELEMENTS:
            owners.add(target.patient_id)
    if arrival.patient_id and owners and owners != {arrival.patient_id}:
        desk.report.remarks.append(
            _("{key} now names another patient; it stays where it was.").format(key=arrival.key)
        )
    elif len(owners) == 1:
        arrival.patient_id = owners.pop()
    arrival.has_record = bool(arrival.patient_id) and arrival.type in lookup.RECORDS


def _means_patient(key: str, reference: Json) -> bool:
    place = references.type_and_id(key)
    if place:
        return place[0] == "Patient"
    return bool(key) and (
        key.startswith(("urn:", "Patient?")) or reference.get("type") == "Patient"
    )


def _is_meant(desk: Desk, target: Target, reference: Json, arrival: Arrival) -> bool:
    """Whether a reference that also names its patient names the one that was found."""
    said = reference.get("display")
    if type(said) is not str or not said:
        return True
    known = _words_of(desk, target)
    words = set(fold(said).replace(",", " ").split())
    if not known or not words or words & known or not _same_script(words, known):
        return True
    desk.report.remarks.append(
        _(
            "{key} says that its patient is “{said}”, but {patient} is somebody of another name "
            "here. It was kept, but not put into that record. Use --source for another system."
        ).format(key=arrival.key, said=said[:80], patient=references.written(reference))
    )
    return False


def _words_of(desk: Desk, target: Target) -> set[str]:
    """Returns every word of every name that a patient has or had, folded."""
    if target.id not in desk.name_words:
        here = next((each for each in desk.local.values() if each.id == target.id), None)
        it = here.opened() if here else {}
        if here is None:
            for text in lookup.texts(desk.db, [target.id]).values():
                it = reading.decode_kept(text)
        names = (elements.one_name(each) for each in elements.listed(it.get("name")))
        folded = fold(" ".join(names)).replace(",", " ")
        desk.name_words[target.id] = set(folded.split())
    return desk.name_words[target.id]


def _same_script(words: set[str], known: set[str]) -> bool:
    return all("".join(group).isascii() for group in (words, known))


def _refuse_headless(desk: Desk, missing: dict[str, Json]) -> None:
    """Refuses a bundle that is about nobody who is known, unless the patient was refused in it."""
    if any(each.type == "Patient" for each in desk.local.values()):
        return
    if any(each.patient_id for each in desk.work) or any(key in desk.refused for key in missing):
        return
    shown = [str(one.get("display") or key)[:80] for key, one in missing.items()][:SHOWN]
    raise PatientMissing(_(PatientMissing.sentence).format(who=", ".join(shown)))


def unresolved(desk: Desk, arrival: Arrival) -> list[str]:
    """Returns the references of a resource that lead nowhere yet."""
    return [key for key in references.all_in(arrival.json()) if desk.find(key) is None]

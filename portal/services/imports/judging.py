"""What each resource of a file is: new, changed, the same, older, or refused and why."""

from typing import Any

from portal.integrations.fhir import arrivals as arriving
from portal.integrations.fhir import checks, elements, reading, references, versions
from portal.integrations.fhir.arrivals import ID_LENGTH, Arrival
from portal.integrations.fhir.mapping.people import families
from portal.integrations.fhir.reading import Json, NotReadable
from portal.models.base import new_id
from portal.services.imports import lookup
from portal.services.imports.desk import Desk
from portal.services.patients import fold
from portal.words import _, _n

LARGE = 16 * 1024 * 1024
AT_ONCE = 2000


class SomebodyElse(NotReadable):
    """Another person is known under the same id; two people are never made one."""

    sentence = _(
        "{key} is {known} here, but {given} in this file: two different people. "
        "Give each system its own name with --source."
    )


def judge(desk: Desk) -> None:
    """Finds the state of every resource on the desk; those to be written become its work."""
    is_large = sum(len(each.raw) for each in desk.arrivals) > LARGE
    for start in range(0, len(desk.arrivals), AT_ONCE):
        some = desk.arrivals[start : start + AT_ONCE]
        rows = lookup.stored(desk.db, desk.source, {(each.type, each.fhir_id) for each in some})
        stored = {(row.type, row.fhir_id): row for row in rows}
        for arrival in some:
            _judge_one(desk, arrival, stored.get((arrival.type, arrival.fhir_id)))
            if is_large:
                arrival.put_aside()
    _compare_with_stored(desk)
    _tell_older(desk)


def _judge_one(desk: Desk, arrival: Arrival, row: Any) -> None:
    if row is not None and row.sha256 == arrival.sha256:
        _is_known(arrival, row)
        arrival.state = "same"
        desk.report.same += 1
        _place(desk, arrival)
        return
    it = arrival.opened()
    versions.refuse_other(it)
    wrong = _problems(arrival, it)
    if wrong:
        _refuse(desk, arrival, wrong)
        return
    _meet_itself(desk, arrival, row)


def _problems(arrival: Arrival, it: Json) -> list[str]:
    wrong = checks.problems(it)
    if len(arrival.fhir_id) > ID_LENGTH:
        wrong.append(
            _("{place}: an id has at most 64 characters").format(place=f"{arrival.type}.id")
        )
    return wrong


def _refuse(desk: Desk, arrival: Arrival, wrong: list[str]) -> None:
    arrival.state = "refused"
    desk.report.refused += 1
    desk.refused.add(arrival.key)
    if arrival.full_url:
        desk.refused.add(references.key(arrival.full_url))
    where = f"{arrival.place}. " if len(desk.arrivals) > 1 else ""
    desk.report.reasons.append(f"{where}{arrival.key[:100]} – {'; '.join(wrong)}")


def _is_known(arrival: Arrival, row: Any) -> None:
    arrival.id = row.id
    arrival.patient_id = row.patient_id or ""
    arrival.has_record = arrival.had_record = row.has_record


def _place(desk: Desk, arrival: Arrival) -> None:
    """Lets the others in the file find a resource by its id and by its address."""
    desk.local[arrival.key] = arrival
    if arrival.full_url:
        desk.local[references.key(arrival.full_url)] = arrival


def _meet_itself(desk: Desk, arrival: Arrival, row: object | None) -> None:
    """Settles what a resource is when the same one came before in this file."""
    before = desk.local.get(arrival.key)
    if before is not None and before.state != "same":
        _follow(desk, before, arrival)
        return
    if row is None:
        arrival.id, arrival.state = new_id(), "new"
    else:
        _is_known(arrival, row)
        desk.stored[arrival.type, arrival.fhir_id] = row
        arrival.state = "changed"
    desk.work.append(arrival)
    _place(desk, arrival)


def _follow(desk: Desk, before: Arrival, arrival: Arrival) -> None:
    """Puts the older of two versions in one file into the history of the newer."""
    if before.json() == arrival.json():
        arrival.state = "same"
        desk.report.same += 1
        return
    refuse_somebody_else(before.opened(), arrival.opened(), arrival.key)
    older = arriving.is_older(
        arrival.version_id, arrival.last_updated, before.version_id, before.last_updated
    )
    arrival.id = before.id
    if older:
        arrival.state = "earlier"
        desk.earlier[before.id].insert(0, arrival)
    else:
        arrival.state, before.state = before.state, "earlier"
        desk.earlier[before.id].append(before)
        desk.work[desk.work.index(before)] = arrival
        _place(desk, arrival)
    desk.report.changed += 1


def _compare_with_stored(desk: Desk) -> None:
    """Sorts out what only looks changed, and what is older than what is kept.

    What came before and was replaced since is not new again: the same files twice change nothing.
    """
    looks = [each for each in desk.work if each.state == "changed"]
    if not looks:
        return
    desk.old_texts = lookup.texts(desk.db, (each.id for each in looks))
    seen = lookup.earlier_hashes(desk.db, (each.id for each in looks))
    for arrival in looks:
        row = desk.stored[arrival.type, arrival.fhir_id]
        old = desk.old_texts[arrival.id]
        arrival.opened()
        if arrival.sha256 in seen.get(arrival.id, ()) or reading.same(old, arrival.json()):
            arrival.state = "same"
        elif arriving.is_older(
            arrival.version_id, arrival.last_updated, row.version_id, row.last_updated
        ):
            arrival.state = "older"
        else:
            refuse_somebody_else(reading.decode_kept(old), arrival.opened(), arrival.key)
            continue
        desk.report.same += 1
    desk.work = [each for each in desk.work if each.state in ("new", "changed")]


def _tell_older(desk: Desk) -> None:
    older = sum(each.state == "older" for each in desk.arrivals)
    if older:
        said = _n(
            "{count} resource is older than what is kept; the newer one stays.",
            "{count} resources are older than what is kept; the newer ones stay.",
            older,
        )
        desk.report.remarks.append(said)


def refuse_somebody_else(known: Json, given: Json, key: str) -> None:
    """Refuses two people under one id: both the family name and the day of birth differ."""
    if given.get("resourceType") != "Patient":
        return
    born, now_born = known.get("birthDate"), given.get("birthDate")
    names, now_names = _folded(known), _folded(given)
    if born and now_born and born != now_born and names and now_names and not names & now_names:
        raise SomebodyElse(
            _(SomebodyElse.sentence).format(
                key=key,
                known=f"{elements.human_name(known.get('name'))} ({born})",
                given=f"{elements.human_name(given.get('name'))} ({now_born})",
            )
        )


def _folded(it: Json) -> set[str]:
    return {fold(name) for name in families(it)}

"""The desk: one file being worked on, and what was found out about it so far."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table
from sqlmodel import Session

from portal.integrations.fhir import labels, references
from portal.integrations.fhir.arrivals import Arrival
from portal.integrations.fhir.mapping.common import Values
from portal.integrations.fhir.mapping.links import Target
from portal.services.imports import lookup
from portal.services.imports.report import FileReport
from portal.services.imports.spool import Spool

NUMBERED = ("Practitioner", "Organization", "Location", "PractitionerRole", "Patient")


@dataclass
class Plan:
    """What a file becomes: rows to add and to change, and what else follows from them."""

    source: str
    seen: int
    report: FileReport
    new: Spool = field(default_factory=Spool)
    changed: Spool = field(default_factory=Spool)
    # Ids of resources whose present text goes to the history before it is replaced.
    replaced: list[str] = field(default_factory=list)
    # Ids of resources whose waiting references are to be noted anew.
    settled: list[str] = field(default_factory=list)
    reports_of: list[Values] = field(default_factory=list)
    panels_of: list[Values] = field(default_factory=list)
    corrected: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    # Ids of records whose parts are made anew, by the parts' table.
    parts_of: dict[Table, list[str]] = field(default_factory=lambda: defaultdict(list))
    # Whose records change, and the topics that their open pages are told.
    touched: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return self.new.is_empty and self.changed.is_empty and not self.settled


@dataclass
class Desk:
    """One file being worked on. `work` are the resources that rows are made of."""

    db: Session
    source: str
    now: datetime
    arrivals: list[Arrival]
    is_bundle: bool
    plan: Plan
    stored: dict[tuple[str, str], Any] = field(default_factory=dict)
    work: list[Arrival] = field(default_factory=list)
    earlier: dict[str, list[Arrival]] = field(default_factory=lambda: defaultdict(list))
    old_texts: dict[str, str] = field(default_factory=dict)
    local: dict[str, Arrival] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    outside: dict[str, Target] = field(default_factory=dict)
    targets: dict[str, Target | None] = field(default_factory=dict)
    uuids: dict[str, Arrival] | None = None
    numbers: dict[tuple[str, str, str], Arrival] | None = None

    # Whose each visit is, and the words of the patients' names, by id.
    owners: dict[str, str] = field(default_factory=dict)
    name_words: dict[str, set[str]] = field(default_factory=dict)

    @property
    def report(self) -> FileReport:
        """What is told of this file."""
        return self.plan.report

    def find(self, key: str) -> Target | None:
        """Returns what a reference points to, in this file or in the database; None if neither."""
        if not key:
            return None
        try:
            return self.targets[key]
        except KeyError:
            arrival = self.here(key)
            found = target_of(arrival) if arrival else self.outside.get(key)
            self.targets[key] = found
            return found

    def here(self, key: str) -> Arrival | None:
        """Returns the resource of this file that a reference points to."""
        found = self.local.get(key)
        if found:
            return found
        if key.startswith("urn:uuid:"):
            return self.by_uuid(key.removeprefix("urn:uuid:"))
        place = references.type_and_id(key)
        if place:
            found = self.local.get(f"{place[0]}/{place[1]}")
            return found if found and lookup.fits(key, found.full_url) else None
        query = references.identifier_query(key)
        return self._by_number(query) if query else None

    def by_uuid(self, uuid: str) -> Arrival | None:
        """Returns the resource whose own id a `urn:uuid:` names, where no address says so."""
        if self.uuids is None:
            self.uuids = {each.fhir_id: each for each in self.local.values() if not each.full_url}
        return self.uuids.get(uuid)

    def _by_number(self, query: tuple[str, str, str]) -> Arrival | None:
        if self.numbers is None:
            self.numbers = {}
            for each in self.local.values():
                if each.type in NUMBERED:
                    for system, value in references.identifiers(each.opened()):
                        self.numbers[each.type, system, value] = each
                        self.numbers.setdefault((each.type, "", value), each)
        return self.numbers.get(query)


def target_of(arrival: Arrival) -> Target:
    """Returns what others need to know of a resource of this file."""
    it = arrival.opened() if arrival.type in lookup.TOLD_BY_TEXT else {}
    return Target(
        id=arrival.id,
        type=arrival.type,
        label=labels.label(it),
        leads_to=labels.leads_to(it),
        patient_id=arrival.patient_id,
        has_record=arrival.has_record,
    )

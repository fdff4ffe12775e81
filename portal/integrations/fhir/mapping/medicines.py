"""Medicines: orders, and what people say they take."""

from portal.integrations.fhir import dosage, elements
from portal.integrations.fhir.mapping.common import (
    Values,
    around,
    by,
    choice,
    date,
    reasons,
    status,
)
from portal.integrations.fhir.mapping.history import medicine_named
from portal.integrations.fhir.mapping.links import Links
from portal.integrations.fhir.reading import Json

# A statement's state in the words of an order; what is not taken was stopped as far as a list goes.
STATED = {"intended": "draft", "not-taken": "stopped"}


def medication_request(it: Json, links: Links) -> Values:
    """Returns what the medicines table says of a MedicationRequest."""
    authored = date(it.get("authoredOn"))
    supply = elements.first(it.get("dispenseRequest"))
    repeats = supply.get("numberOfRepeatsAllowed")
    instructions = elements.listed(it.get("dosageInstruction"))
    return {
        **medicine_named(it, links),
        **around(links, it, authored),
        **by(links, it, it.get("requester"), it.get("recorder")),
        "status": status(it),
        "intent": elements.text(it.get("intent"), 100) or "order",
        "dosage": dosage.sentence(instructions),
        "as_needed": dosage.is_as_needed(instructions),
        "reported": it.get("reportedBoolean") is True or "reportedReference" in it,
        "authored_on": authored,
        "ends": elements.period(supply.get("validityPeriod"))[1],
        "refills": repeats if type(repeats) is int and 0 <= repeats < 2**31 else None,
        "quantity": elements.quantity(supply.get("quantity"))[:100],
        "reason": reasons(links, it),
        "status_reason": elements.words(it.get("statusReason")),
    }


def medication_statement(it: Json, links: Links) -> Values:
    """Returns what the medicines table says of a MedicationStatement: reported, not ordered."""
    taken, asserted = choice(it, "effective"), date(it.get("dateAsserted"))
    instructions = elements.listed(it.get("dosage"))
    given = status(it)
    return {
        **medicine_named(it, links),
        **around(links, it, taken, asserted),
        **by(links, it, it.get("informationSource")),
        "encounter_id": links.id_of(it.get("context"), "Encounter"),
        "status": STATED.get(given, given),
        "intent": "plan",
        "dosage": dosage.sentence(instructions),
        "as_needed": dosage.is_as_needed(instructions),
        "reported": True,
        "authored_on": (taken or asserted)[:40],
        "ends": elements.period(it.get("effectivePeriod"))[1],
        "reason": reasons(links, it),
        "status_reason": elements.all_words(it.get("statusReason")),
    }

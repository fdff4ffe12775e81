"""Care plans, teams and goals."""

from portal.integrations.fhir import elements, plain_words
from portal.integrations.fhir.mapping.common import Values, around, by, choice, date, named, status
from portal.integrations.fhir.mapping.links import Links
from portal.integrations.fhir.reading import Json


def care_plan(it: Json, links: Links) -> Values:
    """Returns what the care plans table says of a CarePlan, its activities aside."""
    start, end = elements.period(it.get("period"))
    created = date(it.get("created"))
    categories = elements.listed(it.get("category"))
    name = named(categories[-1:])
    title = elements.text(it.get("title"), 500) or name["title"]
    notes = (elements.text(it.get("description"), 5000), elements.notes(it.get("note"), 5000))
    return {
        **name,
        **around(links, it, start, created),
        **by(links, it, it.get("author"), *elements.listed(it.get("contributor"))),
        "title": title,
        "note": "\n".join(filter(None, notes))[:10_000],
        "status": status(it),
        "intent": elements.text(it.get("intent"), 100),
        "category": elements.all_words(categories),
        "period_start": start,
        "period_end": end,
        "addresses": links.names(it.get("addresses"), it, 500),
    }


def activities(it: Json, links: Links) -> list[Values]:
    """Returns the things to do in a care plan, in their order."""
    return [
        _activity(each, position, links, it)
        for position, each in enumerate(elements.listed(it.get("activity")))
    ]


def _activity(each: Json, position: int, links: Links, it: Json) -> Values:
    detail = elements.first(each.get("detail"))
    code, system = elements.coding(detail.get("code"))
    title = (
        elements.words(detail.get("code"))
        or elements.text(detail.get("description"), 500)
        or links.name(each.get("reference"), it)
        or elements.all_words(each.get("outcomeCodeableConcept"))
    )
    return {
        "position": position,
        "status": elements.text(detail.get("status"), 100),
        "title": title,
        "plain": plain_words.of(code, system, title),
        "code": code,
        "place": links.name(detail.get("location"), it),
        "note": elements.notes(each.get("progress"))
        or elements.text(detail.get("description"), 9000),
    }


def care_team(it: Json, links: Links) -> Values:
    """Returns what the care teams table says of a CareTeam, its participants aside."""
    start, end = elements.period(it.get("period"))
    name = elements.text(it.get("name"), 500)
    return {
        **around(links, it, start),
        "title": name
        or elements.words(it.get("category"))
        or elements.all_words(it.get("reasonCode")),
        "status": elements.text(it.get("status"), 100),
        "author": links.names(it.get("managingOrganization"), it),
        "category": elements.words(it.get("category")),
        "period_start": start,
        "period_end": end,
    }


def participants(it: Json, links: Links) -> list[Values]:
    """Returns the members of a care team, in their order."""
    return [
        {
            "position": position,
            "practitioner_id": links.practitioner(each.get("member")),
            "name": links.name(each.get("member"), it),
            "role": elements.all_words(each.get("role")),
        }
        for position, each in enumerate(elements.listed(it.get("participant")))
    ]


def goal(it: Json, links: Links) -> Values:
    """Returns what the goals table says of a Goal."""
    start, stated = date(it.get("startDate")), date(it.get("statusDate"))
    target = elements.first(it.get("target"))
    return {
        **named(it.get("description")),
        **around(links, it, start, stated, date(target.get("dueDate"))),
        **by(links, it, it.get("expressedBy")),
        "status": status(it, "lifecycleStatus"),
        "achievement": elements.code(it.get("achievementStatus")),
        "category": elements.all_words(it.get("category")),
        "start": start,
        "due": choice({"dueDateTime": target.get("dueDate")}, "due")[:40],
        "target": _aim(target),
        "addresses": links.names(it.get("addresses"), it, 500),
    }


def _aim(target: Json) -> str:
    detail = (
        elements.quantity(target.get("detailQuantity"))
        or elements.span(target.get("detailRange"))
        or elements.words(target.get("detailCodeableConcept"))
        or elements.text(target.get("detailString"), 400)
        or elements.ratio(target.get("detailRatio"))
    )
    return elements.text(
        ": ".join(filter(None, (elements.words(target.get("measure")), detail))), 500
    )

"""How a mapper follows references: what is known of each target, here or in the database."""

from collections.abc import Callable
from dataclasses import dataclass, field

from portal.integrations.fhir import elements, labels, references
from portal.integrations.fhir.reading import Json

CLINICIANS = frozenset({"Practitioner", "PractitionerRole"})


@dataclass(slots=True, frozen=True)
class Target:
    """A resource that others point to, and whose it is.

    `leads_to` is the key that it stands for, if any: a role's practitioner, an order's requester.
    """

    id: str
    type: str
    label: str = ""
    leads_to: str = ""
    patient_id: str = ""
    has_record: bool = True


@dataclass(slots=True)
class Links:
    """The targets known while one file is mapped."""

    find: Callable[[str], Target | None]
    reports: dict[str, tuple[str, int]] = field(default_factory=dict)

    def id_of(self, reference: object, kind: str) -> str | None:
        """Returns the id of the record that a Reference points to, if it is of this type."""
        target = self.find(references.written(reference))
        return target.id if target and target.type == kind and target.has_record else None

    def practitioner(self, reference: object) -> str | None:
        """Returns the id of the practitioner behind a Reference to them or to their role."""
        target = self.find(references.written(reference))
        if target and target.type == "PractitionerRole":
            target = self.find(target.leads_to)
        return target.id if target and target.type == "Practitioner" else None

    def name(self, reference: object, it: Json) -> str:
        """Returns whom or what a Reference names: as written, else as known."""
        if type(reference) is not dict:
            return ""
        said = elements.text(reference.get("display"), 300)
        return said or self._known_name(elements.text(reference.get("reference"), 500), it)

    def _known_name(self, reference: str, it: Json) -> str:
        if reference.startswith("#"):
            inside = contained(it, reference[1:])
            return labels.label(inside) or self._onward(inside, it)
        target = self.find(references.key(reference))
        if not target:
            return ""
        onward = self.find(target.leads_to) if target.leads_to and not target.label else None
        return target.label or (onward.label if onward else "")

    def _onward(self, inside: Json, it: Json) -> str:
        onward = inside.get("practitioner") or inside.get("requester")
        same = type(onward) is dict and onward.get("reference") == f"#{inside.get('id')}"
        return "" if same or not onward else self.name(onward, {**it, "contained": []})

    def names(self, listed: object, it: Json, most: int = 300) -> str:
        """Returns the names behind several References, divided by commas."""
        found = (self.name(each, it) for each in elements.listed(listed))
        return elements.text(", ".join(dict.fromkeys(filter(None, found))), most)


def contained(it: Json, name: str) -> Json:
    """Returns the contained resource of this id, or an empty one."""
    inside = elements.listed(it.get("contained"))
    return next((each for each in inside if each.get("id") == name), {})

"""The frame around every page: landmarks, skip link, one h1, ways on, and what says we are live.

`frame.patient(...)`, `frame.staff(...)` and `frame.public(...)`. The composition root calls
`frame.settle(...)` once, with the Vars of its states, before it adds pages; a page passes only
what differs.
"""

from portal.components.frame.app import (
    HEAD,
    STYLESHEETS,
    app_wraps,
    head_components,
    something_broke,
)
from portal.components.frame.around import (
    Around,
    Clinic,
    Counts,
    Person,
    Relation,
    Rights,
    settle,
    settled,
)
from portal.components.frame.parts import emergency
from portal.components.frame.patients import patient
from portal.components.frame.places import Place, patient_places, staff_places, staff_queues
from portal.components.frame.public import public
from portal.components.frame.staff import staff

__all__ = [
    "HEAD",
    "STYLESHEETS",
    "Around",
    "Clinic",
    "Counts",
    "Person",
    "Place",
    "Relation",
    "Rights",
    "app_wraps",
    "emergency",
    "head_components",
    "patient",
    "patient_places",
    "public",
    "settle",
    "settled",
    "something_broke",
    "staff",
    "staff_places",
    "staff_queues",
]

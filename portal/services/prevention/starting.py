"""The list that a clinic starts with: a few careful examples, switched off.

A doctor of the clinic looks each over before it is switched on. They go by age and sex alone, and
say in words where they come from; whoever is at a higher risk needs more than these.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.prevention import PreventiveRule
from portal.security import audit
from portal.security.actor import Actor
from portal.services import once
from portal.services.prevention.rules import CATEGORY
from portal.words import _

_YEAR = 12
_CHILD_VISIT = "snomed:410620009"
_EXAMPLES: tuple[dict[str, Any], ...] = (
    {
        "id": "flu-from-65",
        "name": _("Flu vaccine"),
        "why": _("Flu can be dangerous from 65 on. The vaccine changes every year."),
        "source": _("CDC, adult immunization schedule: influenza, every year."),
        "kind": "vaccine",
        "from_months": 65 * _YEAR,
        "codes": "cvx:135 cvx:140 cvx:141 cvx:150 cvx:155 cvx:158 cvx:161 cvx:168 cvx:171 cvx:185 "
        "cvx:186 cvx:197 cvx:205",
    },
    {
        "id": "tetanus-booster",
        "name": _("Tetanus booster"),
        "why": _("Protection against tetanus fades. A booster every ten years keeps it up."),
        "source": _("CDC, adult immunization schedule: Td or Tdap, every 10 years."),
        "kind": "vaccine",
        "from_months": 18 * _YEAR,
        "every_months": 10 * _YEAR,
        "codes": "cvx:09 cvx:113 cvx:115 cvx:138 cvx:139 cvx:196",
    },
    {
        "id": "measles-child",
        "name": _("Measles, mumps and rubella vaccine"),
        "why": _("Measles is very catching. Small children get the first dose at one year."),
        "source": _("CDC, child immunization schedule: MMR, first dose at 12 to 15 months."),
        "kind": "vaccine",
        "from_months": 12,
        "until_months": 18 * _YEAR,
        "every_months": 0,
        "codes": "cvx:03 cvx:94",
    },
    {
        "id": "small-child-visit",
        "name": _("Check-up for small children"),
        "why": _("We look at how your child grows, hears, sees and moves."),
        "source": _("AAP, Bright Futures lists more visits: this tells after half a year without."),
        "kind": "check-up",
        "from_months": 2,
        "until_months": 3 * _YEAR,
        "every_months": 6,
        "codes": f"{_CHILD_VISIT} cpt:99381 cpt:99382 cpt:99391 cpt:99392",
        "visit_counts": True,
    },
    {
        "id": "child-visit",
        "name": _("Yearly check-up for children"),
        "why": _("Once a year we look at growth, teeth, eyes and what is on your child’s mind."),
        "source": _("AAP, Bright Futures: every year from 3 to 17."),
        "kind": "check-up",
        "from_months": 3 * _YEAR,
        "until_months": 18 * _YEAR,
        "codes": f"{_CHILD_VISIT} cpt:99382 cpt:99383 cpt:99384 cpt:99392 cpt:99393 cpt:99394",
        "visit_counts": True,
    },
    {
        "id": "blood-pressure",
        "name": _("Blood pressure check"),
        "why": _("High blood pressure is not felt. Measured in time, it can be treated well."),
        "source": _("USPSTF: hypertension in adults, every year from 40 on."),
        "kind": "check-up",
        "from_months": 40 * _YEAR,
        "codes": "loinc:85354-9 loinc:8480-6 loinc:55284-4",
    },
    {
        "id": "cervical-screening",
        "name": _("Cervical screening"),
        "why": _("It finds changes early, when they are easy to treat."),
        "source": _("USPSTF: cervical cancer, ages 21 to 65, every 3 years."),
        "kind": "screening",
        "sex": "female",
        "from_months": 21 * _YEAR,
        "until_months": 66 * _YEAR,
        "every_months": 3 * _YEAR,
        "codes": "loinc:10524-7 loinc:19762-4 loinc:21440-3 snomed:171149006 cpt:88142 cpt:88175",
        "confidential": True,
    },
    {
        "id": "mammography",
        "name": _("Breast screening (mammography)"),
        "why": _("An X-ray of the breast can find cancer before it is felt."),
        "source": _("USPSTF: breast cancer, ages 40 to 74, every 2 years."),
        "kind": "screening",
        "sex": "female",
        "from_months": 40 * _YEAR,
        "until_months": 75 * _YEAR,
        "every_months": 2 * _YEAR,
        "codes": "loinc:24604-1 loinc:24606-6 snomed:24623002 snomed:71651007 cpt:77067",
    },
    {
        "id": "bowel-screening",
        "name": _("Bowel cancer screening (colonoscopy)"),
        "why": _("It finds early signs. If you have a stool test instead, choose “Not for me”."),
        "source": _("USPSTF: colorectal cancer, ages 45 to 75; colonoscopy every 10 years."),
        "kind": "screening",
        "from_months": 45 * _YEAR,
        "until_months": 76 * _YEAR,
        "every_months": 10 * _YEAR,
        "codes": "snomed:73761001 cpt:45378 cpt:45380 cpt:45385",
    },
)
IDS = frozenset(one["id"] for one in _EXAMPLES)


def begin(db: Session, actor: Actor, *, now: datetime) -> int:
    """Lays the examples down, switched off, in a clinic that has no rule yet; returns how many."""
    if db.connection().execute(select(col(PreventiveRule.id)).limit(1)).first() is not None:
        return 0
    written = once.insert(
        db,
        PreventiveRule,
        [
            PreventiveRule(**_said(one), is_example=True, position=at, changed_at=now).model_dump()
            for at, one in enumerate(_EXAMPLES, 1)
        ],
    )
    if written:
        audit.record(db, actor, "C", category=CATEGORY, reason=f"{written} examples", now=now)
    return written


def switch_on(db: Session, actor: Actor, *, visits: dict[str, str], now: datetime) -> None:
    """Switches examples on, with the types of visit to book for them: for the demo clinic."""
    audit.record(db, actor, "U", category=CATEGORY, reason="examples on", now=now)
    for rule in db.scalars(select(PreventiveRule).where(col(PreventiveRule.id).in_(IDS))):
        rule.active = True
        rule.visit_type_id = visits.get(rule.kind)
        db.add(rule)


def _said(one: dict[str, Any]) -> dict[str, Any]:
    """Returns an example with its words in the clinic's language."""
    return one | {name: _(one[name]) for name in ("name", "why", "source")}

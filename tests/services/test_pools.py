"""Pools as the clinic keeps them: named, laid, taken away, and never a topic without one."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from portal.errors import NotAllowed, NotFound
from portal.models.audit import AuditEvent
from portal.models.pools import PoolTopic, ThreadDesk
from portal.services.inbox import pools
from tests.services.test_inbox import ask, listed, waits
from tests.support.clinic import Clinic


def shown(at: Clinic) -> pools.PoolsRow:
    return ask(at, "max", pools.shown)


def pool(at: Clinic, name: str) -> pools.PoolRow:
    return next(one for one in shown(at).pools if one.name == name)


def lay(at: Clinic, topic: str, pool_id: str, before: str, who: str = "max") -> None:
    ask(at, who, pools.lay, topic=topic, pool_id=pool_id, before=before)


def test_a_topic_goes_to_another_pool_with_all_that_waits(the_clinic: Clinic) -> None:
    one = waits(the_clinic, topic="bill")
    made = ask(the_clinic, "max", pools.add, name=" Billing  office ")
    before = pool(the_clinic, "Front desk")
    assert (before.waits, before.may_go) == ("1 waits there", False)
    assert pool(the_clinic, "Billing office").may_go
    lay(the_clinic, "bill", made, "desk")
    assert pool(the_clinic, "Billing office").waits == "1 waits there"
    assert pool(the_clinic, "Front desk").waits == "0 wait there"
    # Who may read it reads it as before: a pool is no right.
    assert listed(the_clinic, "frank", pool=made) == [one.id]
    assert listed(the_clinic, "frank", pool="desk") == []


def test_of_two_who_lay_or_name_at_once_the_second_is_told(small_clinic: Clinic) -> None:
    made = ask(small_clinic, "max", pools.add, name="Billing office")
    lay(small_clinic, "bill", made, "desk")
    with pytest.raises(pools.LaidMeanwhile):
        lay(small_clinic, "bill", "care", "desk")
    rename: dict[str, Any] = {"pool_id": made, "before": "Billing office"}
    ask(small_clinic, "ada", pools.rename, name="Money", **rename)
    with pytest.raises(pools.LaidMeanwhile):
        ask(small_clinic, "max", pools.rename, name="Bills", **rename)


def test_bears_the_clinics_own_name(small_clinic: Clinic) -> None:
    ask(small_clinic, "max", pools.rename, pool_id="desk", before="Front desk", name="Reception")
    assert pool(small_clinic, "Reception").id == "desk"
    with pytest.raises(pools.NameTaken):
        ask(small_clinic, "max", pools.add, name="Reception")
    for name in (" ", "x" * 61):
        with pytest.raises(pools.NoName):
            ask(small_clinic, "max", pools.add, name=name)


def test_goes_only_while_nothing_lies_in_it(the_clinic: Clinic) -> None:
    made = ask(the_clinic, "max", pools.add, name="Billing office")
    one = waits(the_clinic)
    the_clinic.add(ThreadDesk(thread_id=one.id, pool_id=made))
    assert not pool(the_clinic, "Billing office").may_go
    for pool_id in (made, "desk", "doctors"):
        with pytest.raises(pools.StillNeeded):
            ask(the_clinic, "max", pools.remove, pool_id=pool_id)
    spare = ask(the_clinic, "max", pools.add, name="Spare")
    ask(the_clinic, "max", pools.remove, pool_id=spare)
    assert "Spare" not in {row.name for row in shown(the_clinic).pools}
    with the_clinic.base.reading() as db:
        laid = {row.topic: row.pool_id for row in db.scalars(select(PoolTopic))}
        assert len(laid) == len(shown(the_clinic).topics)
        last = select(col(AuditEvent.entity)).where(col(AuditEvent.action) == "D")
        assert list(db.scalars(last)) == [f"Pool/{spare}"]


def test_what_is_handed_on_takes_no_topic_and_there_are_not_endlessly_many(
    small_clinic: Clinic,
) -> None:
    for pool_id in ("doctors", "nowhere"):
        with pytest.raises(NotFound):
            lay(small_clinic, "bill", pool_id, "desk")
    for number in range(pools.MOST - len(shown(small_clinic).pools)):
        ask(small_clinic, "max", pools.add, name=f"Pool {number}")
    with pytest.raises(pools.TooManyPools):
        ask(small_clinic, "max", pools.add, name="One more")


@pytest.mark.parametrize("who", ["alice", "dana", "nora", "frank", "bill", "otto"])
def test_is_the_managers_and_administrators(small_clinic: Clinic, who: str) -> None:
    for verb, given in (
        (pools.shown, {}),
        (pools.add, {"name": "Mine"}),
        (pools.rename, {"pool_id": "desk", "before": "Front desk", "name": "Mine"}),
        (pools.lay, {"topic": "bill", "pool_id": "care", "before": "desk"}),
        (pools.remove, {"pool_id": "desk"}),
    ):
        with pytest.raises(NotAllowed):
            ask(small_clinic, who, verb, **given)

"""Opening another record in a sign-in: one's own, or one that one helps with today."""

from dataclasses import replace

import pytest

from portal.errors import NotFound
from portal.security import signins
from portal.services import accounts
from tests.support.clinic import NOW, Clinic


def open_record(clinic: Clinic, who: str, patient_id: str) -> None:
    user = clinic.users[who]
    with clinic.base.transaction() as db:
        _secret, made = signins.start(
            db, user, patient_id=user.patient_id, device="d", address="1", now=NOW
        )
        actor = replace(clinic.actor(who), sign_in_id=made.id)
        accounts.open_record(db, actor, patient_id=patient_id, now=NOW)


def test_is_for_the_owner_and_the_helper(the_clinic: Clinic) -> None:
    """AUTHZ-11."""
    for who in ("alice", "bob"):
        open_record(the_clinic, who, the_clinic.patients["alice"].id)
    for who in ("charlie", "nora"):
        with pytest.raises(NotFound):
            open_record(the_clinic, who, the_clinic.patients["alice"].id)


@pytest.mark.parametrize("who", ["bob", "nora", "alice"])
def test_of_nobody_is_found_by_nobody(the_clinic: Clinic, who: str) -> None:
    """AUTHZ-05: an empty name is no record, also for who has none of their own."""
    with pytest.raises(NotFound):
        open_record(the_clinic, who, "")

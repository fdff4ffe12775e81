"""One's own password: who may change it, what ends with it, and who is told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.errors import ConfirmFirst, Invalid, TooMany
from portal.models.audit import OutboxNotice
from portal.models.people import User
from portal.security import confirming, passwords, signins, throttle, trusted
from portal.services import own_password
from tests.support.clinic import LIMITS, NOW, PASSWORD, Clinic

NEW = "walnut ferry umbrella quartz"


def changed(clinic: Clinic, old: str = PASSWORD, *, here: str = "none", who: str = "alice") -> bool:
    """Changes a password as the page does: judged, checked beside the database, set."""
    actor = replace(clinic.actor(who), sign_in_id=here)
    with clinic.base.transaction() as db:
        own_password.judge(db, actor, password=NEW, now=NOW)
        known = own_password.known(db, actor, now=NOW)
    fits = passwords.matches(old, known.stored)
    with clinic.base.transaction() as db:
        return own_password.change(
            db,
            actor,
            fits=fits,
            counted=known.counted,
            hashed=passwords.make_hash(NEW) if fits else "",
            now=NOW,
        )


def fits(clinic: Clinic, password: str, who: str = "alice") -> bool:
    with clinic.base.reading() as db:
        return passwords.matches(password, db.get_one(User, clinic.users[who].id).password_hash)


class TestChange:
    def test_ends_every_other_sign_in_and_all_trust_and_tells(self, the_clinic: Clinic) -> None:
        """SES-08, AUTHN-15."""
        user = the_clinic.users["alice"]
        with the_clinic.base.transaction() as db:
            owner = db.get_one(User, user.id)
            owner.email, owner.email_verified_at = "alice@example.org", NOW
            begun = [
                signins.start(
                    db, owner, patient_id=None, device="test", address="::1", now=NOW, stage=stage
                )[1].id
                for stage in ("full", "full", "factor")
            ]
            trusted.begin(db, owner, device="test", address="::1", now=NOW)
        assert changed(the_clinic, here=begun[0])
        assert fits(the_clinic, NEW)
        assert not fits(the_clinic, PASSWORD)
        with the_clinic.base.reading() as db:
            assert signins.still_open(db, begun, LIMITS, now=NOW) == {begun[0]}
            assert trusted.of(db, user.id, now=NOW) == []
            told = db.scalars(select(OutboxNotice)).all()
            assert [(one.kind, one.address) for one in told] == [
                ("password.changed", "alice@example.org")
            ]
        assert fits(the_clinic, PASSWORD, "bob")

    def test_needs_the_old_one(self, the_clinic: Clinic) -> None:
        assert not changed(the_clinic, "not the old one at all")
        assert fits(the_clinic, PASSWORD)

    def test_cannot_be_guessed_faster_than_at_the_door(self, small_clinic: Clinic) -> None:
        """AUTHN-06: each wrong one counts, also of somebody who found an open browser."""
        for _try in range(throttle.FREE_TRIES):
            assert not changed(small_clinic, "guessing and guessing")
        with pytest.raises(TooMany):
            changed(small_clinic)

    def test_needs_a_factor_entered_anew(self, small_clinic: Clinic) -> None:
        """MFA-11, in each of its steps, and no longer than it holds."""
        late = NOW - confirming.HOLDS
        counted = throttle.Counted("x", "y")
        for at in (None, late, NOW + timedelta(minutes=1)):
            actor = replace(small_clinic.actor("alice"), confirmed_at=at)
            with small_clinic.base.reading() as db:
                assert not own_password.view(db, actor, now=NOW).is_confirmed

            for act in (
                lambda db, who=actor: own_password.judge(db, who, password=NEW, now=NOW),
                lambda db, who=actor: own_password.known(db, who, now=NOW),
                lambda db, who=actor: own_password.change(
                    db, who, fits=True, counted=counted, hashed="x", now=NOW
                ),
            ):
                with pytest.raises(ConfirmFirst), small_clinic.base.transaction() as db:
                    act(db)
        assert fits(small_clinic, PASSWORD)

    @pytest.mark.parametrize(
        "weak", ["short", "passwordpassword", "abcdefghijklmnop", "x" * 300, "alice alice alice"]
    )
    def test_refuses_what_is_easily_guessed(self, small_clinic: Clinic, weak: str) -> None:
        """AUTHN-01..04."""
        with pytest.raises(Invalid), small_clinic.base.transaction() as db:
            own_password.judge(db, small_clinic.actor("alice"), password=weak, now=NOW)

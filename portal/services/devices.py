"""Devices: where somebody is signed in, where they were, and which browsers are trusted (SES-08).

Everything here is of the actor's own account; whatever record is open plays no part. At most
`accounts.MOST_SIGN_INS` are open at once: with one more the oldest ends (SES-09).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from portal import live, settings
from portal.models.factors import TrustedDevice
from portal.models.people import SignIn
from portal.security import access, audit, signins, subscribed, trusted
from portal.security.actor import Actor
from portal.services import accounts, browsers
from portal.words import _, short_day, when

# Long enough to answer "was that me?", short enough to be read.
SHOWN_FOR = timedelta(weeks=4)
MOST_SHOWN = 20
BY_OWNER = "ended by you"
# Use is written down now and then (signins.NOTE_USE_EVERY): what is newer than this is now.
JUST_NOW = timedelta(minutes=1)


@dataclass(frozen=True)
class SignInRow:
    """One sign-in in words."""

    id: str = ""
    device: str = ""
    icon: str = ""
    address: str = ""
    factor: str = ""
    since: str = ""
    used: str = ""
    ended: str = ""
    # What deserves a second look; empty where nothing does.
    note: str = ""
    is_shared: bool = False


@dataclass(frozen=True)
class TrustedRow:
    """A browser that may skip the second step."""

    id: str = ""
    device: str = ""
    address: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True)
class DevicesRow:
    """Where the account is open, where it was, and where no second step is asked."""

    here: SignInRow = field(default_factory=SignInRow)
    others: list[SignInRow] = field(default_factory=list)
    ended: list[SignInRow] = field(default_factory=list)
    trusted: list[TrustedRow] = field(default_factory=list)
    # How long sign-ins last and how many there may be, in sentences.
    rules: list[str] = field(default_factory=list)
    may_trust: bool = True


def view(db: Session, actor: Actor, *, now: datetime) -> DevicesRow:
    """Returns the actor's own sign-ins and trusted browsers."""
    audit.record(db, actor, "R", category="account", entity=f"User/{actor.user_id}", now=now)
    limits = signins.Limits.of(settings.current())
    found = _newest(db, actor, now)
    mine = [record for record in found if record.id == actor.sign_in_id]
    others = [one for one in found if one not in mine and _is_open(one, limits, now)]
    ended = [one for one in found if one not in mine and one not in others and _counts(one)]
    near = mine[0].address if mine else ""
    return DevicesRow(
        here=_row(mine[0], "", limits, now) if mine else SignInRow(),
        others=[_row(record, near, limits, now) for record in others],
        ended=[_row(record, near, limits, now) for record in ended[:MOST_SHOWN]],
        trusted=[_trusted_row(record) for record in trusted.of(db, actor.user_id, now=now)],
        rules=rules(limits, is_staff=actor.is_staff),
        may_trust=not actor.is_staff,
    )


def end(db: Session, actor: Actor, *, sign_in_id: str, now: datetime) -> None:
    """Ends one of the actor's own sign-ins; its open pages close within two seconds."""
    record = access.own(db, actor, SignIn, sign_in_id)
    signins.end(db, record.id, reason=BY_OWNER, now=now)
    subscribed.end_with(db, record, but=actor.sign_in_id)
    audit.record(
        db, actor, "E", category="sign-out", entity=f"SignIn/{record.id}", reason=BY_OWNER, now=now
    )
    live.tell_users(db, "account", [actor.user_id])


def end_others(db: Session, actor: Actor, *, now: datetime) -> None:
    """Ends every sign-in of the actor but the one that they act with."""
    signins.end_all(db, actor.user_id, reason=BY_OWNER, but=actor.sign_in_id, now=now)
    subscribed.end_all(db, actor.user_id, but=actor.sign_in_id)
    audit.record(db, actor, "E", category="sign-out", entity="others", reason=BY_OWNER, now=now)
    live.tell_users(db, "account", [actor.user_id])


def distrust(db: Session, actor: Actor, *, device_id: str, now: datetime) -> None:
    """Asks one browser for the second step again; whoever is signed in there stays so."""
    record = access.own(db, actor, TrustedDevice, device_id)
    trusted.end(db, actor.user_id, record.id, now=now)
    entity = f"TrustedDevice/{record.id}"
    audit.record(db, actor, "D", category="account", entity=entity, now=now)
    live.tell_users(db, "account", [actor.user_id])


def distrust_all(db: Session, actor: Actor, *, now: datetime) -> None:
    """Asks every browser of the actor for the second step again."""
    trusted.end_all(db, actor.user_id, now=now)
    audit.record(db, actor, "D", category="account", entity="TrustedDevice", now=now)
    live.tell_users(db, "account", [actor.user_id])


def _newest(db: Session, actor: Actor, now: datetime) -> list[SignIn]:
    query = (
        select(SignIn)
        .where(col(SignIn.user_id) == actor.user_id, col(SignIn.used_at) > now - SHOWN_FOR)
        .order_by(col(SignIn.used_at).desc(), col(SignIn.created_at).desc())
        .limit(5 * MOST_SHOWN)
    )
    return list(db.scalars(query))


def _is_open(record: SignIn, limits: signins.Limits, now: datetime) -> bool:
    return record.ended_at is None and now < signins.ends_by_itself(record, limits)


def _counts(record: SignIn) -> bool:
    """Whether it is worth showing: a first step that led on to the second one is no sign-in."""
    return record.stage in signins.FULL or record.end_reason in {"", "time-out", BY_OWNER}


def _row(record: SignIn, near: str, limits: signins.Limits, now: datetime) -> SignInRow:
    is_open = _is_open(record, limits, now)
    return SignInRow(
        id=record.id,
        device=browsers.said(record.device),
        icon="mobile" if browsers.is_held_in_hand(record.device) else "laptop",
        address=_address(record.address, near),
        factor=factor_words(record.factor),
        since=when(record.created_at, now),
        used=_("Just now") if now - record.used_at < JUST_NOW else when(record.used_at, now),
        ended="" if is_open else _ended(record, limits, now),
        note="" if record.stage in signins.FULL else _HALF_OPEN,
        is_shared=record.is_shared,
    )


def _address(address: str, near: str) -> str:
    """Says a network address; where the same one is used here, that too: it is no more known."""
    if not address:
        return _("Network address not known")
    same = _("{address}, the same network as here")
    return same.format(address=address) if near and address == near else address


def _ended(record: SignIn, limits: signins.Limits, now: datetime) -> str:
    at = record.ended_at or signins.ends_by_itself(record, limits)
    return _("{how}, {at}").format(how=ending_words(record.end_reason), at=when(at, now))


def _trusted_row(record: TrustedDevice) -> TrustedRow:
    return TrustedRow(
        id=record.id,
        device=browsers.said(record.device),
        address=record.address,
        since=short_day(record.created_at),
        until=short_day(record.expires_at),
    )


def rules(limits: signins.Limits, *, is_staff: bool) -> list[str]:
    """Says how long sign-ins last and how many there may be (SES-04, SES-09)."""
    shared = _("At a computer that others use, tick the box for it when you sign in.")
    sooner = _("Then it ends after {shared} minutes, and the browser keeps nothing when you leave.")
    trust = _("Such a computer is never trusted.")
    return [
        _(
            "Without use a sign-in ends after {idle} minutes. Two minutes before, we ask whether "
            "you are still there: one key is enough. What you were writing is kept as a draft."
        ).format(idle=_minutes(limits.idle)),
        " ".join(
            [
                shared,
                sooner.format(shared=_minutes(limits.idle_of(is_shared=True))),
                *([] if is_staff else [trust]),
            ]
        ),
        _("In any case a sign-in ends after {hours} hours.").format(
            hours=_minutes(limits.whole) // 60
        ),
        _(
            "You can be signed in on {most} devices at once. With one more, the oldest one ends."
        ).format(most=accounts.MOST_SIGN_INS),
    ]


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60


_HALF_OPEN = _(
    "The password was right, the second step was not finished. "
    "If that was not you, change your password."
)


def factor_words(factor: str) -> str:
    """Says with what a sign-in was opened."""
    return {
        "password": _("Password"),
        "totp": _("Password and authenticator app"),
        "passkey": _("Passkey"),
        "recovery": _("Password and recovery code"),
        "email": _("Password and a code by e-mail"),
        "trusted": _("Password, on a trusted device"),
    }.get(factor, _("Password"))


def ending_words(reason: str) -> str:
    """Says how a sign-in ended."""
    return {
        "": _("Ended after some time without use"),
        "time-out": _("Ended after some time without use"),
        "signed out": _("Signed out"),
        BY_OWNER: _("Ended by you from another device"),
        "password changed": _("Ended when the password was changed"),
        "too many at once": _("Ended because there were too many at once"),
        "disabled": _("Ended by the clinic"),
    }.get(reason, _("Ended"))

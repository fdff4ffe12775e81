"""Speaking: in which language somebody is written to."""

from datetime import datetime

from sqlmodel import Session

from portal import live
from portal.errors import Invalid, NotFound
from portal.models.people import User
from portal.security import audit
from portal.security.actor import Actor
from portal.words import LANGUAGES, _, clinics, offered


class NoSuchLanguage(Invalid):
    """Nothing is written in it here."""

    sentence = _("We cannot write in that language. Choose one of the list.")


def choose_language(db: Session, actor: Actor, *, language: str, now: datetime) -> None:
    """Sets in which language the actor is written to; empty for the clinic's own."""
    if language and language not in LANGUAGES:
        raise NoSuchLanguage
    # One choice after the other: two tabs may save at once.
    user = db.get(User, actor.user_id, with_for_update=True)
    if user is None:
        raise NotFound
    user.language = language
    db.add(user)
    entity = f"User/{user.id}"
    audit.record(db, actor, "U", category="account", entity=entity, reason="language", now=now)
    live.tell_users(db, "account", [user.id])


def chosen(user: User) -> str:
    """Returns the language of an account as a form sends it; one that is gone is none."""
    return offered(user.language)


def languages() -> list[tuple[str, str]]:
    """Returns the languages to choose from: each in its own name, the clinic's first."""
    own = _("As the clinic writes ({language})").format(language=LANGUAGES[clinics()])
    return [("", own), *LANGUAGES.items()]

"""Languages: what is sent is in the language of whoever reads it, whole (MSG-07)."""

import string
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from babel.messages import pofile
from babel.messages.catalog import Catalog
from sqlalchemy import select, update
from sqlmodel import col

from portal import settings, words
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.people import Patient, User
from portal.security.actor import system
from portal.services import contact, forgotten, invitations, notices
from portal.services.messages import signs
from portal.services.notices.saying import PHRASES, filled
from portal.services.notices.texts import TEXTS
from tests.support import catalogues
from tests.support import clinic as cast
from tests.support.clinic import NOW, Clinic

DELIVERY = system("delivery")
PORTAL = "https://portal.example.org"
HOUSE = notices.House("Juniper Test Clinic", "(406) 555-0100", PORTAL)


@pytest.fixture
def clinic(the_clinic: Clinic) -> Clinic:
    """Returns the cast: Alice and Bob have proven an address and chosen no language."""
    for name in ("alice", "bob"):
        change(the_clinic, name, email=f"{name}@mail.example", email_verified_at=NOW)
    return the_clinic


@pytest.fixture
def speaks() -> Iterator[Any]:
    """Lets the clinic speak another language for a while."""
    yield lambda language: words.settle(language, "America/New_York")
    words.settle("en", "America/New_York")


def change(clinic: Clinic, who: str, **values: Any) -> None:
    with clinic.base.transaction() as db:
        db.execute(update(User).where(col(User.id) == clinic.users[who].id).values(**values))


def choose(clinic: Clinic, who: str, language: str) -> None:
    with clinic.base.transaction() as db:
        contact.choose_language(db, clinic.actor(who), language=language, now=NOW)


def account(clinic: Clinic, who: str = "alice") -> User:
    with clinic.base.reading() as db:
        return db.get_one(User, clinic.users[who].id)


def release(clinic: Clinic) -> None:
    report = cast.report(clinic)
    clinic.add(report)
    with clinic.base.transaction() as db:
        whose = clinic.patients["alice"].id
        notices.write(db, "result.released", patient_id=whose, record_id=report.id, now=NOW)


def tell(clinic: Clinic, kind: str, who: str = "alice", **given: str) -> None:
    with clinic.base.transaction() as db:
        notices.to_user(db, kind, clinic.users[who].id, key=kind, given=given, now=NOW)


def mail(clinic: Clinic, kind: str, *, given: dict[str, str], **more: Any) -> None:
    with clinic.base.transaction() as db:
        notices.mail(db, kind, address="new@mail.example", key="k", given=given, now=NOW, **more)


def send(clinic: Clinic, now: datetime = NOW) -> dict[str, notices.Written]:
    """Sends what is due; returns it in words, by the address that it goes to."""
    sent: dict[str, notices.Written] = {}
    while True:
        with clinic.base.transaction() as db:
            taken = notices.take(db, DELIVERY, worker="one", portal=PORTAL, now=now, most=20)
        if taken.is_empty:
            return sent
        for parcel in taken.parcels:
            sent[parcel.address] = parcel.written
            with clinic.base.transaction() as db:
                end = notices.Outcome("sent")
                notices.settle(db, DELIVERY, parcel=parcel, outcome=end, now=now)


def names(text: str) -> list[str]:
    return sorted(name for _t, name, _f, _c in string.Formatter().parse(text) if name)


class TestCatalogues:
    @pytest.mark.parametrize("language", catalogues.TRANSLATED)
    def test_hold_every_text_that_can_be_sent_and_no_other(self, language: str) -> None:
        held = catalogues.of(language)
        assert {str(one.id) for one in held if one.id} == set(catalogues.texts())
        assert not held.obsolete
        for one in held:
            if one.id:
                assert str(one.string).strip(), f"{language}: nothing for {one.id!r}"
                assert not one.fuzzy, f"{language}: not sure of {one.id!r}"

    @pytest.mark.parametrize("language", catalogues.TRANSLATED)
    def test_are_filled_as_the_english_is(self, language: str) -> None:
        for one in catalogues.of(language):
            assert names(str(one.string)) == names(str(one.id)), one.id

    def test_are_in_the_languages_that_messages_are_read_in(self) -> None:
        """Whoever is written to in a language writes back in it: its warning words are known."""
        assert set(words.LANGUAGES) == set(signs.LANGUAGES)

    @pytest.mark.parametrize("carry", ["clinic", "bare"])
    def test_say_all_that_a_notice_says(
        self, carry: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In an invented language, in which each text stands between marks, nothing is outside."""
        invented = Catalog("tlh")
        for text in catalogues.texts():
            invented.add(text, f"⟦{text}⟧")
        folder = tmp_path / "tlh" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        with (folder / "notices.po").open("wb") as file:
            pofile.write_po(file, invented)
        monkeypatch.setattr(words, "LOCALES", tmp_path)
        monkeypatch.setitem(words.LANGUAGES, "tlh", "tlhIngan Hol")
        notice = OutboxNotice(key="k", kind="k", due_at=NOW, created_at=NOW)
        for kind in TEXTS:
            with words.speaking("tlh"):
                given = filled(notice, {"answer": "no-account", "what": "codes-made"})
                written = notices.write_out(kind, given, HOUSE, carry=carry)
            said = [*written.lines, written.subject, written.short, written.last_words]
            said += [written.end_words, *([written.link_words] if written.link else [])]
            if carry == "bare":
                said.append(written.sender)
            for one in said:
                assert one.startswith("⟦"), (kind, one)
                assert one.endswith("⟧"), (kind, one)


DAYS = {
    "en": ("Tuesday 3 March 2026", "Tuesday 3 March, 9:00 am", "9:00 am"),
    "de": ("Dienstag, 3. März 2026", "Dienstag, 3. März, 9:00 Uhr", "9:00 Uhr"),
    "es": ("martes, 3 de marzo de 2026", "martes, 3 de marzo, 9:00", "9:00"),
}


class TestSpeaking:
    @pytest.mark.parametrize("language", words.LANGUAGES)
    def test_says_days_and_hours_as_people_do(self, language: str) -> None:
        with words.speaking(language):
            said = (words.day(NOW), words.when(NOW, NOW), words.clock(NOW))
        assert said == DAYS[language]

    def test_ends_with_its_block_whatever_happens_in_it(self) -> None:
        with pytest.raises(ZeroDivisionError), words.speaking("de"):
            assert words._("Answer") == "Antworten"
            with words.speaking("es"):
                assert words._("Answer") == "Responder"
            assert words._("Answer") == "Antworten"
            raise ZeroDivisionError
        assert (words._("Answer"), words.clock(NOW)) == ("Answer", "9:00 am")

    def test_leaves_the_pages_as_they_are(self, speaks: Any) -> None:
        """The catalogue is that of what is sent: no page is half in another language."""
        speaks("de")
        assert words._("Answer") == "Answer"

    @pytest.mark.parametrize(
        ("tag", "found"),
        [("es-MX", "es"), ("DE_at", "de"), ("en", "en"), ("fr", ""), ("", ""), ("../de", "")],
    )
    def test_knows_what_a_tag_names(self, tag: str, found: str) -> None:
        assert words.offered(tag) == found

    @pytest.mark.parametrize("wrong", ["xx", "English", "de_DE", "", "../de"])
    def test_is_refused_in_the_settings_where_nobody_could(self, wrong: str) -> None:
        with pytest.raises(ValueError, match="language tag"):
            settings.Settings.model_validate({"language": wrong})


class TestChoice:
    def test_is_the_clinics_for_whoever_has_not_chosen(self, clinic: Clinic, speaks: Any) -> None:
        release(clinic)
        speaks("de-AT")
        sent = send(clinic)
        assert {one.subject for one in sent.values()} == {"Es gibt etwas Neues für Sie"}
        with clinic.base.transaction() as db:
            row = contact.telling(db, clinic.actor("alice"), now=NOW)
        assert row.language == ""
        said = [(one.value, one.words) for one in row.languages]
        assert said[0] == ("", "As the clinic writes (Deutsch)")
        assert said[1:] == [("en", "English"), ("de", "Deutsch"), ("es", "Español")]

    def test_of_each_reader_counts_for_their_own_letter(self, clinic: Clinic) -> None:
        """What concerns several goes to each in theirs, though it was written before they chose."""
        release(clinic)
        choose(clinic, "alice", "es")
        choose(clinic, "bob", "de")
        sent = send(clinic)
        alice, bob = sent["alice@mail.example"], sent["bob@mail.example"]
        assert (alice.subject, bob.subject) == (
            "Hay algo nuevo para usted",
            "Es gibt etwas Neues für Sie",
        )
        text, page = notices.as_text(alice), notices.as_page(alice)
        for said in (text, page):
            assert "Hay algo nuevo en su portal." in said
            assert "Enviado por Juniper Test Clinic." in said
            assert "No me escriban más sobre novedades:" in said
        assert '<html lang="es">' in page
        assert '<html lang="de">' in notices.as_page(bob)
        assert "Abrir el portal" in page

    def test_says_moments_anew_each_time_it_is_looked_at(self, clinic: Clinic) -> None:
        tell(clinic, "password.changed", at=notices.moment(NOW))
        with clinic.base.transaction() as db:
            (row,) = db.scalars(select(OutboxNotice)).all()
            ada, found = clinic.actor("ada"), row.id
            shown = notices.letter(db, ada, notice_id=found, now=NOW)
            assert "was changed on Tuesday 3 March, 9:00 am." in shown.lines[0]
            assert (shown.lang, shown.language) == ("en", "")
        choose(clinic, "alice", "de")
        with clinic.base.transaction() as db:
            shown = notices.letter(db, ada, notice_id=found, now=NOW)
        assert shown.lines[0].endswith("wurde geändert: Dienstag, 3. März, 9:00 Uhr.")
        assert (shown.lang, shown.language) == ("de", "Deutsch")
        # Around the letter everything is in the language of who looks.
        assert shown.notice.subject == "Your password was changed"
        assert shown.notice.status == "Waiting"
        assert send(clinic)["alice@mail.example"].lines[0] == shown.lines[0]

    def test_of_a_moment_in_another_year_names_the_year(self, clinic: Clinic) -> None:
        choose(clinic, "alice", "es")
        later = datetime(2027, 1, 4, 14, 0, tzinfo=UTC)
        given = {"at": notices.moment(NOW), "from_at": notices.moment(later)}
        tell(clinic, "way-back.started", **given)
        said = " ".join(send(clinic)["alice@mail.example"].lines)
        assert "el martes, 3 de marzo, 9:00 " in said
        assert "a partir del lunes, 4 de enero de 2027, 9:00" in said

    def test_reaches_reminders(self, clinic: Clinic) -> None:
        visit = cast.appointment(clinic, starts_at=NOW + timedelta(hours=3))
        clinic.add(visit)
        with clinic.base.transaction() as db:
            notices.remind(
                db, "appointment.reminder", [(180, NOW, visit.starts_at)],
                patient_id=visit.patient_id, record_id=visit.id, version=1,
                about_at=visit.starts_at, now=NOW,
            )  # fmt: skip
        choose(clinic, "alice", "de")
        sent = send(clinic)
        assert sent["alice@mail.example"].short == (
            "Ihr Termin ist am Dienstag, 3. März 2026, 12:00 Uhr. Kommen Sie?"
        )
        assert sent["bob@mail.example"].short.startswith("Your visit is on Tuesday 3 March 2026")

    def test_reaches_the_notice_of_the_day(self, clinic: Clinic) -> None:
        with clinic.base.transaction() as db:
            contact.choose_hours(
                db, clinic.actor("alice"), quiet_from="", quiet_to="", daily_at="1080", now=NOW
            )
        release(clinic)
        send(clinic)
        choose(clinic, "alice", "es")
        said = send(clinic, NOW + timedelta(hours=9))["alice@mail.example"]
        assert said.lines[1] == "Mensajes nuevos: 0. Otras novedades: 1."

    @pytest.mark.parametrize("what", PHRASES)
    def test_reaches_what_was_done(self, clinic: Clinic, what: str) -> None:
        choose(clinic, "alice", "es")
        tell(clinic, "factor.changed", at=notices.moment(NOW), what=what)
        line = send(clinic)["alice@mail.example"].lines[0]
        assert line.startswith("El martes, 3 de marzo, 9:00: ")
        assert PHRASES[what] not in line
        assert what not in line

    def test_reaches_the_name_of_a_device(self, clinic: Clinic) -> None:
        choose(clinic, "alice", "de")
        for device, said in (
            ("Chrome/Mac", "Chrome auf einem Mac"),
            ("/", "Ein Gerät, das wir nicht erkennen"),
            ("Chrome on Windows", "Chrome on Windows"),
        ):
            tell(clinic, "sign-in.new-device", at="today", device=device)
            line = send(clinic)["alice@mail.example"].lines[0]
            assert line == (
                f"Ein Gerät, das wir noch nicht kannten, hat sich am today angemeldet: {said}."
            )
            with clinic.base.transaction() as db:
                db.connection().exec_driver_sql("DELETE FROM outbox_notice")

    def test_leaves_a_trace(self, clinic: Clinic) -> None:
        choose(clinic, "alice", "es")
        with clinic.base.reading() as db:
            newest = select(AuditEvent).order_by(col(AuditEvent.seq).desc())
            found = db.scalars(newest).first()
        assert found is not None
        assert (found.action, found.category, found.reason) == ("U", "account", "language")
        choose(clinic, "alice", "")
        assert account(clinic).language == ""

    @pytest.mark.parametrize("hostile", ["fr", "ES", "de_DE", "../../de", "<b>", "e\0", " "])
    def test_of_what_is_not_on_offer_is_refused(self, small_clinic: Clinic, hostile: str) -> None:
        choose(small_clinic, "alice", "es")
        with pytest.raises(contact.NoSuchLanguage):
            choose(small_clinic, "alice", hostile)
        assert account(small_clinic).language == "es"

    def test_that_is_not_on_offer_any_more_is_none(self, clinic: Clinic) -> None:
        change(clinic, "alice", language="xx")
        release(clinic)
        assert send(clinic)["alice@mail.example"].language == "en"
        with clinic.base.transaction() as db:
            assert contact.telling(db, clinic.actor("alice"), now=NOW).language == ""

    def test_of_staff_counts_as_well(self, clinic: Clinic) -> None:
        change(clinic, "max", email="max@mail.example", email_verified_at=NOW)
        choose(clinic, "max", "de")
        tell(clinic, "glass.broken", "max", at=notices.moment(NOW))
        assert "am Dienstag, 3. März, 9:00 Uhr den" in send(clinic)["max@mail.example"].lines[0]


class TestWithoutAChoice:
    """Who has no account, or a new one, is written to as the patient's record says."""

    def _file(self, clinic: Clinic, language: str, who: str = "alice") -> None:
        with clinic.base.transaction() as db:
            mine = col(Patient.id) == clinic.patients[who].id
            db.execute(update(Patient).where(mine).values(language=language))

    @pytest.mark.parametrize(("on_file", "found"), [("es-MX", "es"), ("ja", "en"), ("", "en")])
    def test_an_invitation_goes_by_the_record(
        self, clinic: Clinic, on_file: str, found: str
    ) -> None:
        self._file(clinic, on_file)
        given = {"link": "https://x/activate/s", "until": notices.moment(NOW)}
        mail(clinic, "invitation", given=given, patient_id=clinic.patients["alice"].id)
        written = send(clinic)["new@mail.example"]
        assert written.language == found
        assert ("hasta el martes, 3 de marzo de 2026." in written.lines[2]) is (found == "es")

    def test_an_invited_account_begins_with_it(self, clinic: Clinic) -> None:
        self._file(clinic, "es-US", "charlie")
        with clinic.base.transaction() as db:
            db.connection().exec_driver_sql("DELETE FROM agreement")
            mine = col(User.id) == clinic.users["charlie"].id
            db.delete(db.scalars(select(User).where(mine)).one())
            db.flush()
            whose = db.get_one(Patient, clinic.patients["charlie"].id)
            made = invitations.account_for(db, whose, NOW)
            assert made.language == "es"

    def test_a_code_to_a_new_address_goes_by_the_account(self, clinic: Clinic) -> None:
        choose(clinic, "alice", "de")
        with clinic.base.transaction() as db:
            contact.change_email(db, clinic.actor("alice"), email="new@mail.example", now=NOW)
        assert send(clinic)["new@mail.example"].subject == "Bestätigen Sie diese E-Mail-Adresse"

    def test_a_forgotten_name_goes_by_the_account(self, clinic: Clinic) -> None:
        change(clinic, "alice", password_hash=cast.password_hash(), language="es")
        with clinic.base.transaction() as db:
            forgotten._send_names(db, [db.get_one(User, clinic.users["alice"].id)], NOW)
        assert send(clinic)["alice@mail.example"].subject == "Su nombre de usuario"

    @pytest.mark.parametrize(("clinics", "found"), [("de", "de"), ("es_ES", "es"), ("fr", "en")])
    def test_all_else_goes_by_the_clinic(
        self, clinic: Clinic, speaks: Any, clinics: str, found: str
    ) -> None:
        mail(clinic, "registration.code", given={"code": "482913"})
        speaks(clinics)
        assert send(clinic)["new@mail.example"].language == found

    def test_sentences_of_an_earlier_version_go_out_as_they_are(self, clinic: Clinic) -> None:
        choose(clinic, "alice", "de")
        given = {"at": "Monday 2 March, 9:40 am", "what": "a passkey was added"}
        tell(clinic, "factor.changed", **given)
        said = send(clinic)["alice@mail.example"].lines[0]
        assert said == "Am Monday 2 March, 9:40 am: a passkey was added."

    def test_a_strangers_words_are_never_taken_for_a_moment(self, clinic: Clinic) -> None:
        """A sign-in name may be anything: it stays as it was typed."""
        given = {"names": notices.moment(NOW), "language": "../de"}
        mail(clinic, "sign-in-name", given=given)
        written = send(clinic)["new@mail.example"]
        assert written.language == "en"
        assert notices.moment(NOW) in written.lines[0]

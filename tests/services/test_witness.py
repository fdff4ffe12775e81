"""The witness of the trace: a cut-off end and an older copy are found (AUD-05, R-25, R-37)."""

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from portal import settings
from portal.models.audit import AuditEvent, OutboxNotice
from portal.security import audit
from portal.services import administration, tracing, witness
from portal.services.tracing import Wanted
from portal.services.witness import Statement
from tests.support import outbox
from tests.support.clinic import NOW, Clinic

DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is not the data's."""
    return tmp_path_factory.mktemp("witness")


def look(clinic: Clinic, times: int = 1) -> None:
    for _each in range(times):
        with clinic.base.transaction() as db:
            audit.record(db, clinic.actor("dana"), "R", category="chart", now=NOW)


def heard(clinic: Clinic, folder: Path) -> Statement:
    with clinic.base.reading() as db:
        return witness.heard(db, folder)


def run(clinic: Clinic, statement: str, **values: object) -> None:
    """Does by SQL what nobody should."""
    with clinic.base.transaction() as db:
        db.connection().execute(text(statement), values)


def unlock(clinic: Clinic) -> None:
    """Takes away what keeps rows from being deleted, as somebody with the file could."""
    if clinic.base.is_sqlite:
        with clinic.base.transaction() as db:
            names = db.connection().execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            )
            for name in [one for one in names.scalars() if "audit" in one]:
                db.connection().execute(text(f"DROP TRIGGER {name}"))
        return
    run(clinic, "ALTER TABLE audit_event DISABLE TRIGGER ALL")


def cut(clinic: Clinic, rows: int) -> None:
    """Cuts off the end and mends its mark, so that the chain itself is whole."""
    unlock(clinic)
    with clinic.base.transaction() as db:
        connection = db.connection()
        last = connection.execute(text("SELECT max(seq) FROM audit_event")).scalar_one()
        connection.execute(text("DELETE FROM audit_event WHERE seq > :kept"), {"kept": last - rows})
        connection.execute(
            text(
                "UPDATE audit_head SET seq = :kept, "
                "hash = (SELECT hash FROM audit_event WHERE seq = :kept)"
            ),
            {"kept": last - rows},
        )


class TestKeeping:
    def test_writes_an_end_a_day_and_says_so_in_the_trace(
        self, the_clinic: Clinic, folder: Path
    ) -> None:
        look(the_clinic)
        for hours in (0, 1, 12, 25, 26):
            at = NOW + timedelta(hours=hours)
            assert witness.keep(the_clinic.base, folder, now=at).is_fine
        lines = [json.loads(line) for line in (folder / witness.FILE).read_text().splitlines()]
        assert [line["seq"] for line in lines] == [2, 4]
        with the_clinic.base.transaction() as db:
            rows = db.exec(select(AuditEvent.category)).all()
        assert rows == ["chart", *["trace end"] * 4]
        assert heard(the_clinic, folder).ends == 2

    def test_writes_its_own_row_down_whatever_comes_after_it(
        self, small_clinic: Clinic, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Somebody acts between the row and the line: else that line would be missed later."""
        reading = small_clinic.base.reading

        def busy() -> Any:
            look(small_clinic)
            return reading()

        look(small_clinic)
        monkeypatch.setattr(small_clinic.base, "reading", busy)
        witness.keep(small_clinic.base, folder, now=NOW)
        monkeypatch.undo()
        with small_clinic.base.transaction() as db:
            own = db.exec(
                select(AuditEvent.seq).where(
                    AuditEvent.category == witness.CATEGORY, AuditEvent.entity == ""
                )
            ).one()
        assert json.loads((folder / witness.FILE).read_text())["seq"] == own
        assert heard(small_clinic, folder).is_fine

    def test_a_death_at_any_moment_is_no_forgery(
        self, small_clinic: Clinic, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Before the line is written or before the trace notes it: the next time goes on (R-01)."""

        def dies(*_args: object) -> None:
            raise KeyboardInterrupt

        for days in range(2):
            look(small_clinic)
            at = NOW + days * DAY
            for moment in ("_append", "_mail"):
                with monkeypatch.context() as patched:
                    patched.setattr(settings.current(), "smtp_url", "smtps://mail.example:465")
                    patched.setattr(witness, moment, dies)
                    with pytest.raises(KeyboardInterrupt):
                        witness.keep(small_clinic.base, folder, now=at)
                assert heard(small_clinic, folder).is_fine, moment
            look(small_clinic)
            assert witness.keep(small_clinic.base, folder, now=at).is_fine
        assert heard(small_clinic, folder).ends == 2

    def test_is_for_its_owner_alone(self, the_clinic: Clinic, folder: Path) -> None:
        kept = folder / "new"
        witness.keep(the_clinic.base, kept, now=NOW)
        assert (kept.stat().st_mode & 0o777, (kept / witness.FILE).stat().st_mode & 0o777) == (
            0o700,
            0o600,
        )

    def test_a_folder_that_cannot_be_written_is_said(
        self, small_clinic: Clinic, folder: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        file = folder / "file"
        file.write_text("no folder")
        said = witness.keep(small_clinic.base, file / "below", now=NOW)
        assert not said.is_fine
        assert "cannot be" in caplog.text

    def test_is_mailed_to_the_auditor_where_mail_is_sent(
        self, the_clinic: Clinic, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(
            the_clinic,
            "UPDATE \"user\" SET email = 'otto@example.org', email_verified_at = :at",
            at=NOW.replace(tzinfo=None),
        )
        monkeypatch.setattr(settings.current(), "smtp_url", "smtps://mail.example:465")
        witness.keep(the_clinic.base, folder, now=NOW)
        with the_clinic.base.transaction() as db:
            (notice,) = db.exec(select(OutboxNotice)).all()
        head = json.loads((folder / witness.FILE).read_text())
        assert (notice.kind, notice.user_id) == ("trace.head", the_clinic.users["otto"].id)
        assert outbox.given(the_clinic.base, notice)["hash"] == head["hash"]


class TestFinding:
    def test_a_cut_off_end_that_the_chain_does_not_miss(
        self, the_clinic: Clinic, folder: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        look(the_clinic, 3)
        witness.keep(the_clinic.base, folder, now=NOW)
        cut(the_clinic, 2)
        with the_clinic.base.reading() as db:
            assert audit.verify(db, the_clinic.base.info["audit_key"]).is_whole
        said = heard(the_clinic, folder)
        assert not said.is_fine
        assert "reached row 4, and now it does not" in said.words
        before = (folder / witness.FILE).read_bytes()
        assert not witness.keep(the_clinic.base, folder, now=NOW + DAY).is_fine
        assert (folder / witness.FILE).read_bytes() == before
        assert "cut off" in caplog.text

    def test_an_end_that_was_cut_off_and_grew_again(self, the_clinic: Clinic, folder: Path) -> None:
        look(the_clinic, 3)
        witness.keep(the_clinic.base, folder, now=NOW)
        cut(the_clinic, 2)
        look(the_clinic, 5)
        assert "is not the one that was written down" in heard(the_clinic, folder).words

    def test_an_older_copy_of_the_file(
        self, small_clinic: Clinic, folder: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        """R-25: nothing in the copy itself is wrong."""
        look(small_clinic, 3)
        kept = tmp_path_factory.mktemp("older")
        with small_clinic.base.reading() as db:
            db.connection().exec_driver_sql("SELECT 1")
        raw = small_clinic.base.connect()
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()
        shutil.copy2(small_clinic.base.path, kept / "portal.db")
        witness.keep(small_clinic.base, folder, now=NOW)
        assert heard(small_clinic, folder).is_fine
        small_clinic.base.close()
        for old in small_clinic.base.path.parent.glob("portal.db*"):
            old.unlink()
        shutil.copy2(kept / "portal.db", small_clinic.base.path)
        with small_clinic.base.reading() as db:
            assert audit.verify(db, small_clinic.base.info["audit_key"]).is_whole
        assert not heard(small_clinic, folder).is_fine
        look(small_clinic, 9)
        assert not heard(small_clinic, folder).is_fine

    def test_a_restore_that_somebody_answers_for(self, the_clinic: Clinic, folder: Path) -> None:
        look(the_clinic, 3)
        witness.keep(the_clinic.base, folder, now=NOW)
        cut(the_clinic, 2)
        witness.accept(the_clinic.base, folder, why="The disk broke; Ada put it back", now=NOW)
        assert heard(the_clinic, folder).is_fine
        assert "Ada put it back" in (folder / witness.FILE).read_text()
        with the_clinic.base.transaction() as db:
            assert (
                "restored The disk broke; Ada put it back"
                in db.exec(select(AuditEvent.reason)).all()
            )
        look(the_clinic)
        witness.keep(the_clinic.base, folder, now=NOW + DAY)
        cut(the_clinic, 2)
        assert not heard(the_clinic, folder).is_fine

    @pytest.mark.parametrize("forged", ["seq", "hash", "at", "note", "seal", "gone", "words"])
    def test_a_forged_witness_is_no_witness(
        self, small_clinic: Clinic, folder: Path, forged: str
    ) -> None:
        for days in range(3):
            look(small_clinic)
            witness.keep(small_clinic.base, folder, now=NOW + days * DAY)
        path = folder / witness.FILE
        lines = path.read_text().splitlines()
        if forged == "gone":
            del lines[1]
        elif forged == "words":
            lines[1] = "not a line"
        else:
            changed = json.loads(lines[1])
            changed[forged] = 1 if forged == "seq" else f"{changed[forged]}0"
            lines[1] = json.dumps(changed)
        path.write_text("\n".join(lines) + "\n")
        said = heard(small_clinic, folder)
        assert said.words.startswith("Line 2 of the witness was changed")
        assert not said.is_fine

    def test_a_witness_that_was_taken_away(self, the_clinic: Clinic, folder: Path) -> None:
        assert heard(the_clinic, folder).words.startswith("No end of the trace")
        look(the_clinic)
        witness.keep(the_clinic.base, folder, now=NOW)
        (folder / witness.FILE).unlink()
        said = heard(the_clinic, folder)
        assert not said.is_fine
        assert "last written at row 2" in said.words


class TestForging:
    """AUD-05: the file may lie where others reach it; what they do to it is said, never trusted."""

    @pytest.fixture
    def kept(self, the_clinic: Clinic, folder: Path) -> Path:
        """The witness of four days."""
        for days in range(4):
            look(the_clinic)
            witness.keep(the_clinic.base, folder, now=NOW + days * DAY)
        assert heard(the_clinic, folder).ends == 4
        return folder / witness.FILE

    @pytest.mark.parametrize("left", [0, 1, 3])
    def test_one_that_was_cut_off(self, the_clinic: Clinic, kept: Path, left: int) -> None:
        """Whoever cuts off lines can cut off the trace behind them, unseen, the next day."""
        lines = kept.read_bytes().splitlines(keepends=True)
        kept.write_bytes(b"".join(lines[:left]))
        said = heard(the_clinic, kept.parent)
        assert not said.is_fine
        assert "does not know row 11" in said.words
        before = kept.read_bytes()
        assert not witness.keep(the_clinic.base, kept.parent, now=NOW + 9 * DAY).is_fine
        assert kept.read_bytes() == before

    def test_an_older_one_in_its_place(self, the_clinic: Clinic, folder: Path) -> None:
        look(the_clinic)
        witness.keep(the_clinic.base, folder, now=NOW)
        older = (folder / witness.FILE).read_bytes()
        witness.keep(the_clinic.base, folder, now=NOW + DAY)
        (folder / witness.FILE).write_bytes(older)
        assert not heard(the_clinic, folder).is_fine

    def test_half_a_line(self, the_clinic: Clinic, kept: Path) -> None:
        kept.write_bytes(kept.read_bytes()[:-40])
        assert heard(the_clinic, kept.parent).words.startswith("Line 4 of the witness was changed")

    def test_another_clinics(self, the_clinic: Clinic, kept: Path) -> None:
        """Sealed by its own key: neither believed, nor taken for the own one."""
        own = the_clinic.base.info["witness_key"]
        foreign = kept.parent / "foreign"
        the_clinic.base.info["witness_key"] = b"another clinic's key".ljust(32, b".")
        try:
            witness.accept(the_clinic.base, foreign, why="theirs", now=NOW)
        finally:
            the_clinic.base.info["witness_key"] = own
        shutil.copy2(foreign / witness.FILE, kept)
        said = heard(the_clinic, kept.parent)
        assert said.words.startswith("Line 1 of the witness was changed, or was sealed")
        assert not said.is_fine

    @pytest.mark.parametrize("kind", ["folder", "nonsense", "nothing"])
    def test_what_is_no_witness_at_all(self, the_clinic: Clinic, kept: Path, kind: str) -> None:
        kept.unlink()
        if kind == "folder":
            kept.mkdir()
        else:
            kept.write_bytes(b"\xff\x00\n" if kind == "nonsense" else b"\n")
        assert not heard(the_clinic, kept.parent).is_fine

    def test_goes_on_once_somebody_answers_for_it(self, the_clinic: Clinic, kept: Path) -> None:
        """What is left of it is kept aside: it may tell who did it."""
        forged = kept.read_bytes().replace(b'"end"', b'"END"')
        kept.write_bytes(forged)
        witness.accept(the_clinic.base, kept.parent, why="a new disk", now=NOW + 5 * DAY)
        assert heard(the_clinic, kept.parent).is_fine
        aside = [one for one in kept.parent.iterdir() if one != kept]
        assert [one.read_bytes() for one in aside] == [forged]
        look(the_clinic)
        assert witness.keep(the_clinic.base, kept.parent, now=NOW + 7 * DAY).is_fine
        assert heard(the_clinic, kept.parent).ends == 2

    def test_one_that_could_not_be_written_is_no_forgery(
        self, the_clinic: Clinic, folder: Path
    ) -> None:
        """A full or missing disk passes; what was not written then is not missed later."""
        look(the_clinic)
        witness.keep(the_clinic.base, folder, now=NOW)
        path = folder / witness.FILE
        kept = path.read_bytes()
        path.unlink()
        path.mkdir()
        with pytest.raises(OSError, match="directory"):
            witness.accept(the_clinic.base, folder, why="not to be", now=NOW)
        path.rmdir()
        path.write_bytes(kept)
        assert heard(the_clinic, folder).is_fine


class TestTold:
    @pytest.fixture
    def broken(self, the_clinic: Clinic, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
        """A clinic whose trace was cut off."""
        monkeypatch.setattr(settings.current(), "witness_dir", folder)
        look(the_clinic, 3)
        witness.keep(the_clinic.base, folder, now=NOW)
        cut(the_clinic, 3)
        return the_clinic

    def test_to_administrators_and_whoever_reads_the_report(self, broken: Clinic) -> None:
        with broken.base.transaction() as db:
            found = administration.check_trace(db, broken.actor("ada"), now=NOW)
        assert not found.is_whole
        with broken.base.transaction() as db:
            row = tracing.view(db, broken.actor("otto"), wanted=Wanted(), now=NOW)
        assert "cut off" in row.alarm

    def test_also_of_a_witness_that_was_cut_off(self, broken: Clinic, folder: Path) -> None:
        look(broken)
        (folder / witness.FILE).unlink()
        witness.accept(broken.base, folder, why="begun anew", now=NOW)
        (folder / witness.FILE).write_bytes(b"")
        with broken.base.transaction() as db:
            found = administration.check_trace(db, broken.actor("ada"), now=NOW)
        with broken.base.transaction() as db:
            row = tracing.view(db, broken.actor("otto"), wanted=Wanted(), now=NOW)
        assert not found.is_whole
        assert found.said == row.alarm
        assert "does not know row" in row.alarm

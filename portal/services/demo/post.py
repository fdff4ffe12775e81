"""Messages, drafts and announcements of the demo clinic, and what has been read of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.models.answers import AnswerTemplate
from portal.models.clinical import DiagnosticReport
from portal.models.messages import Announcement, Communication, Draft, Thread
from portal.models.people import ReadMark
from portal.services.demo import cast, letters, table
from portal.services.demo.people import Town
from portal.words import day as said_day

WORKS_HERE = {member.key for member in cast.STAFF}
# What the clinic wrote so recently has not been read yet, nor have results.
UNREAD = timedelta(hours=49)
DRAFT = (
    "Thank you, that helps. One more question: my potassium was a little high. Should I stop "
    "using the salt with less sodium that I "
)

READY = (
    (
        "Come in for a visit",
        (
            "Dear {patient},\n\nwe would like to see you about this. Choose a time that suits "
            "you:\n{link to book}\n\nKind regards\n{me}"
        ),
    ),
    (
        "Your next visit",
        (
            "Dear {patient},\n\nyour next visit with us is on {next visit}. If the time does not "
            "suit you, change it in the portal or call us at {phone}.\n\n{me}, {clinic}"
        ),
    ),
    (
        "We are looking into it",
        (
            "Dear {patient},\n\nthank you for your message. I have to ask a colleague and come "
            "back to you by tomorrow evening.\n\n{me}"
        ),
    ),
)


@dataclass
class Post:
    """The demo clinic's post."""

    town: Town

    def deliver(self) -> None:
        """Writes every thread, marks what was read, and publishes announcements."""
        threads: list[list[str]] = []
        for line in table.lines("threads"):
            if line.startswith("= "):
                threads.append([])
            if line:
                threads[-1].append(line)
        for head, *lines in threads:
            self._thread(head.removeprefix("= "), lines)
        self._mark_results()
        self._publish()
        self._ready()

    def _ready(self) -> None:
        for title, body in READY:
            self.town.sheet.put(
                AnswerTemplate,
                title=title,
                body=body,
                changed_at=self.town.sheet.now - timedelta(days=20),
                changed_by=self.town.names["ruth"],
            )

    def _hours_ago(self, hours: float) -> datetime:
        return self.town.sheet.now - timedelta(hours=hours)

    def _thread(self, head: str, lines: list[str]) -> None:
        patient, topic, waiting_for, due, subject = (part.strip() for part in head.split("|"))
        topic, _, kept = topic.partition(" ")
        messages = [self._parsed(line) for line in lines]
        last = messages[-1][1]
        thread = self.town.sheet.put(
            Thread,
            patient_id=self.town.patients[patient],
            subject=subject,
            topic=topic,
            confidential=kept == "confidential",
            waiting_for=waiting_for,
            due_at=None if due == "-" else self._hours_ago(-float(due)),
            last_at=last,
            created_at=messages[0][1],
        )
        for number, (who, at, body) in enumerate(messages):
            self._message(thread, patient, number, who, at, body)
        if subject == "Taking lisinopril with food":
            self._draft(thread, patient)

    def _parsed(self, line: str) -> tuple[str, datetime, str]:
        head, _, body = line.partition(": ")
        who, _, hours = head.partition(", ")
        return who, self._hours_ago(float(hours)), body

    def _message(
        self, thread: str, patient: str, number: int, who: str, at: datetime, body: str
    ) -> None:
        from_clinic = who in WORKS_HERE
        message = self.town.sheet.put(
            Communication,
            thread_id=thread,
            patient_id=self.town.patients[patient],
            sender_id=self.town.users.get(who),
            sender_name=self.town.names[who],
            from_clinic=from_clinic,
            body=body,
            sent_at=at,
            client_key=f"demo-{thread}-{number}",
        )
        if from_clinic and self.town.sheet.now - at > UNREAD:
            self._read(patient, "message", message, at)

    def _draft(self, thread: str, patient: str) -> None:
        self.town.sheet.put(
            Draft,
            user_id=self.town.users[patient],
            patient_id=self.town.patients[patient],
            place=thread,
            body=DRAFT,
            saved_at=self._hours_ago(0.4),
        )

    def _mark_results(self) -> None:
        keys = {patient_id: key for key, patient_id in self.town.patients.items()}
        for report in self.town.sheet.rows[DiagnosticReport]:
            at = report["released_at"]
            if at and not report["is_history"] and self.town.sheet.now - at > UNREAD:
                self._read(keys[report["patient_id"]], "result", report["id"], at)

    def _read(self, patient: str, kind: str, record_id: str, at: datetime) -> None:
        """Marks something as read by everybody who may open this patient's record."""
        helping = [one.user for one in cast.RELATIVES if one.patient == patient and one.user]
        for key in {patient, *helping} & self.town.users.keys():
            self.town.sheet.put(
                ReadMark,
                user_id=self.town.users[key],
                kind=kind,
                record_id=record_id,
                at=at + timedelta(hours=3),
            )

    def _publish(self) -> None:
        sheet = self.town.sheet
        closed = said_day(sheet.day(letters.CLOSED_IN_DAYS)).rsplit(" ", 1)[0]
        for title, body, published, ends in letters.ANNOUNCEMENTS:
            sheet.put(
                Announcement,
                title=title.format(closed=closed),
                body=body,
                published_at=sheet.at(published, "8:30"),
                ends_at=None if ends is None else sheet.at(ends, "18:00"),
                author_id=self.town.users["ruth"],
            )

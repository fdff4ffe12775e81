"""Every component in every state, as three pages of a test-only app (see test_gallery.py)."""

import dataclasses

import reflex as rx

from portal.components import (
    badge,
    button,
    definition,
    dialog,
    drop,
    empty,
    field,
    frame,
    leaf,
    letter,
    line,
    link,
    notice,
    pager,
    person,
    print_header,
    raw_form,
    rows,
    search,
    section,
    segment,
    skeleton,
    staff,
    steps,
    table,
    timeline,
    trend,
    visit,
)


@dataclasses.dataclass(frozen=True)
class ValueRow:
    """A value as a page gets it."""

    name: str
    amount: str
    unit: str
    kind: str
    at: str
    was: str
    low: str
    high: str
    flag: str
    said: str
    badge: str
    tone: str
    icon: str


@dataclasses.dataclass(frozen=True)
class NewsRow:
    """A row of news."""

    title: str
    href: str
    icon: str
    new: str
    say: str
    under: str
    fresh: bool


@dataclasses.dataclass(frozen=True)
class PatientRow:
    """A row of the staff's table."""

    name: str
    born: str
    flag: str
    tone: str
    balance: str


@dataclasses.dataclass(frozen=True)
class PointRow:
    """A point of a trend."""

    x: str
    y: str
    label: str
    out: str


@dataclasses.dataclass(frozen=True)
class YearRow:
    """A year under a trend."""

    x: str
    label: str


@dataclasses.dataclass(frozen=True)
class TrendRow:
    """A trend."""

    points: list[PointRow]
    years: list[YearRow]
    run: str
    band: str
    edge: str


@dataclasses.dataclass(frozen=True)
class ErrorRow:
    """A line of the error summary."""

    field: str
    words: str


@dataclasses.dataclass(frozen=True)
class MomentRow:
    """A moment of a timeline."""

    title: str
    at: str
    state: str
    note: str


@dataclasses.dataclass(frozen=True)
class NumberRow:
    """A line of a trend's table."""

    day: str
    value: str
    usual: str


OK = ("In the usual range", "ok", "check")
ABOVE = ("A little above the usual range", "warn", "upr")
URGENT = ("Urgent, says the lab: call us now", "bad", "stop")
BELOW = ("Below the usual range", "warn", "dnr")
VALUES = [
    ValueRow("Sodium", "140", "mmol/L", "both", "50%", "", "135", "145", "", "Sodium 140", *OK),
    ValueRow(
        "Potassium",
        "5.3",
        "mmol/L",
        "both",
        "81.3%",
        "68.8%",
        "3.5",
        "5.1",
        "high",
        "Potassium 5.3",
        *ABOVE,
    ),
    ValueRow(
        "Iron stores",
        "9",
        "µg/L",
        "both",
        "16.2%",
        "17.5%",
        "30",
        "150",
        "low",
        "Ferritin 9",
        *BELOW,
    ),
    ValueRow(
        "Kidney filter rate", "77", "mL/min", "min", "46.2%", "", "60", "", "", "Kidney 77", *OK
    ),
    ValueRow(
        "Potassium",
        "6.4",
        "mmol/L",
        "both",
        "98%",
        "",
        "3.5",
        "5.1",
        "high crit",
        "Potassium 6.4",
        *URGENT,
    ),
    ValueRow("Throat swab", "Not found", "", "none", "", "", "", "", "", "", *OK),
]
NEWS = [
    NewsRow(
        "Kidney and blood salts",
        "/results",
        "tube",
        "New result",
        "Potassium is a little above the usual range: 5.3.",
        "Dr Osei has written a comment for you",
        fresh=False,
    ),
    NewsRow(
        "Nurse Tom Hadley replied",
        "/messages",
        "message",
        "New message",
        "",
        "“Yes, you can take it with breakfast…”, 9:12 am",
        fresh=False,
    ),
    NewsRow(
        "Lisinopril is ready to pick up",
        "/record",
        "pill",
        "Just now",
        "",
        "Corner Pharmacy, 12 Mill Road, open until 8 pm",
        fresh=True,
    ),
]
PATIENTS = [
    PatientRow("Okafor, Grace", "2 Nov 1948", "Interpreter: Igbo", "", "$0.00"),
    PatientRow("Silva, Ana", "2 May 2017", "Parent helps", "helper", "$0.00"),
    PatientRow("Silva, Marta", "14 June 1971", "Form missing", "warn", "$42.00"),
]
TREND = TrendRow(
    [
        PointRow("5%", "54%", "4.3", ""),
        PointRow("40%", "50%", "", ""),
        PointRow("96%", "15%", "5.3", "out"),
    ],
    [YearRow("0%", "2021"), YearRow("47%", "2024"), YearRow("93%", "2027")],
    "5,54 40,50 96,15",
    "M0 23H100V84H0z",
    "M0 23H100M0 84H100",
)
MOMENTS = [
    MomentRow("You asked for lisinopril 10 mg", "Sunday 14 March, 6:20 pm", "done", ""),
    MomentRow("Ready to pick up", "Today, 10:40 am", "here", "Corner Pharmacy, 12 Mill Road"),
    MomentRow("Picked up", "", "", ""),
]
NUMBERS = [NumberRow("12 March 2027", "5.3, a little above", "3.5–5.1")]
ERRORS = [ErrorRow("phone", "Enter a phone number with its area code")]


class Gallery(rx.State):
    """What the gallery shows, as Vars, so that each part proves itself within `rx.foreach`."""

    values: list[ValueRow] = VALUES
    news: list[NewsRow] = NEWS
    patients: list[PatientRow] = PATIENTS
    trend: TrendRow = TREND
    moments: list[MomentRow] = MOMENTS
    numbers: list[NumberRow] = NUMBERS
    errors: list[ErrorRow] = ERRORS
    unread: int = 1
    new_results: int = 2
    wrong: str = "Enter a phone number with its area code"
    told: str = "Your message is sent"
    tone: str = "ok"
    sort: str = "name"
    descending: bool = False
    clinic: str = "Juniper Street Clinic"

    @rx.event
    async def nothing(self) -> None:
        """Does nothing."""

    @rx.event
    async def order(self, key: str) -> None:
        """Sorts by a column."""
        self.descending = not self.descending if key == self.sort else False
        self.sort = key

    @rx.event
    async def take(self, form: dict[str, str]) -> None:
        """Takes a form."""
        self.told = f"Got {len(form)} answers"


def furnish() -> None:
    """Settles what the frames show."""
    frame.settle(
        clinic=frame.Clinic(
            name=Gallery.clinic,
            phone="(406) 555-0148",
            address="48 Juniper Street, Millbrook",
            open_now="Open now, until 5:30 pm",
            hours_said="Monday to Friday, 8 am to 5:30 pm. We have interpreters.",
        ),
        person=frame.Person(name="Marta Silva", letters="MS", tint=4),
        counts=frame.Counts(messages=Gallery.unread, results=Gallery.new_results, late_messages=2),
    )


def _value(row: ValueRow) -> rx.Component:
    return line.value(
        row.name,
        row.amount,
        row.unit,
        row,
        badge.show(row.badge, row.tone, row.icon),
        twin="In plain words",
    )


def _news(row: NewsRow) -> rx.Component:
    return rows.row(
        row.title,
        row.under,
        href=row.href,
        icon_name=row.icon,
        new=row.new,
        say=row.say,
        fresh=row.fresh,
    )


def patient_page() -> rx.Component:
    """The patient's frame with the parts of Home, results, messages and lists."""
    next_visit = visit.next_card(
        "Thursday, 9:40 am",
        "Blood pressure review",
        definition.icons(
            definition.pictured("user", "With", "Dr Amara Osei, your family doctor"),
            definition.pictured("pin", "Where", "Room 2, 48 Juniper Street"),
        ),
        month="March",
        day="18",
        status=visit.how_far("In 2 days"),
        buttons=button.group(
            button.main("Confirm I’m coming", icon_name="check", on_click=Gallery.nothing),
            button.plain("Change or cancel", href="/appointments"),
        ),
        stub=visit.stub(
            "Check in before you come", "5 minutes at home saves waiting at the desk", "/record"
        ),
    )
    left = [
        section.titled("Your next appointment", next_visit, anchor="next"),
        section.titled("What is new", rows.each(Gallery.news, _news), anchor="new"),
        section.titled(
            "Values",
            rx.el.ul(rx.foreach(Gallery.values, _value), class_name="list"),
            anchor="values",
        ),
        section.titled(
            "Over the years",
            rx.el.div(
                trend.figure(
                    "Potassium since 2021",
                    "Until now always in the usual range.",
                    Gallery.trend,
                    table=trend.numbers(
                        "Potassium in mmol/L", ["Date", "Value", "Usual range"], Gallery.numbers
                    ),
                    more="See the numbers as a table",
                ),
                class_name="card",
            ),
            anchor="trend",
        ),
    ]
    right = [
        section.titled(
            "Waiting for you",
            rows.list_(
                rows.row("Bill of $42.00", "Due 31 March", href="/record", icon_name="bill")
            ),
            anchor="waiting",
            more="All of it",
            href="/record",
        ),
        section.titled(
            "Later",
            rows.list_(
                rows.row(
                    "Thursday, 9:40 am",
                    "Blood pressure review",
                    href="/appointments",
                    lead=leaf.show("March", "18", "soft"),
                    day=True,
                ),
                rows.row(
                    "Tuesday, 2:10 pm", "Check-up", lead=leaf.show("Feb", "9", "past"), day=True
                ),
            ),
            anchor="later",
        ),
        section.titled(
            "Nothing there",
            empty.show(
                "No appointments coming",
                "When you book one, you see here when, where and with whom.",
                icon_name="calendar",
            ),
            anchor="nothing",
        ),
        section.titled(
            "On its way",
            skeleton.rows("Loading your results", 2),
            skeleton.rows("Loading your visits", 1, "day"),
            skeleton.card("Loading", 2),
            anchor="skeletons",
        ),
        section.titled("A refill", timeline.each(Gallery.moments), anchor="refill"),
    ]
    talk = section.titled(
        "A conversation",
        letter.all_of(
            letter.show(
                "You",
                "Yesterday, 7:40 pm",
                "May I take it with breakfast?",
                letters="MS",
                tint=4,
                mine=True,
            ),
            letter.event("We got your message and promised an answer by Wednesday, 5:30 pm."),
            letter.show(
                "Nurse Tom Hadley",
                "today, 9:12 am",
                "Yes, you can.\nTake it at the same time every day.",
                letters="TH",
                tint=2,
                role="Medicines team",
            ),
        ),
        letter.promise(
            "If you send this today, we answer by Thursday, 5:30 pm.", "This message costs nothing."
        ),
        letter.kept("Saved as a draft at 10:42 am"),
        anchor="talk",
    )
    said = letter.comment(
        "Dr Amara Osei",
        "Your family doctor, today at 8:50 am",
        "Your kidneys are working well.\n\nPlease keep taking your tablets.",
        letters="AO",
        buttons=button.group(button.main("Book the blood test", icon_name="calendar")),
    )
    return frame.patient(
        "Home",
        section.stacked(
            notice.told(Gallery.tone, Gallery.told, "We answer by Thursday, 5:30 pm."),
            section.two_columns(left, right),
            section.titled("What your doctor says", said, anchor="doctor"),
            talk,
        ),
        current="home",
        updated="Updated just now",
        paper=print_header.show(
            "Juniper Street Clinic", "48 Juniper Street", "Marta Silva", "Born 14 June 1971"
        ),
    )


def forms_page() -> rx.Component:
    """The patient's frame in somebody else's record, with every field, notice and dialog."""
    form = rx.el.form(
        rx.el.div(
            field.text("name", "Your name", value="Marta", autocomplete="name"),
            field.email("email", "E-mail address", hint="We write here when something is new."),
            field.phone("phone", "Mobile phone", hint="With area code", error=Gallery.wrong),
            field.date("born", "Birth date", hint="For example 27 3 1985", autocomplete="bday"),
            field.time("at", "Time", optional=True),
            field.select(
                "pharmacy",
                "Which pharmacy?",
                [("a", "Corner Pharmacy"), ("b", "Mill")],
                first="Choose one",
            ),
            field.textarea("text", "Your message", hint="Only your care team reads it."),
            field.radio(
                "how",
                "How do you want to see us?",
                [("here", "At the clinic", "48 Juniper Street"), ("video", "By video", "")],
                value="here",
            ),
            field.checkbox("agree", "I agree", detail="You can change this later."),
            field.checkbox("sure", "I am sure", error="Tick this box to go on"),
            button.group(
                button.main("Send message", type="submit", icon_name="send"),
                button.link_like("Not now"),
            ),
            class_name="stack",
        ),
        on_submit=Gallery.take,
    )
    marks = rx.el.p(
        badge.show("In 2 days", "info", "clock"),
        " ",
        badge.show("Confirmed", "ok", "check"),
        " ",
        badge.show("Form missing", "warn", "form"),
        " ",
        badge.show("Overdue", "bad", "bill"),
        " ",
        badge.show("Written by Marta for Ana", "helper", "family"),
        " ",
        badge.show("Cancelled", "", "x"),
        " ",
        badge.new("New result"),
    )
    ask = dialog.confirm(
        "cancel",
        "Cancel this appointment?",
        "Thursday 18 March, 9:40 am. The time goes to somebody else at once.",
        act="Cancel the appointment",
        keep="Keep it",
        on_confirm=Gallery.nothing,
    )
    why = dialog.form(
        "why",
        "Why are you asking?",
        field.text("reason", "Reason"),
        act="Open the record",
        keep="Leave it",
        on_submit=Gallery.take,
    )
    return frame.patient(
        "Ana’s forms",
        field.error_summary("One answer needs another look", Gallery.errors),
        section.stacked(
            steps.show(["Reason", "Who", "Day and time", "Check and book"], 3, ["/home", "/home"]),
            section.titled("A form", form, anchor="form"),
            section.titled(
                "Notices",
                rx.el.div(
                    notice.ok("Your message is sent", "We answer by Thursday."),
                    notice.info("Fast for this blood test", "Water is fine."),
                    notice.warn("That time has just been taken", "Here are the next free ones."),
                    notice.bad("The payment did not go through", "Nothing was charged."),
                    notice.plain("When to call us", "If it cannot wait."),
                    class_name="stack",
                ),
                marks,
                anchor="notices",
            ),
            section.titled(
                "Dialogs",
                button.group(
                    dialog.opener("cancel", "Cancel the visit"),
                    dialog.opener("why", "Open with a reason"),
                    button.danger("Delete"),
                    button.busy("Book", "Booking…", Gallery.descending),
                    button.print_page("Print"),
                ),
                ask,
                why,
                anchor="dialogs",
            ),
            section.titled(
                "Choosing",
                segment.links("Which", [("a", "/home", "Coming"), ("b", "/forms", "Past")], "b"),
                segment.choice(
                    "seg",
                    "Show",
                    [("name", "Coming"), ("old", "Past")],
                    Gallery.sort,
                    Gallery.order,
                ),
                search.show("Search the record", "Search", Gallery.take),
                anchor="choosing",
            ),
            section.titled(
                "A file",
                drop.show("card", "Drop a photo or PDF here, up to 10 MB", "Choose a file"),
                drop.progress("Card, front side", 66, "1.4 of 2.1 MB"),
                anchor="file",
            ),
            section.titled(
                "About",
                section.card(
                    definition.show(
                        definition.entry("Asked for by", "Dr Amara Osei"),
                        definition.entry("Sample", "Blood"),
                    )
                ),
                person.chip("Dr Amara Osei", "AO", tint=3, role="your family doctor"),
                anchor="about",
            ),
        ),
        current="messages",
        above=link.back("/home", "All messages"),
        acting=frame.Relation(name="Ana Silva", letters="AS"),
    )


def staff_page() -> rx.Component:
    """The staff's frame with panels, items and the table."""

    def cells(row: PatientRow) -> list[rx.Component]:
        return [
            table.name_cell(link.to("/staff/patients", row.name)),
            table.cell(row.born),
            table.cell(badge.show(row.flag, row.tone, "form")),
            table.cell(row.balance, is_number=True),
        ]

    panels = staff.columns(
        staff.pile(
            staff.panel(
                "This morning",
                staff.group("Action required", badge.count(4, "", "late")),
                rx.el.ul(
                    staff.item(
                        "Rosa Delgado",
                        "Potassium 6.4 (3.5–5.1), call now",
                        beside="70, was here at 9:00",
                        lead=badge.show("Critical", "late", "alert"),
                        href="/staff/patients",
                        acts=[
                            button.main("Call", small=True, key="P", icon_name="phone"),
                            button.plain("Open", small=True, key="↵"),
                        ],
                        current=True,
                    ),
                    staff.item(
                        "Luca Romano",
                        "Both times are yours",
                        beside="move from Wed 14:00",
                        lead=badge.show("Thu 15:20", "soon", "calendar"),
                        href="/staff/patients",
                    ),
                    class_name="list",
                ),
                anchor="morning",
                count=Gallery.unread,
                end="most urgent first",
            ),
        ),
        staff.panel(
            "Contact",
            definition.show(
                definition.entry("Address", "7 Mill Road"),
                definition.entry("Mobile", "(406) 555-0142"),
            ),
            anchor="contact",
            end=button.plain("Edit", small=True),
        ),
        staff.panel(
            "Forms",
            empty.show("No forms", "Sent forms stand here.", icon_name="form"),
            anchor="forms",
        ),
        across="three-up",
    )
    listed = table.data(
        "Patients",
        [
            table.Column("Name", "name"),
            table.Column("Born", "born"),
            table.Column("Flags"),
            table.Column("Balance", "balance", is_number=True),
        ],
        Gallery.patients,
        cells,
        sort=Gallery.sort,
        descending=Gallery.descending,
        on_sort=Gallery.order,
    )
    return frame.staff(
        "Today",
        panels,
        rx.el.br(),
        listed,
        pager.show(
            "41 to 44 of 1,286 patients",
            has_before=True,
            has_next=True,
            on_before=Gallery.nothing,
            on_next=Gallery.nothing,
        ),
        current="today",
        beside="Tuesday 9 March, Dr Dana Okafor, 16 visits",
        keys=[("J", "Next"), ("K", "Before")],
        live_said="Live, 10:07",
    )


def chart_page() -> rx.Component:
    """The head of a chart."""
    return frame.staff(
        "Alice Lennox",
        staff.chart_head(
            "Alice Lennox",
            "AL",
            staff.fact("38, born 3 June 1988"),
            staff.fact("(406) 555-0142", icon_name="phone"),
            tint=3,
            buttons=button.group(
                button.plain("Message", key="E"), button.main("Book a visit", key="B")
            ),
        ),
        staff.why(
            "You opened this because of ",
            rx.el.b("today’s visit at 11:30"),
            ". Alice sees that you did, and why.",
        ),
        staff.columns(
            staff.panel(
                "Visits",
                rx.el.ul(
                    staff.item("Dr Osei", "Booked 10:09", lead="Today 11:30"), class_name="list"
                ),
                anchor="visits",
            )
        ),
        current="patients",
        has_heading=False,
    )


def sign_in_page() -> rx.Component:
    """The front page."""
    door = rx.el.div(
        raw_form.post(
            "/auth/sign-in",
            field.text("username", "E-mail address or user name", autocomplete="username"),
            field.password(
                "password", "Password", forgotten="Forgotten it?", forgotten_href="/forgot-password"
            ),
            button.main("Sign in", type="submit", full=True),
        ),
        class_name="card door",
    )
    doors = rows.list_(
        rows.row(
            "First time here?",
            "Use the code in the letter that we gave you",
            href="/register",
            icon_name="form",
            level=2,
        )
    )
    wrong = notice.at("wrong", "bad", "Name or password is wrong", "Try again, or reset it.")
    return frame.public(
        "Sign in",
        wrong,
        door,
        rx.el.div(doors, class_name="doors"),
        lead="Your appointments, results, messages and medicines.",
        hours=[
            ("Monday", "8 am – 5:30 pm"),
            ("Tuesday, today", "8 am – 5:30 pm", "today"),
            ("Saturday, Sunday", "Closed"),
        ],
    )


def make_app() -> rx.App:
    """The app that shows them all."""
    furnish()
    app = rx.App(
        stylesheets=frame.STYLESHEETS,
        reset_style=False,
        toaster=None,
        head_components=frame.head_components(),
        app_wraps=frame.app_wraps(),
    )
    pages = {
        "/": sign_in_page,
        "/home": patient_page,
        "/forms": forms_page,
        "/staff": staff_page,
        "/staff/patients": chart_page,
    }
    for route, page in pages.items():
        app.add_page(page, route=route, title=f"Gallery {route}")
    return app

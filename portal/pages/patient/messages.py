"""Messages: the list, a new one, and a conversation."""

from typing import Any

import reflex as rx

from portal.components import (
    attach,
    badge,
    button,
    empty,
    field,
    frame,
    icon,
    letter,
    link,
    live_form,
    notice,
    pager,
    person,
    print_header,
    rows,
    search,
    section,
    skeleton,
)
from portal.components.kinds import when
from portal.models.messages import BODY_MAX, SUBJECT_MAX
from portal.pages.page import Page
from portal.pages.patient import urgent
from portal.services.messages import topics
from portal.state.frame import Frame
from portal.state.messages import NEW as NEW_PLACE
from portal.state.messages import Conversation, Messages, NewMessage
from portal.words import _

FRAME: Any = Frame.row
LIST: Any = Messages.row
NEW: Any = NewMessage.row
ONE: Any = Conversation.row
# Long enough not to ask at every stroke, short enough to lose nothing worth a word.
PAUSE_MS = 700


def build_list() -> rx.Component:
    """Lays the list of conversations out."""
    return frame.patient(
        _("Messages"),
        notice.told("bad", Messages.problem),
        section.stacked(
            rx.cond(LIST.may_write, _to_write(), rx.fragment()),
            search.show(
                _("Search your messages"),
                _("Search"),
                Messages.find,
                key=LIST.query,
                default_value=LIST.query,
            ),
            rx.cond(Messages.is_loaded, _threads(), skeleton.rows(_("Loading your messages"), 4)),
        ),
        current="messages",
    )


def _to_write() -> rx.Component:
    new = button.main(_("New message"), href="/messages/new", icon_name="plus")
    return rx.el.div(new, class_name="btns")


def _threads() -> rx.Component:
    nothing = rx.cond(
        LIST.query != "",
        empty.show(
            _("Nothing found"),
            _("No message has these words. Try fewer letters, or search for nothing to see all."),
            icon_name="search",
        ),
        empty.show(
            _("No messages yet"),
            _("Write to us about your health, your medicines, a visit or a bill."),
            icon_name="message",
        ),
    )
    turning = pager.leaf(LIST.leaf, Messages.turn)
    some = rx.el.div(rows.each(LIST.threads, _thread, label=_("Messages, newest first")), turning)
    return rx.cond(LIST.threads.length() > 0, some, nothing)


def _thread(row: Any) -> rx.Component:
    news = rx.cond(
        row.unread > 0,
        rx.cond(row.unread == 1, _("New message"), rx.fragment(row.unread, " ", _("new messages"))),
        "",
    )
    marked = rx.cond(
        row.unread > 0,
        rx.el.p(rx.el.span(news, class_name="new"), class_name="kind"),
        rx.fragment(),
    )
    said = rx.el.p(
        rx.el.span(row.who, ": ", class_name="quiet"), row.snippet, class_name="say snip"
    )
    turn = rx.cond(
        row.is_overdue,
        rx.el.p(badge.show(row.turn, "warn", "clock")),
        when(row.turn, rx.el.p(row.turn)),
    )
    draft = rx.cond(
        row.has_draft,
        rx.el.p(badge.show(_("You have begun an answer"), "", "pencil")),
        rx.fragment(),
    )
    body = rx.el.div(
        marked,
        rx.el.h2(link.to(f"/messages/{row.id}", row.subject)),
        said,
        rx.el.p(row.at, " · ", row.topic),
        turn,
        draft,
    )
    return rx.el.li(
        person.initials(row.letters, row.tint, "sm"),
        body,
        icon.show("right", class_name="go"),
        class_name="row",
    )


def build_new() -> rx.Component:
    """Lays a new message out."""
    return frame.patient(
        _("New message"),
        notice.told("bad", NewMessage.problem),
        field.error_summary(_("Please look at this again"), NewMessage.errors),
        _new_form(),
        current="messages",
        right="writing",
        above=link.back("/messages", _("All messages")),
    )


def _new_form() -> rx.Component:
    about = rx.cond(
        NEW.about != "",
        rx.el.p(
            badge.show(rx.fragment(_("This message is about"), " ", NEW.about), "helper", "family")
        ),
        rx.fragment(),
    )
    return live_form.of(
        urgent.banner(),
        about,
        rx.el.input(type="hidden", name="key", value=NEW.draft.key, read_only=True),
        rx.el.input(type="hidden", name="whose", value=FRAME.patient_id, read_only=True),
        field.select(
            "topic",
            _("What is it about?"),
            list(topics().items()),
            value=NEW.draft.topic,
            key=f"topic {NEW.draft.topic}",
            on_change=lambda words: NewMessage.keep(
                FRAME.patient_id, NEW.draft.key, "topic", words
            ),
        ),
        field.text(
            "subject",
            _("Subject"),
            hint=_("A few words, for example: Sore knee"),
            error=NewMessage.subject_error,
            value=NEW.draft.subject,
            max_length=SUBJECT_MAX,
            auto_complete="off",
            on_change=lambda words: NewMessage.keep(
                FRAME.patient_id, NEW.draft.key, "subject", words
            ).debounce(PAUSE_MS),
        ),
        rx.el.div(
            field.textarea(
                "body",
                _("Your message"),
                rows=8,
                error=NewMessage.body_error,
                value=NEW.draft.body,
                max_length=BODY_MAX,
                on_change=lambda words: NewMessage.keep(
                    FRAME.patient_id, NEW.draft.key, "body", words
                ).debounce(PAUSE_MS),
            ),
            _kept(NewMessage.saved),
        ),
        _new_files(),
        rx.cond(NEW.about == "", _between_us(), rx.fragment()),
        _promise(NEW.promise, NEW.fee),
        urgent.to_send(NewMessage.advice),
        on_submit=NewMessage.send,
        class_name="write talk",
        no_validate=True,
    )


def _new_files() -> rx.Component:
    return attach.field(
        NEW.draft.files,
        to=f"/files/attach/{FRAME.patient_id}/{NEW_PLACE}",
        on_remove=lambda file: NewMessage.remove(FRAME.patient_id, file),
    )


def _between_us() -> rx.Component:
    """On one's own record alone: a helper cannot keep anything from themselves."""
    return field.checkbox(
        "confidential",
        _("Only between me and the clinic"),
        detail=_("Nobody who helps you, and no parent, sees this conversation"),
    )


def build_one() -> rx.Component:
    """Lays one conversation out."""
    return frame.patient(
        rx.cond(Conversation.is_missing, _("We could not find that"), ONE.subject),
        notice.told("bad", Conversation.problem),
        rx.cond(
            Conversation.is_missing,
            _missing(),
            _conversation(),
        ),
        current="messages",
        above=link.back("/messages", _("All messages")),
        paper=print_header.show(
            FRAME.clinic_name, FRAME.clinic_address, ONE.patient_name, ONE.born
        ),
    )


def _missing() -> rx.Component:
    return empty.show(
        _("There is no such message here"),
        _("It may belong to another record. Your messages are in the list."),
        button.plain(_("See all messages"), href="/messages"),
        icon_name="message",
    )


def _conversation() -> rx.Component:
    earlier = rx.cond(
        ONE.earlier > 0,
        button.plain(_("Show earlier messages"), on_click=Conversation.earlier, icon_name="up"),
        rx.fragment(),
    )
    letters = rx.fragment(
        rx.el.p(ONE.who, " · ", ONE.topic, class_name="quiet"),
        earlier,
        rx.el.div(
            letter.all_of(rx.foreach(ONE.letters, _letter), _promised()),
            role="log",
            aria_label=_("Messages"),
            aria_live="off",
            on_mouse_enter=Conversation.seen,
        ),
    )
    # The form stays where it is even while all is loaded anew after a lost connection: what was
    # typed meanwhile stands in the browser alone.
    return rx.el.div(
        rx.cond(Conversation.is_loaded, letters, skeleton.card(_("Loading the message"), 8)),
        rx.cond(
            ONE.may_write,
            rx.cond(Conversation.is_sent, _sent(), _answer_form()),
            rx.el.p(_("You may read these messages, but not answer them."), class_name="quiet"),
        ),
        rx.cond(ONE.id != "", button.group(button.print_page(_("Print this conversation")))),
        class_name="stack talk",
    )


def _letter(row: Any) -> rx.Component:
    line = rx.cond(row.opens_new, rx.el.p(_("New"), class_name="mark-new"), rx.fragment())
    to_right = Conversation.put_right(FRAME.patient_id, row.id)
    shown = letter.show(
        row.name,
        rx.cond(row.role != "", rx.fragment(row.at, " · ", row.role), row.at),
        row.body,
        letters=row.letters,
        tint=row.tint,
        mine=row.mine,
        links=row.links,
        files=row.files,
        below=letter.standing(row, ONE.may_write, on_click=to_right),
    )
    return rx.fragment(line, shown, key=row.id)


def _promised() -> rx.Component:
    late = letter.event(
        rx.fragment(
            _("We promised an answer by"),
            " ",
            ONE.promised,
            ". ",
            _("We are late, and sorry. If it cannot wait, call us."),
        ),
        "clock",
    )
    due = letter.event(
        rx.fragment(_("We have your message and answer by"), " ", ONE.promised, "."), "ok"
    )
    return rx.cond(ONE.promised != "", rx.cond(ONE.is_overdue, late, due), rx.fragment())


def _sent() -> rx.Component:
    return rx.el.div(
        notice.ok(
            _("Your message is sent"),
            rx.el.p(_("We answer by"), " ", rx.el.strong(ONE.answer_by), "."),
        ),
        button.group(
            button.plain(
                _("Write another message"), on_click=Conversation.again, icon_name="pencil"
            )
        ),
        class_name="write",
    )


def _answer_form() -> rx.Component:
    return live_form.of(
        urgent.banner(),
        rx.el.input(type="hidden", name="key", value=ONE.draft.key, read_only=True),
        rx.el.input(type="hidden", name="whose", value=FRAME.patient_id, read_only=True),
        letter.puts_right(ONE.draft.corrects, on_drop=Conversation.put_right(FRAME.patient_id, "")),
        rx.el.div(
            field.textarea(
                "body",
                _("Your answer"),
                error=Conversation.body_error,
                value=ONE.draft.body,
                key=f"body {Conversation.edition}",
                max_length=BODY_MAX,
                on_focus=Conversation.seen,
                on_change=lambda words: Conversation.keep(
                    FRAME.patient_id, ONE.draft.key, words
                ).debounce(PAUSE_MS),
            ),
            _kept(Conversation.saved),
        ),
        attach.field(
            ONE.draft.files,
            to=f"/files/attach/{FRAME.patient_id}/{ONE.id}",
            on_remove=lambda file: Conversation.remove(FRAME.patient_id, file),
        ),
        _promise(ONE.answer_by, ONE.fee),
        urgent.to_send(Conversation.advice),
        on_submit=Conversation.send,
        class_name="write talk",
        no_validate=True,
    )


def _kept(saved: Any) -> rx.Component:
    said = rx.el.span(icon.show("ok", small=True), saved, role="status")
    only = rx.el.span(_("Only you can see it until you send it"))
    return rx.el.p(when(saved, rx.fragment(said, only)), class_name="kept")


def _promise(by: Any, fee: Any) -> rx.Component:
    said = rx.cond(
        by != "",
        rx.fragment(_("If you send this today, we answer by"), " ", rx.el.strong(by), "."),
        _("We answer every message."),
    )
    costs = rx.cond(
        fee != "",
        rx.fragment(
            _("An answer about your health or medicines may cost"),
            " ",
            rx.el.strong(fee),
            ". ",
            _("All others cost nothing."),
        ),
        _("This message costs nothing."),
    )
    return letter.promise(said, rx.fragment(_("We answer within 2 working days."), " ", costs))


list_page = Page("/messages", _("Messages"), build_list, on_load=Messages.open)
new_page = Page("/messages/new", _("New message"), build_new, on_load=NewMessage.open)
one_page = Page(
    "/messages/[id]",
    _("Message"),
    build_one,
    on_load=[Conversation.clear, Conversation.open],
)

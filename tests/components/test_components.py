"""The parts say what they are to people who cannot see them, and never bring in a foreign look."""

import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import reflex as rx

from portal.components import (
    badge,
    button,
    dialog,
    field,
    frame,
    idle,
    line,
    link,
    notice,
    person,
    raw_form,
    rows,
    skeleton,
    steps,
)
from tests.components import gallery

ROOT = Path(__file__).parents[2]
PAGES = [
    gallery.sign_in_page,
    gallery.patient_page,
    gallery.forms_page,
    gallery.staff_page,
    gallery.chart_page,
]


def shown(part: rx.Component) -> str:
    return json.dumps(part.render(), default=str).replace('\\"', '"')


def libraries(part: rx.Component) -> set[str]:
    return set(part._get_all_imports())


@pytest.fixture(autouse=True)
def furnished() -> Any:
    gallery.furnish()
    yield
    frame.settle(clinic=frame.Clinic(), person=frame.Person(), counts=frame.Counts())


@dataclass(frozen=True)
class Row:
    kind: str = "both"
    at: str = "81.3%"
    was: str = ""
    low: str = "3.5"
    high: str = "5.1"
    flag: str = "high"
    said: str = "Potassium 5.3. The usual range of this lab is 3.5 to 5.1."


class TestFrames:
    @pytest.mark.parametrize("page", PAGES)
    def test_have_one_heading_one_main_and_a_skip_link(self, page: Any) -> None:
        said = shown(page())
        assert said.count('"name": ""h1""') == 1
        assert said.count('"name": ""main""') == 1
        assert 'href:"#main"' in said
        assert 'id:"main"' in said

    @pytest.mark.parametrize("page", PAGES)
    def test_bring_in_nothing_of_radix_sonner_or_lucide(self, page: Any) -> None:
        found = libraries(page())
        assert not [name for name in found if re.search("radix|sonner|lucide|moment", name)]

    def test_link_every_place_of_a_patient_in_bar_or_more(self) -> None:
        said = shown(frame.patient("Home"))
        for place in frame.patient_places():
            assert f'to:"{place.href}"' in said

    def test_mark_the_page_that_is_open(self) -> None:
        said = shown(frame.patient("Results", current="results"))
        assert said.count('"aria-current":"page"') == 1

    def test_sign_out_by_a_form_that_the_browser_sends(self) -> None:
        for framed in (frame.patient("Home"), frame.staff("Today")):
            assert 'action:"/auth/sign-out"' in shown(framed)
            assert 'method:"post"' in shown(framed)

    def test_warn_before_the_idle_time_out_only_where_somebody_is_signed_in(self) -> None:
        assert "data-idle" in shown(frame.patient("Home"))
        assert "data-idle" in shown(frame.staff("Today"))
        assert "data-idle" not in shown(frame.public("Sign in"))

    def test_show_the_emergency_number_to_everybody(self) -> None:
        for framed in (frame.patient("Home"), frame.public("Sign in")):
            assert "tel:911" in shown(framed)


class TestFields:
    def test_link_label_hint_and_error(self) -> None:
        said = shown(field.text("phone", "Phone", hint="With area code", error="Enter a number"))
        assert 'htmlFor:"phone"' in said
        assert '"aria-describedby":"phone-hint phone-error"' in said
        assert '"aria-invalid":"true"' in said
        assert 'id:"phone-hint"' in said
        assert 'id:"phone-error"' in said

    def test_show_an_error_of_a_state_only_when_there_is_one(self) -> None:
        said = shown(field.text("phone", "Phone", error=gallery.Gallery.wrong))
        assert "cond_state" in said

    def test_point_to_nothing_that_is_not_there(self) -> None:
        assert "aria-describedby" not in shown(field.text("name", "Name"))

    def test_fill_in_what_the_browser_knows(self) -> None:
        assert 'autoComplete:"email"' in shown(field.email("email", "E-mail"))
        assert 'autoComplete:"current-password"' in shown(field.password("password", "Password"))

    def test_link_the_summary_to_the_fields(self) -> None:
        said = shown(field.error_summary("One answer", gallery.Gallery.errors))
        assert 'role:"alert"' in said
        assert "#" in said

    def test_name_the_group_of_radio_buttons(self) -> None:
        said = shown(field.radio("how", "How?", [("a", "Here", ""), ("b", "There", "")]))
        assert '"name": ""legend""' in said
        assert said.count('type:"radio"') == 2


class TestLinks:
    @pytest.mark.parametrize(
        "href", ["/auth/sign-out", "/files/1", "tel:1", "#main", "https://x.y"]
    )
    def test_leave_the_app_where_they_must(self, href: str) -> None:
        assert '"name": ""a""' in shown(link.to(href, "there"))

    def test_stay_in_the_app_otherwise(self) -> None:
        assert "ReactRouterLink" in shown(link.to("/home", "Home"))

    def test_call_the_digits(self) -> None:
        assert 'href:"tel:4065550148"' in shown(link.phone("(406) 555-0148"))


class TestRows:
    def test_make_the_title_the_link(self) -> None:
        said = shown(rows.row("Vitamin D", "In range", href="/results/1", icon_name="tube"))
        assert said.index('""h3""') < said.index("ReactRouterLink")
        assert said.count("ReactRouterLink") == 1

    def test_have_no_arrow_where_there_is_nowhere_to_go(self) -> None:
        assert "#i-right" not in shown(rows.row("Vitamin D", "In range"))


class TestValues:
    def test_have_their_range_in_words(self) -> None:
        said = shown(line.number_line(Row()))
        assert 'role:"img"' in said
        assert "The usual range of this lab is 3.5 to 5.1." in said

    def test_draw_nothing_without_a_range(self) -> None:
        assert "track" not in shown(line.number_line(Row(kind="none")))

    @pytest.mark.parametrize(
        ("value", "low", "high", "place"),
        [
            (4.3, 3.5, 5.1, 50.0),
            (5.1, 3.5, 5.1, 75.0),
            (3.5, 3.5, 5.1, 25.0),
            (99, 3.5, 5.1, 98.0),
            (-5, 3.5, 5.1, 2.0),
            (60, 60, None, 25.0),
            (5, None, 5, 75.0),
            (1, None, None, 50.0),
            (1, 5.0, 5.0, 15.0),
        ],
    )
    def test_keep_the_range_in_the_middle_half(
        self, value: float, low: float | None, high: float | None, place: float
    ) -> None:
        assert line.place(value, low, high) == place


class TestParts:
    def test_badges_hide_their_icon_and_keep_their_word(self) -> None:
        said = shown(badge.show("Confirmed", "ok", "check"))
        assert "Confirmed" in said
        assert '"aria-hidden":"true"' in said

    def test_counts_vanish_at_none(self) -> None:
        assert "count" not in shown(badge.count(0, "new"))
        assert "new" in shown(badge.count(2, "new"))

    def test_notices_are_announced_as_loudly_as_they_must(self) -> None:
        assert 'role:"alert"' in shown(notice.bad("The payment did not go through"))
        assert 'role:"status"' in shown(notice.ok("Sent"))
        assert "role" not in shown(notice.info("Fast"))

    def test_notices_for_an_address_can_take_the_focus(self) -> None:
        said = shown(notice.at("wrong", "bad", "Name or password is wrong"))
        assert 'id:"wrong"' in said
        assert "tabIndex:-1" in said

    def test_skeletons_say_once_what_is_coming(self) -> None:
        said = shown(skeleton.rows("Loading your results", 3))
        assert said.count("Loading your results") == 1
        assert '"aria-hidden":"true"' in said

    def test_confirm_names_the_dialog_and_bears_the_verb(self) -> None:
        said = shown(
            dialog.confirm("c", "Cancel?", "It goes.", act="Cancel it", keep="Keep", on_confirm=[])
        )
        assert '"aria-labelledby":"c-title"' in said
        assert "Cancel it" in said

    def test_raw_forms_keep_the_browsers_own_sending(self) -> None:
        assert "onSubmit" not in shown(raw_form.post("/auth/sign-in"))

    def test_keys_are_told_to_screen_readers(self) -> None:
        said = shown(button.plain("Open", key="O"))
        assert "aria-keyshortcuts" in said

    def test_steps_say_where_one_stands(self) -> None:
        assert "Step 2 of 3: Who" in shown(steps.show(["Why", "Who", "When"], 2))

    def test_initials_are_first_and_last(self) -> None:
        assert person.letters_of("Ana Maria de Silva") == "AS"
        assert person.letters_of("Cher") == "C"
        assert person.letters_of("") == ""
        assert person.tint_of("x") in range(1, 6)

    def test_the_idle_warning_tells_the_script_where_to_ask(self) -> None:
        said = shown(idle.warning(warn_seconds=90))
        for part in ('"data-clock":"/auth/clock"', '"data-extend":"/auth/extend"', '"90"'):
            assert part in said


class TestAssets:
    def test_hold_every_icon_that_is_used(self) -> None:
        sprite = (ROOT / "assets/icons.svg").read_text()
        there = set(re.findall(r'id="i-([a-z0-9-]+)"', sprite))
        for page in PAGES:
            used = set(re.findall(r"#i-([a-z0-9-]+)\"", shown(page())))
            assert used
            assert used <= there

    def test_stay_within_their_weight(self) -> None:
        styles = "".join((ROOT / "assets" / name).read_text() for name in frame.STYLESHEETS)
        assert len(gzip.compress(styles.encode())) < 19_500  # a fifth less once built
        assert len(gzip.compress((ROOT / "assets/portal.js").read_bytes())) < 4_400
        # What the page of notices alone loads, and what a device that is told keeps of us.
        told = b"".join(
            (ROOT / f"assets/{name}.js").read_bytes() for name in ("push", "service-worker")
        )
        assert len(gzip.compress(told)) < 3_000
        # What the day board alone loads.
        board = (ROOT / "assets/look/board.css").read_bytes()
        assert len(gzip.compress(board)) < 8_500
        scripts = b"".join(path.read_bytes() for path in (ROOT / "assets/board").glob("*.js"))
        assert len(gzip.compress(scripts)) < 10_500

    def test_use_only_colours_that_are_declared(self) -> None:
        names = (*frame.STYLESHEETS, "look/board.css", "look/settings.css")
        styles = "".join((ROOT / "assets" / name).read_text() for name in names)
        declared = set(re.findall(r"(--[a-z0-9-]+)\s*:", styles)) | {
            "--at",
            "--x",
            "--y",
            "--steps",
            "--part",
            "--left",
            "--row",
        }
        assert set(re.findall(r"var\((--[a-z0-9-]+)\)", styles)) <= declared

"""What a resource says in the portal's columns: every shape that R4 allows, nothing guessed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from portal.integrations.fhir import (
    checks,
    dosage,
    elements,
    mapping,
    moments,
    plain_words,
    reading,
)
from portal.integrations.fhir.mapping import people, results
from portal.integrations.fhir.mapping.links import Links, Target
from tests.support import fhir

DOCTOR = Target(id="doc", type="Practitioner", label="Ida Fennel")
ROLE = Target(id="role", type="PractitionerRole", leads_to="Practitioner/1")
NOWHERE = Links(lambda _key: None)
LINKS = Links({"Practitioner/1": DOCTOR, "PractitionerRole/1": ROLE}.get)


def said(resource: dict[str, Any], links: Links = NOWHERE) -> dict[str, Any]:
    """Maps a resource after reading it as an import does, so that numbers keep their digits."""
    import json

    it = reading.decode(json.dumps(resource).encode())[0]
    mapper = {**mapping.RECORDS, **mapping.PEOPLE}[it["resourceType"]][1]
    values = mapper(it, links)
    assert values is not None
    return values


class TestMoments:
    @pytest.mark.parametrize(
        ("text", "at"),
        [
            ("1958", datetime(1958, 1, 1, 12, tzinfo=UTC)),
            ("1958-03", datetime(1958, 3, 1, 12, tzinfo=UTC)),
            ("1958-03-04", datetime(1958, 3, 4, 12, tzinfo=UTC)),
            ("2020-02-29T10:00:00-05:00", datetime(2020, 2, 29, 15, tzinfo=UTC)),
            ("2020-02-29T10:00:00.1234567Z", datetime(2020, 2, 29, 10, 0, 0, 123456, tzinfo=UTC)),
            ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ],
    )
    def test_puts_dates_of_any_precision_in_order(self, text: str, at: datetime) -> None:
        assert moments.moment(text) == at

    @pytest.mark.parametrize("text", ["", "soon", "2023-13", "2023-02-30", "20230101", "2023-1-1"])
    def test_knows_what_is_no_date(self, text: str) -> None:
        assert moments.moment(text) is None


class TestChecks:
    @pytest.mark.parametrize(
        ("resource", "place"),
        [
            (fhir.patient(gender="mann"), "Patient.gender"),
            (fhir.patient(birthDate="17.5.1975"), "Patient.birthDate"),
            (fhir.patient(name="Juno"), "Patient.name"),
            (fhir.patient(contact=[{}, {"gender": "x"}]), "Patient.contact[1].gender"),
            (fhir.observation("o", status="done"), "Observation.status"),
            ({"resourceType": "Observation", "id": "o"}, "Observation.status is missing"),
            (
                fhir.condition(
                    "c", clinicalStatus=fhir.concept(fhir.HL7 + "condition-clinical", "bad", "")
                ),
                "Condition.clinicalStatus.coding[0].code",
            ),
            ({"resourceType": "Claim", "status": "open"}, "Claim.status"),
            ({"resourceType": "Wombat"}, "Wombat"),
        ],
    )
    def test_says_where_and_what(self, resource: dict[str, Any], place: str) -> None:
        found = checks.problems(resource)
        assert len(found) == 1
        assert found[0].startswith(place)

    def test_takes_a_status_that_is_absent_for_a_reason(self) -> None:
        resource = {"resourceType": "Observation", "_status": {"extension": []}}
        assert checks.problems(resource) == []

    def test_takes_whole_lives(self) -> None:
        for entry in fhir.life(1, 200)["entry"]:
            assert checks.problems(entry["resource"]) == []


class TestPatient:
    @pytest.mark.parametrize(
        ("name", "shown", "family"),
        [
            ([{"family": "王", "given": ["小明"]}], "小明 王", "王"),
            ([{"family": "الهاشمي", "given": ["ليلى"]}], "ليلى الهاشمي", "الهاشمي"),
            (
                [{"family": "Ó Súilleabháin", "given": ["Seán"]}],
                "Seán Ó Súilleabháin",
                "Ó Súilleabháin",
            ),
            ([{"text": "Sukarno"}], "Sukarno", "Sukarno"),
            ([{"use": "old", "family": "Before"}, {"family": "Now"}], "Now", "Now"),
            (
                [{"use": "maiden", "family": "Born"}, {"use": "official", "family": "Wed"}],
                "Wed",
                "Wed",
            ),
            ([{"given": ["", "Baby"]}], "Baby", ""),
        ],
    )
    def test_has_the_name_they_go_by(self, name: Any, shown: str, family: str) -> None:
        values = said(fhir.patient(name=name))
        assert (values["name"], values["family"]) == (shown, family)

    def test_without_a_name_is_still_somebody(self) -> None:
        resource = {"resourceType": "Patient", "id": "x"}
        values = said(resource)
        assert values["name"]
        assert (values["gender"], values["birth_date"], values["born_on"]) == ("unknown", "", None)

    @pytest.mark.parametrize("born", ["1958", "1958-03"])
    def test_has_a_birth_date_of_any_precision(self, born: str) -> None:
        values = said(fhir.patient(birthDate=born))
        assert (values["birth_date"], values["born_on"]) == (born, None)

    def test_who_died_is_deceased(self) -> None:
        assert said(fhir.patient(deceasedBoolean=True))["deceased"]
        values = said(fhir.patient(deceasedDateTime="2001-02"))
        assert (values["deceased"], values["deceased_at"]) == (True, "2001-02")
        assert not said(fhir.patient(deceasedBoolean=False))["deceased"]

    def test_relatives_get_no_access_from_a_file(self) -> None:
        links = Links({"Patient/1": Target(id="p", type="Patient")}.get)
        resource = {
            "resourceType": "RelatedPerson",
            "patient": {"reference": "Patient/1"},
            "active": True,
        }
        values = people.related_person(resource, links)
        assert values is not None
        assert {"active", "user_id"}.isdisjoint(values)


class TestObservation:
    @pytest.mark.parametrize("digits", ["1.10", "0.50", "4", "1e-3", "12345678901234567890"])
    def test_keeps_the_digits_of_a_value(self, digits: str) -> None:
        head = '{"resourceType":"Observation","status":"final","valueQuantity":{"value":'
        raw = head + digits + "}}"
        values = results.observation(reading.decode(raw.encode())[0], NOWHERE)
        assert values["value_text"] == digits
        assert values["value_number"] == float(digits)

    def test_a_number_too_large_for_order_keeps_its_text(self) -> None:
        raw = b'{"resourceType":"Observation","status":"final","valueQuantity":{"value":1E400}}'
        values = results.observation(reading.decode(raw)[0], NOWHERE)
        assert (values["value_text"], values["value_number"]) == ("1E400", None)

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ({"valueString": "Growth of nothing"}, "Growth of nothing"),
            ({"valueInteger": 7}, "7"),
            ({"valueBoolean": False}, "false"),
            ({"valueCodeableConcept": {"coding": [{"code": "260385009"}]}}, "260385009"),
            ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, "1:128"),
            ({"valueRange": {"low": {"value": 2}, "high": {"value": 5, "unit": "mm"}}}, "2–5 mm"),
            ({"valueDateTime": "2020-03"}, "2020-03"),
            ({"valuePeriod": {"start": "2020", "end": "2021"}}, "2020 – 2021"),
            ({}, ""),
        ],
    )
    def test_says_values_that_are_no_quantity(self, value: dict[str, Any], text: str) -> None:
        resource = fhir.observation("o", **value)
        del resource["valueQuantity"]
        assert said(resource)["value_text"] == text

    def test_takes_the_range_that_is_for_everybody(self) -> None:
        ranges = [
            {"low": {"value": 1}, "appliesTo": [{"text": "pregnant"}]},
            {"low": {"value": 3.5}, "high": {"value": 5.10}, "text": "3.5-5.1"},
        ]
        values = said(fhir.observation("o", referenceRange=ranges))
        assert (values["range_low_text"], values["range_high"], values["range_text"]) == (
            "3.5",
            5.1,
            "3.5-5.1",
        )

    def test_keeps_a_comparator_and_the_flag(self) -> None:
        quantity = {"value": 5, "comparator": "<", "unit": "ng/L"}
        flag = [{"coding": [{"code": "L"}]}]
        values = said(fhir.observation("o", valueQuantity=quantity, interpretation=flag))
        assert (values["comparator"], values["unit"], values["interpretation"]) == (
            "<",
            "ng/L",
            "L",
        )

    def test_each_component_has_its_own_value(self) -> None:
        whole = said(fhir.observation("o"))
        part = {"code": fhir.concept(fhir.LOINC, "8480-6", "Systolic"), "valueInteger": 120}
        values = results.component(part, whole)
        assert (values["title"], values["value_text"], values["sort_at"]) == (
            "Systolic",
            "120",
            whole["sort_at"],
        )


class TestOthers:
    def test_finds_the_author_through_a_role(self) -> None:
        who = {"reference": "PractitionerRole/1"}
        values = said(fhir.condition("c", asserter=who), LINKS)
        assert (values["author"], values["practitioner_id"]) == ("Ida Fennel", "doc")

    def test_reads_a_medicine_and_a_doctor_that_are_contained(self) -> None:
        resource = {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "contained": [
                {"resourceType": "Medication", "id": "m", "code": {"text": "Sample 5 mg"}},
                {"resourceType": "Practitioner", "id": "p", "name": [{"text": "Dr. Fennel"}]},
            ],
            "medicationReference": {"reference": "#m"},
            "requester": {"reference": "#p"},
        }
        values = said(resource)
        assert (values["title"], values["author"]) == ("Sample 5 mg", "Dr. Fennel")

    def test_a_contained_resource_that_points_to_itself_ends(self) -> None:
        role = {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": "#r"}}
        resource = fhir.condition("c", contained=[role], asserter={"reference": "#r"})
        assert said(resource)["title"]

    def test_an_intended_or_reported_medicine_is_marked(self) -> None:
        resource = {
            "resourceType": "MedicationStatement",
            "status": "not-taken",
            "medicationCodeableConcept": {"text": "Sample"},
        }
        values = said(resource)
        assert (values["reported"], values["status"]) == (True, "stopped")

    @pytest.mark.parametrize("kind", sorted(mapping.RECORDS))
    def test_what_says_nothing_maps_to_nothing_wrong(self, kind: str) -> None:
        values = said({"resourceType": kind})
        blank = mapping.blank(kind)
        assert set(values) <= set(blank)

    @pytest.mark.parametrize("kind", sorted(mapping.RECORDS))
    @pytest.mark.parametrize(
        "junk", [None, 7, "x", [], [None], [7], {}, [{}], {"coding": 7}, [["x"]]]
    )
    def test_bears_any_shape_below_the_checked_ones(self, kind: str, junk: Any) -> None:
        from portal.integrations.fhir.checks import shapes

        said({"resourceType": kind, **dict.fromkeys(shapes()[kind], junk)})


class TestDosage:
    @pytest.mark.parametrize(
        ("instruction", "sentence"),
        [
            ({"text": "One at night"}, "One at night"),
            (
                {
                    "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
                    "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                    "asNeededBoolean": True,
                },
                "1 tablet, 2 times a day, as needed",
            ),
            (
                {"timing": {"repeat": {"frequency": 1, "period": 8, "periodUnit": "h"}}},
                "once every 8 hours",
            ),
            ({}, ""),
        ],
    )
    def test_is_a_sentence(self, instruction: dict[str, Any], sentence: str) -> None:
        assert dosage.sentence([instruction]) == sentence


class TestPlainWords:
    def test_decides_by_code_then_by_term(self) -> None:
        assert plain_words.of("38341003", fhir.SNOMED, "anything") == "High blood pressure"
        assert (
            plain_words.of("", "", "Viral sinusitis (disorder)") == "Sinus infection from a virus"
        )

    def test_says_nothing_rather_than_guess(self) -> None:
        assert plain_words.of("1", "urn:other", "Hypertension of an unheard-of kind") == ""


def test_control_characters_never_reach_the_database() -> None:
    assert elements.text("a\x00b\x1fc\nd", 50) == "abc\nd"

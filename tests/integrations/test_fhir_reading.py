"""Reading FHIR JSON: strict, digits kept, and a sentence for whatever is wrong."""

import json
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.integrations.fhir import reading, versions

PATIENT = b'{"resourceType":"Patient","id":"a",'


def exactly(text: bytes | str) -> Any:
    """Reads JSON so that 1.10 and 1.1 differ."""
    return json.loads(text, parse_float=lambda digits: ("number", digits))


class TestDecode:
    @pytest.mark.parametrize(
        "digits", ["1.10", "0.0", "-0.0", "1e3", "1E400", "12345678901234567890.5"]
    )
    def test_keeps_every_digit(self, digits: str) -> None:
        raw = PATIENT + f'"x":{digits}}}'.encode()
        assert exactly(reading.decode(raw)[1]) == exactly(raw)

    @pytest.mark.parametrize(
        ("raw", "refusal"),
        [
            (b"", reading.Empty),
            (b"   \n", reading.Empty),
            (b"hello", reading.NotJson),
            (b"\x89PNG\r\n\x1a\n\x00\x00", reading.NotUtf8),
            (PATIENT + b'"x":NaN}', reading.NotJson),
            (PATIENT + b'"x":-Infinity}', reading.NotJson),
            (PATIENT + b'"x":01}', reading.NotJson),
            (PATIENT + b'"x":"\xff"}', reading.NotUtf8),
            (PATIENT + b'"x":"\\ud800"}', reading.NotJson),
            (PATIENT[:-5], reading.Truncated),
            (PATIENT + b'"x":1} {}', reading.NotJson),
            (PATIENT + b'"x":1,"x":1}', reading.SaysTwice),
            (PATIENT + b'"x" : 1, "x" : 2}', reading.SaysTwice),
            (PATIENT + b'"x":{"y":1,"\\u0079":2}}', reading.SaysTwice),
            (b"[]", reading.NotAResource),
            (b"null", reading.NotAResource),
            (b'{"id":"a"}', reading.NotAResource),
            (b'{"resourceType":7}', reading.NotAResource),
        ],
    )
    def test_refuses_with_a_reason(self, raw: bytes, refusal: type[reading.NotReadable]) -> None:
        with pytest.raises(refusal):
            _read(raw)

    @pytest.mark.parametrize("closed", [True, False])
    @pytest.mark.parametrize("depth", [201, 5_000, 200_000])
    def test_refuses_what_is_nested_too_deep_at_once(self, depth: int, closed: bool) -> None:  # noqa: FBT001
        raw = PATIENT + b'"x":' + b"[" * depth + (b"]" * depth + b"}" if closed else b"")
        began = time.thread_time()
        with pytest.raises((reading.TooDeep, reading.Truncated, reading.NotJson)):
            _read(raw)
        assert time.thread_time() - began < 5

    def test_takes_what_is_nested_as_deep_as_allowed(self) -> None:
        raw = PATIENT + b'"x":' + b"[" * 199 + b"]" * 199 + b"}"
        assert exactly(reading.decode(raw)[1]) == exactly(raw)

    def test_is_not_misled_by_names_inside_texts(self) -> None:
        raw = PATIENT + rb'"x":"\": \u0022: ","y":": z","z" : "\":"}'
        assert exactly(reading.decode(raw)[1]) == exactly(raw)

    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.text(max_size=20)
            | st.decimals(allow_nan=False, allow_infinity=False).map(
                lambda each: Decimal(f"{each:f}")
            ),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(st.text(max_size=8), inner, max_size=4)
            ),
            max_leaves=20,
        ),
        st.sampled_from([None, 1]),
    )
    def test_gives_back_any_json_as_it_was(self, value: Any, indent: int | None) -> None:
        whole = {"resourceType": "Basic", "x": _floats(value)}
        raw = json.dumps(whole, ensure_ascii=False, indent=indent).encode("utf8", "surrogatepass")
        assert exactly(reading.decode(raw)[1]) == exactly(raw)

    @given(st.text(alphabet='":,{}\\u02 a', max_size=12), st.text(alphabet='":\\ a', max_size=12))
    def test_finds_a_name_said_twice_whatever_stands_around(self, text: str, name: str) -> None:
        said = json.dumps(name)
        raw = PATIENT + f'"t":{json.dumps(text)},"o":{{{said}:1, {said}:[]}}}}'.encode()
        with pytest.raises(reading.SaysTwice):
            reading.decode(raw)


class TestDocument:
    def test_opens_bundles_inside_bundles(self) -> None:
        inner = {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": _patient()}],
        }
        outer = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": inner}]}
        is_bundle, pieces = reading.document(json.dumps(outer).encode())
        assert is_bundle
        assert [json.loads(piece.raw) for piece in pieces] == [_patient()]

    @pytest.mark.parametrize(
        "frame",
        [
            b'{"resourceType":"Bundle","type":"batch","entry":[],"entry":[]}',
            b'{"resourceType":"Bundle","type":"batch","type":"batch","entry":[]}',
            b'{"resourceType":"Bundle","entry":[{"fullUrl":"a","fullUrl":"b"}]}',
            b'{"resourceType":"Bundle","entry":[{"request":{"url":"a","url":"b"}}]}',
        ],
    )
    def test_refuses_a_name_said_twice_in_the_frame(self, frame: bytes) -> None:
        with pytest.raises(reading.SaysTwice):
            reading.document(frame)

    @pytest.mark.parametrize("entry", [b"{}", b"7", b"[7]", b'[{"resource":'])
    def test_refuses_a_wrong_frame(self, entry: bytes) -> None:
        with pytest.raises(reading.NotReadable):
            reading.document(b'{"resourceType":"Bundle","entry":' + entry + b"}")

    def test_passes_over_a_byte_order_mark(self) -> None:
        assert reading.document(reading.BOM + json.dumps(_patient()).encode())[1]


class TestVersion:
    @pytest.mark.parametrize(
        "resource",
        [
            {"resourceType": "MedicationOrder"},
            {"resourceType": "ProcedureRequest"},
            {"resourceType": "NutritionIntake"},
            {"resourceType": "Condition", "clinicalStatus": "active"},
            {"resourceType": "Observation", "status": "final", "comment": "x"},
            {"resourceType": "Encounter", "status": "completed", "actualPeriod": {}},
            {"resourceType": "Encounter", "class": [{"coding": []}]},
            {
                "resourceType": "Patient",
                "meta": {"profile": ["http://hl7.org/fhir/3.0/StructureDefinition/Patient"]},
            },
            {"resourceType": "CapabilityStatement", "fhirVersion": "5.0.0"},
        ],
    )
    def test_refuses_another_version(self, resource: dict[str, Any]) -> None:
        with pytest.raises(versions.OtherVersion):
            versions.refuse_other(resource)

    def test_takes_r4(self) -> None:
        versions.refuse_other({"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"})
        versions.refuse_other(_patient())


def _read(raw: bytes) -> None:
    for piece in reading.document(raw)[1]:
        reading.decode(piece.raw)


def _patient() -> dict[str, Any]:
    return {"resourceType": "Patient", "id": "a"}


def _floats(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [_floats(each) for each in value]
    if isinstance(value, dict):
        return {name: _floats(each) for name, each in value.items()}
    return value

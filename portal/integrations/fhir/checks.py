"""Whether a resource may be taken: its required codes, and the shapes of what the portal reads.

The tables in `tables/` are the portal's own, after FHIR R4 (4.0.1). A problem says where, as a
FHIRPath-like place, and what: `Patient.contact[1].gender: “mann” is not one of …`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec

from portal.integrations.fhir import elements, moments, versions
from portal.integrations.fhir.reading import Json
from portal.words import _

HL7_SYSTEM = "http://terminology.hl7.org/CodeSystem/"
SHOWN = 60
MOST = 20


@dataclass
class Rule:
    """What is checked of one element, and below it."""

    codes: frozenset[str] = frozenset()
    is_required: bool = False
    system: str = ""
    below: dict[str, "Rule"] = field(default_factory=dict)


@cache
def rules() -> dict[str, Rule]:
    """Returns the rules about codes for each resource type."""
    found: dict[str, Rule] = {}
    for line in _lines("required_codes.txt"):
        path, codes = line.split(" ", 1)
        name, _at, system = path.partition("@")
        rule = Rule()
        for step, part in enumerate(name.rstrip("!").split(".")):
            below = rule.below if step else found
            rule = below.setdefault(part, Rule())
        rule.codes = frozenset(codes.split("|"))
        rule.is_required = name.endswith("!")
        rule.system = HL7_SYSTEM + system if system else ""
    return found


@cache
def shapes() -> dict[str, dict[str, tuple[Callable[[Any], bool], str]]]:
    """Returns for each type that the portal reads: its elements, each with its test."""
    found: dict[str, dict[str, tuple[Callable[[Any], bool], str]]] = {}
    for line in _lines("elements.txt"):
        kind, shape, *names = line.split(" ")
        found.setdefault(kind, {}).update(dict.fromkeys(names, (_TESTS[shape], shape)))
    return found


def _lines(name: str) -> list[str]:
    lines = (versions.TABLES / name).read_text("utf8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_flag(value: Any) -> bool:
    return type(value) is bool


def _is_whole(value: Any) -> bool:
    return type(value) is int


def _is_number(value: Any) -> bool:
    return type(value) is int or isinstance(value, msgspec.Raw)


def _is_object(value: Any) -> bool:
    return type(value) is dict


def _is_date(value: Any) -> bool:
    return type(value) is str and moments.is_date(value)


def _is_moment(value: Any) -> bool:
    return type(value) is str and moments.is_date_time(value)


def _are_objects(value: Any) -> bool:
    return type(value) is list and all(type(each) is dict for each in value)


def _are_texts(value: Any) -> bool:
    return type(value) is list and all(each is None or type(each) is str for each in value)


_TESTS: dict[str, Callable[[Any], bool]] = {
    "text": _is_text,
    "flag": _is_flag,
    "whole": _is_whole,
    "number": _is_number,
    "object": _is_object,
    "date": _is_date,
    "dateTime": _is_moment,
    "instant": _is_moment,
    "object*": _are_objects,
    "text*": _are_texts,
}


def problems(it: Json) -> list[str]:
    """Returns what keeps a resource from being taken, each with its place; empty: nothing."""
    kind = it["resourceType"]
    if kind not in versions.r4_types():
        return [_("{place}: FHIR R4 has no such resource type").format(place=kind[:SHOWN])]
    found: list[str] = []
    shape = shapes().get(kind)
    if shape:
        _check_shape(it, shape, kind, found)
    rule = rules().get(kind)
    if rule:
        _check_codes(it, rule, kind, found)
    return found[:MOST]


def _check_shape(
    it: Json, shape: dict[str, tuple[Callable[[Any], bool], str]], kind: str, found: list[str]
) -> None:
    for name, value in it.items():
        test = shape.get(name)
        if test and not test[0](value):
            found.append(_wrong_shape(f"{kind}.{name}", test[1], value))


def _wrong_shape(place: str, shape: str, value: Any) -> str:
    if shape in {"date", "dateTime", "instant"} and isinstance(value, str):
        return _("{place}: “{value}” is not a date").format(place=place, value=value[:SHOWN])
    wanted = {
        "text": _("a text"),
        "flag": _("true or false"),
        "whole": _("a whole number"),
        "number": _("a number"),
        "object": _("an object"),
        "object*": _("a list of objects"),
        "text*": _("a list of texts"),
    }.get(shape, _("a date"))
    return _("{place}: {wanted} belongs here").format(place=place, wanted=wanted)


def _check_codes(value: Json, rule: Rule, place: str, found: list[str]) -> None:
    for name, below in rule.below.items():
        inner = value.get(name)
        if inner is not None:
            _check(inner, below, f"{place}.{name}", found)
        elif below.is_required and f"_{name}" not in value:
            found.append(_("{place} is missing").format(place=f"{place}.{name}"))


def _check(value: Any, rule: Rule, place: str, found: list[str]) -> None:
    if isinstance(value, list):
        for number, each in enumerate(value):
            _check(each, rule, f"{place}[{number}]", found)
    elif rule.system and isinstance(value, dict):
        _check_concept(value, rule, place, found)
    elif rule.below and isinstance(value, dict):
        _check_codes(value, rule, place, found)
    elif rule.codes and value is not None and _is_other(value, rule.codes):
        found.append(_wrong_code(place, value, rule.codes))


def _is_other(value: object, codes: frozenset[str]) -> bool:
    return type(value) is not str or value not in codes


def _check_concept(value: Json, rule: Rule, place: str, found: list[str]) -> None:
    codings = value.get("coding")
    for number, coding in enumerate(elements.listed(codings)):
        if coding.get("system") == rule.system:
            code: Any = coding.get("code")
            if _is_other(code, rule.codes):
                found.append(_wrong_code(f"{place}.coding[{number}].code", code, rule.codes))


def _wrong_code(place: str, value: Any, codes: frozenset[str]) -> str:
    shown = value[:SHOWN] if isinstance(value, str) else _("what stands there")
    listed = ", ".join(sorted(codes))
    return _("{place}: “{value}” is not one of {codes}").format(
        place=place, value=shown, codes=listed
    )

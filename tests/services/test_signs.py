"""Words that can mean an emergency: found in every language, and not in everyday messages."""

import pytest

from portal.services.messages import signs
from portal.services.messages.signs import BODY, MIND


def test_each_list_has_both_kinds_and_no_phrase_twice() -> None:
    for language in signs.LANGUAGES:
        listed = signs._list(language)
        assert {kind for _phrase, kind in listed} == {BODY, MIND}, language
        assert len(dict(listed)) == len(listed), language
    assert not [kind for _phrase, kind in signs.phrases() if not kind]


@pytest.mark.parametrize(("phrase", "kind"), signs.phrases(), ids=str)
def test_every_phrase_is_found_within_a_sentence(phrase: str, kind: str) -> None:
    said = phrase.replace("*", "").replace("…", "so very")
    for text in (f"Since noon: {said}, what now?", said.upper(), phrase.replace("…", "")):
        assert kind in signs.found("A question", text.replace("*", "")), text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I can’t breathe when I lie down", BODY),
        ("my CHEST feels very tight", BODY),
        ("His face is drooping on the left", BODY),
        ("The bleeding just won't stop", BODY),
        ("I don`t want to live any more", MIND),
        ("Ich hätte Luftnot, seit heute", BODY),
        ("Mein Kind: die Zunge ist ganz geschwollen", BODY),
        ("Me duele el pecho desde ayer", BODY),
        ("Ya no quiero vivir así", MIND),
        ("chest\n\npain", BODY),
    ],
)
def test_people_write_it_in_many_ways(text: str, kind: str) -> None:
    assert kind in signs.found(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "May I take it at night, with milk?",
        "Can I move my visit to Tuesday? I'll be out of breath from running errands.",
        "My knee is sore after the stairs, and the chest of drawers fell on my foot.",
        "Please send the bill again. It was a stressful week.",
        "The tablets for my heart: do I need a new prescription?",
        "We took the train and passed the outpatient door.",
        "Ich brauche ein neues Rezept für die Tabletten.",
        "Necesito cambiar la cita del jueves, por favor.",
    ],
)
def test_everyday_messages_go_their_way(text: str) -> None:
    assert not signs.found(text)
    assert signs.advice(text) == signs.Advice()


def test_despair_comes_first() -> None:
    assert signs.advice("chest pain, and I want to die").is_mind
    assert not signs.advice("chest pain").is_mind


def test_a_long_text_is_no_trap() -> None:
    """IN-10: whatever is written, the time grows with the length alone; else this never ends."""
    for piece in ("chest ", "bleeding a b ", "c ", "…*(+", "\u0301e", "tongue is is is "):
        assert not signs.found(piece * (100_000 // len(piece))), piece

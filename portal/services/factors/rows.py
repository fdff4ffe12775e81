"""What the pages show of somebody's second factors."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FactorRow:
    """An authenticator app or a passkey, as its owner knows it."""

    factor_id: str = ""
    # "totp" or "passkey".
    kind: str = ""
    name: str = ""
    added: str = ""
    used: str = ""


@dataclass(frozen=True)
class FactorsRow:
    """All of somebody's second factors, and what the clinic asks for."""

    factors: list[FactorRow] = field(default_factory=list)
    recovery_left: int = 0
    recovery_made: str = ""
    # A code by e-mail is what this person signs in with, for there is nothing better.
    uses_email: bool = False
    # Without one they cannot sign in: the last one stays.
    is_needed: bool = False
    is_confirmed: bool = False


@dataclass(frozen=True)
class AppRow:
    """An authenticator app that is being set up: shown once, and only to its owner."""

    factor_id: str = ""
    # The seed in groups of four, to type; and the QR code as one path, `size` squares wide.
    words: str = ""
    path: str = ""
    size: int = 0

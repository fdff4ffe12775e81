"""Passkeys (WebAuthn): what the browser is asked for, and whether its answer holds.

Policy, in one place (SECURITY MFA-08): the user is verified by the device, always; attestation is
not asked for (it names devices, and decides nothing here); the relying party is the host of the
portal's own address. A counter that goes back (a copied key) is refused; synced passkeys keep it
at zero, which is taken as it is.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import parse_client_data_json
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

TIMEOUT_MS = 300_000
MOST_TRANSPORTS = 8
# As long as the specification lets an id be (1023 bytes).
_ID = re.compile(r"[A-Za-z0-9_-]{1,1364}", re.ASCII)
_VERIFIED = UserVerificationRequirement.REQUIRED


class Unfit(Exception):
    """The browser's answer does not hold; why is nobody's business outside."""


@dataclass(frozen=True)
class Credential:
    """A passkey as it is kept."""

    credential_id: str
    public_key: bytes
    sign_count: int
    transports: str = ""


def relying_party(public_url: str) -> str:
    """Returns the id that passkeys are bound to: the host of the portal's own address."""
    return urlsplit(public_url).hostname or ""


def options_to_register(
    public_url: str,
    challenge: bytes,
    *,
    clinic: str,
    user_id: str,
    name: str,
    known: list[Credential],
) -> dict[str, Any]:
    """Returns what the browser needs to make a passkey; `known` are not made twice."""
    made = webauthn.generate_registration_options(
        rp_id=relying_party(public_url),
        rp_name=clinic,
        user_name=name,
        user_display_name=name,
        user_id=user_id.encode(),
        challenge=challenge,
        timeout=TIMEOUT_MS,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
        ),
        exclude_credentials=_described(known),
    )
    return json.loads(webauthn.options_to_json(made))


def options_to_sign_in(
    public_url: str, challenge: bytes, known: list[Credential]
) -> dict[str, Any]:
    """Returns what the browser needs to use a passkey; none named: any of this portal's."""
    made = webauthn.generate_authentication_options(
        rp_id=relying_party(public_url),
        challenge=challenge,
        timeout=TIMEOUT_MS,
        allow_credentials=_described(known) or None,
        user_verification=_VERIFIED,
    )
    return json.loads(webauthn.options_to_json(made))


def challenge_in(answer: dict[str, Any]) -> bytes:
    """Returns which challenge an answer says it signed; raises `Unfit` for what is no answer."""
    try:
        said = _unpacked(answer["response"]["clientDataJSON"])
        return parse_client_data_json(said).challenge
    except Exception as error:
        raise Unfit from error


def id_in(answer: dict[str, Any]) -> str:
    """Returns which passkey answered; raises `Unfit` for what is no answer."""
    found = answer.get("id")
    if not isinstance(found, str) or not _ID.fullmatch(found):
        raise Unfit
    return found


def owner_in(answer: dict[str, Any]) -> str:
    """Returns the account that a passkey names; empty where it names none."""
    try:
        return _unpacked(answer["response"]["userHandle"]).decode()
    except (KeyError, TypeError, ValueError):
        return ""


def registered(public_url: str, challenge: bytes, answer: dict[str, Any]) -> Credential:
    """Returns the new passkey in a browser's answer; raises `Unfit`."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=relying_party(public_url),
            expected_origin=public_url,
            require_user_verification=True,
        )
    except Exception as error:
        raise Unfit from error
    named = _packed(made.credential_id)
    if not _ID.fullmatch(named):
        raise Unfit
    return Credential(
        credential_id=named,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=_transports(answer),
    )


def used(public_url: str, challenge: bytes, answer: dict[str, Any], known: Credential) -> int:
    """Returns the counter after a passkey was used; raises `Unfit` where the answer is not its."""
    try:
        done = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=relying_party(public_url),
            expected_origin=public_url,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )
    except Exception as error:
        raise Unfit from error
    return done.new_sign_count


def digest_of(challenge: bytes) -> str:
    """Returns what is kept of a challenge."""
    return hashlib.sha256(challenge).hexdigest()


def _described(known: list[Credential]) -> list[PublicKeyCredentialDescriptor]:
    allowed = {one.value: one for one in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=_unpacked(one.credential_id),
            transports=[allowed[name] for name in one.transports.split() if name in allowed],
        )
        for one in known
    ]


def _transports(answer: dict[str, Any]) -> str:
    """Returns how a passkey is reached, as far as the words are known ones."""
    said = answer.get("response", {}).get("transports") or []
    known = {one.value for one in AuthenticatorTransport}
    named = [name for name in said if isinstance(name, str) and name in known]
    return " ".join(dict.fromkeys(named[:MOST_TRANSPORTS]))


def _packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

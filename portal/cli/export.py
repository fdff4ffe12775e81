"""`export`: everything that came in for one patient, as one FHIR R4 bundle."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer


def export(
    patient: Annotated[
        str, typer.Argument(metavar="PATIENT", help="Record number, id, or whole name.")
    ],
    to: Annotated[Path | None, typer.Option(help="The file to write; else it is printed.")] = None,
) -> None:
    """Give out one patient's records as a FHIR R4 bundle, as they came in."""
    from portal import settings
    from portal.cli import clinic
    from portal.security import actor
    from portal.services import exports, users

    operator, now = actor.system("export"), datetime.now(UTC)
    with clinic.ready(settings.current()) as base, base.transaction() as db:
        patient_id = users.one_patient(db, operator, said=patient, now=now)
        bundle = exports.patient_bundle(db, operator, patient_id=patient_id, now=now)
    if to is None:
        sys.stdout.buffer.write(bundle)
        return
    to.write_bytes(bundle)
    print(f"Written: {to}")

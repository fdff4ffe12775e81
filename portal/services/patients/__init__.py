"""Patients: finding them by a few letters, a birth date, a record number or a phone number."""

from portal.services.patients.finding import Found, PatientHit, find, recent
from portal.services.patients.index import catch_up, rebuild
from portal.services.patients.spelling import fold

__all__ = ["Found", "PatientHit", "catch_up", "find", "fold", "rebuild", "recent"]

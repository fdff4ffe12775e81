"""FHIR R4 status codes by table. An empty code stands where FHIR lets the state be absent."""

CONDITION = ("", "active", "recurrence", "relapse", "inactive", "remission", "resolved")
CONDITION_VERIFICATION = (
    "",
    "unconfirmed",
    "provisional",
    "differential",
    "confirmed",
    "refuted",
    "entered-in-error",
)
ALLERGY = ("", "active", "inactive", "resolved")
ALLERGY_VERIFICATION = ("", "unconfirmed", "confirmed", "refuted", "entered-in-error")
ALLERGY_CRITICALITY = ("", "low", "high", "unable-to-assess")
MEDICATION_REQUEST = (
    "active",
    "on-hold",
    "cancelled",
    "completed",
    "entered-in-error",
    "stopped",
    "draft",
    "unknown",
)
MEDICATION_INTENT = (
    "proposal",
    "plan",
    "order",
    "original-order",
    "reflex-order",
    "filler-order",
    "instance-order",
    "option",
)
IMMUNIZATION = ("completed", "entered-in-error", "not-done")
PROCEDURE = (
    "preparation",
    "in-progress",
    "not-done",
    "on-hold",
    "stopped",
    "completed",
    "entered-in-error",
    "unknown",
)
OBSERVATION = (
    "registered",
    "preliminary",
    "final",
    "amended",
    "corrected",
    "cancelled",
    "entered-in-error",
    "unknown",
)
DIAGNOSTIC_REPORT = (
    "registered",
    "partial",
    "preliminary",
    "final",
    "amended",
    "corrected",
    "appended",
    "cancelled",
    "entered-in-error",
    "unknown",
)
ENCOUNTER = (
    "planned",
    "arrived",
    "triaged",
    "in-progress",
    "onleave",
    "finished",
    "cancelled",
    "entered-in-error",
    "unknown",
)
DOCUMENT = ("current", "superseded", "entered-in-error")
CARE_PLAN = (
    "draft",
    "active",
    "on-hold",
    "revoked",
    "completed",
    "entered-in-error",
    "unknown",
)
CARE_TEAM = ("", "proposed", "active", "suspended", "inactive", "entered-in-error")
GOAL = (
    "proposed",
    "planned",
    "accepted",
    "active",
    "on-hold",
    "completed",
    "cancelled",
    "entered-in-error",
    "rejected",
)
COMPARATOR = ("", "<", "<=", ">=", ">")

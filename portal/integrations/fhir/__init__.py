"""FHIR R4 in: strict reading, checks, and what a resource says in the portal's own columns."""

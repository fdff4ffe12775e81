"""Nouns: the tables, the FHIR status codes, and rules that need only the record itself."""

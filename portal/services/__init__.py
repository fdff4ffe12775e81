"""Verbs: everything the clinic can do, who may, and what trace it leaves."""

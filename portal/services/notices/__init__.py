"""Notices: what is to be told to somebody outside, written in the transaction of the change."""

from portal.services.notices.texts import TEXTS, Text
from portal.services.notices.writing import mail, to_user, write

__all__ = ["TEXTS", "Text", "mail", "to_user", "write"]

"""The settings: one's own account, for patients, helpers and staff alike."""

from portal.pages.settings import contact, devices, first, notices, password

pages = (first.page, devices.page, password.page, contact.page, notices.page)

__all__ = ["pages"]

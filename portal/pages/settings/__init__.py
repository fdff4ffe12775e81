"""The settings: one's own account, for patients, helpers and staff alike."""

from portal.pages.settings import contact, devices, factors, first, notices, password

pages = (first.page, devices.page, factors.page, password.page, contact.page, notices.page)

__all__ = ["pages"]

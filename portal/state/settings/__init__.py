"""The states of the settings: one for each page, all for whoever is signed in."""

from portal.state.settings.contact import Contact, Telling
from portal.state.settings.devices import Account, Devices
from portal.state.settings.factors import Factors
from portal.state.settings.password import Password

__all__ = ["Account", "Contact", "Devices", "Factors", "Password", "Telling"]

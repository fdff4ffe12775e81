"""E-mail out: one protocol, SMTP over TLS behind it, and a way that keeps what would have gone."""

from portal.integrations.failures import NotNow, NotTaken, Unreachable
from portal.integrations.mail.letters import Letter, NotAnAddress, address_problem, written
from portal.integrations.mail.offline import Offline
from portal.integrations.mail.smtp import Server, Smtp, server_of
from portal.integrations.mail.ways import Mailer

__all__ = [
    "Letter",
    "Mailer",
    "NotAnAddress",
    "NotNow",
    "NotTaken",
    "Offline",
    "Server",
    "Smtp",
    "Unreachable",
    "address_problem",
    "server_of",
    "written",
]

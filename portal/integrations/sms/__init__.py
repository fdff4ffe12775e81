"""Text messages out: one protocol, any service that Apprise knows, and a way that keeps them."""

from portal.integrations.failures import NotNow, NotTaken, Unreachable
from portal.integrations.sms.gateway import Gateway
from portal.integrations.sms.messages import ALPHABET, MOST, Message, plain
from portal.integrations.sms.offline import Offline
from portal.integrations.sms.ways import Texter

__all__ = [
    "ALPHABET",
    "MOST",
    "Gateway",
    "Message",
    "NotNow",
    "NotTaken",
    "Offline",
    "Texter",
    "Unreachable",
    "plain",
]

"""Push: messages to browsers that asked for them, sealed for the device, by its push service."""

from portal.integrations.failures import NotNow, NotTaken
from portal.integrations.push import keys
from portal.integrations.push.offline import Offline
from portal.integrations.push.places import MOST, NotAPlace
from portal.integrations.push.services import Services
from portal.integrations.push.ways import Device, Push, Pusher, is_device, sealed

__all__ = [
    "MOST",
    "Device",
    "NotAPlace",
    "NotNow",
    "NotTaken",
    "Offline",
    "Push",
    "Pusher",
    "Services",
    "is_device",
    "keys",
    "sealed",
]

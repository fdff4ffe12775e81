"""The ways out: what any of them promises; how they fail is said in `failures`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from portal.integrations.failures import NotTaken
from portal.integrations.push import places, sealing


@dataclass(frozen=True)
class Device:
    """A browser that wants to be told: where its push service is, and its two keys (base64url)."""

    endpoint: str
    key: str
    auth: str


@dataclass(frozen=True)
class Push:
    """What to show on a device, as bytes that its service worker reads; until when it is of use."""

    to: Device
    text: bytes
    at: datetime
    seconds: int = 24 * 60 * 60


def sealed(push: Push) -> bytes:
    """Returns the body as it goes out; raises `NotTaken` for what is no device of a browser."""
    try:
        places.check(push.to.endpoint)
        key, auth = sealing.unpacked(push.to.key), sealing.unpacked(push.to.auth)
        return sealing.seal(push.text, device=key, auth=auth)
    except (places.NotAPlace, sealing.NotADevice) as error:
        raise NotTaken("push-no-device", is_address=True) from error
    except ValueError as error:
        raise NotTaken("push-too-long") from error


def is_device(device: Device) -> bool:
    """Says whether a browser could have given this: a place on the internet, and two keys."""
    try:
        places.check(device.endpoint)
        sealing.point(sealing.unpacked(device.key), sealing.unpacked(device.auth))
    except (places.NotAPlace, sealing.NotADevice):
        return False
    return True


class Pusher(Protocol):
    """Sends to devices, one at a time. `is_real` is false where nothing leaves the machine."""

    is_real: bool

    async def send(self, push: Push) -> None:
        """Hands it to the device's push service and returns once that has taken it."""
        ...

    async def close(self) -> None:
        """Ends the connections, if there are any."""
        ...

"""Letters: what the outbox hands out where a test asks for one at a time."""

from portal.services import notices


def only(taken: notices.Taken) -> notices.Parcel | None:
    """Returns the one parcel that was taken; None where what was due needed no letter."""
    assert len(taken.parcels) <= 1
    return taken.parcels[0] if taken.parcels else None

"""Contact: how an account is reached, and how an address is proven to be somebody's.

An address never says who somebody is: two members of a family may share one, and nobody learns
whether another account has it (AUTHN-11). What stands in the patient's chart is another thing,
which the clinic writes; it never changes how an account is reached.
"""

from portal.services.contact.addresses import (
    NoEmail,
    NoPhone,
    phone_said,
    sound_email,
    sound_phone,
)
from portal.services.contact.bouncing import BouncedRow, bounced, said
from portal.services.contact.on_devices import (
    DeviceRow,
    DevicesToldRow,
    NoDevice,
    NoPlace,
    NotHere,
    NotSent,
    TooManyDevices,
    end_device,
    tell_here,
    tell_no_more_here,
    try_devices,
)
from portal.services.contact.proving import (
    WrongCode,
    change_email,
    change_phone,
    drop,
    prove,
    remove_phone,
    send_again,
)
from portal.services.contact.reading import ContactRow, view
from portal.services.contact.resting import NoSuchHours, choose_hours
from portal.services.contact.speaking import NoSuchLanguage, choose_language
from portal.services.contact.teens import SharedWithParent, refuse_shared
from portal.services.contact.telling import (
    NoDeviceYet,
    NoSuchWay,
    TellingRow,
    WayRow,
    carry,
    choose,
    telling,
)

__all__ = [
    "BouncedRow",
    "ContactRow",
    "DeviceRow",
    "DevicesToldRow",
    "NoDevice",
    "NoDeviceYet",
    "NoEmail",
    "NoPhone",
    "NoPlace",
    "NoSuchHours",
    "NoSuchLanguage",
    "NoSuchWay",
    "NotHere",
    "NotSent",
    "SharedWithParent",
    "TellingRow",
    "TooManyDevices",
    "WayRow",
    "WrongCode",
    "bounced",
    "carry",
    "change_email",
    "change_phone",
    "choose",
    "choose_hours",
    "choose_language",
    "drop",
    "end_device",
    "phone_said",
    "prove",
    "refuse_shared",
    "remove_phone",
    "said",
    "send_again",
    "sound_email",
    "sound_phone",
    "tell_here",
    "tell_no_more_here",
    "telling",
    "try_devices",
    "view",
]

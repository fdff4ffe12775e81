"""Second factors of one's own account: seeing, adding, naming and removing them.

Each change asks for a factor first (`confirming`), but for the very first one, which is set up in
the middle of signing in. Its owner is told of each; browsers that were trusted are not any more.
"""

from portal.services.factors.adding import (
    NotAdded,
    WrongCode,
    add_passkey,
    confirm_app,
    enrol_app,
    passkey_options,
)
from portal.services.factors.changing import (
    LastOne,
    put_recovery_codes,
    remove,
    rename,
)
from portal.services.factors.reading import view
from portal.services.factors.rows import AppRow, FactorRow, FactorsRow

__all__ = [
    "AppRow",
    "FactorRow",
    "FactorsRow",
    "LastOne",
    "NotAdded",
    "WrongCode",
    "add_passkey",
    "confirm_app",
    "enrol_app",
    "passkey_options",
    "put_recovery_codes",
    "remove",
    "rename",
    "view",
]

"""Failures: the three ways in which something can fail to go out, whatever it goes out by.

A failure carries a short code for the clinic's staff: never an address, never what was said.
"""


class Failed(Exception):
    """It did not go out. `code` says why, in a few characters."""

    def __init__(self, code: str) -> None:
        """`code` is a word of ours or a number of the server's."""
        self.code = code
        super().__init__(code)


class NotNow(Failed):
    """The server asks to try this one again later."""


class NotTaken(Failed):
    """The server will never take this one, or it cannot be written at all.

    `is_address`: because of the address, so that no other would arrive there either.
    """

    def __init__(self, code: str, *, is_address: bool = False) -> None:
        """`code` is a word of ours or a number of the server's."""
        super().__init__(code)
        self.is_address = is_address


class Unreachable(Failed):
    """There is no talking to the server just now: none would go out."""

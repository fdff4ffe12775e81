"""The frame's state: who, whose record, counts. Filled with every screen, in its transaction."""

import reflex as rx

from portal.services.frame import FrameRow


class Frame(rx.State):
    """What the frame of every page shows. `said` is announced politely, never shown."""

    row: FrameRow = FrameRow()
    said: str = ""

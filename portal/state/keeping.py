"""Keeping: a screen whose forms are not lost while somebody confirms that it is them (MFA-11)."""

import contextlib
from typing import Any

import reflex as rx

from portal.errors import Refusal
from portal.services import acting, kept
from portal.services.kept import Kept


class Keeping(rx.State, mixin=True):
    """A screen whose page puts `waiting` back into the form of its act (assets/portal.js)."""

    waiting: Kept = Kept()

    async def _keep_form(self: Any, act: str, form: dict[str, Any]) -> None:
        """Keeps what was entered; the form says in `whose` about whom it is."""
        whose = form.get("whose")
        entered = {name: said for name, said in form.items() if isinstance(said, str)}
        if not isinstance(whose, str):
            return
        # What cannot be kept is no reason to refuse the confirmation as well.
        with contextlib.suppress(Refusal):
            await acting.perform(self._digest(), kept.keep, patient_id=whose, act=act, form=entered)

    async def _take_form(self: Any, whose: str) -> None:
        """Shows what was kept, once."""
        found = (
            await acting.perform(self._digest(), kept.take, patient_id=whose) if whose else Kept()
        )
        if found != self.waiting:
            self.waiting = found

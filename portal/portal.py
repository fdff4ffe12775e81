"""The composition root: the app, its pages, its routes, its guard, its life. Imports all."""

import reflex as rx
from starlette.applications import Starlette
from starlette.types import ASGIApp

from portal import logs, settings
from portal.api import (
    activation,
    agreements,
    attachments,
    auth,
    calendars,
    card,
    confirm,
    daysheet,
    edge,
    forgotten,
    health,
    helping,
    letters,
    mailed_links,
    passkeys,
    push,
    registration,
    second_step,
    site,
    sockets,
    tracing,
    way_back,
)
from portal.components import frame
from portal.errors import Refusal
from portal.jobs import clock, deliver
from portal.pages import add_all
from portal.services import acting
from portal.state import connections, events, fanout
from portal.state.guard import Guard


class Portal(rx.App):
    """The app with the edge around it: outside of the layers that Reflex adds by itself."""

    def __call__(self) -> ASGIApp:
        """Returns what the server runs."""
        rules = settings.current()
        logs.settle(rules.log_level)
        inside = sockets.Gate(super().__call__(), rules)
        return edge.Edge(inside, rules, site.inline_script_hashes(site.build_dir()))


forms = Starlette(
    routes=[
        *auth.routes,
        *second_step.routes,
        *confirm.routes,
        *passkeys.routes,
        *activation.routes,
        *agreements.routes,
        *letters.routes,
        *registration.routes,
        *forgotten.routes,
        *helping.routes,
        *way_back.routes,
        *card.routes,
        *calendars.routes,
        *mailed_links.routes,
        *daysheet.routes,
        *attachments.routes,
        *push.routes,
        *tracing.routes,
        *health.routes,
    ],
    exception_handlers={Refusal: edge.told},
)
forms.state.ticks = lambda: clock.heartbeat.is_alive(acting.desk().clock())
app = Portal(
    api_transformer=[forms, site.in_front],
    backend_exception_handler=events.told,
    frontend_exception_handler=events.told_by_browser,
    stylesheets=frame.STYLESHEETS,
    reset_style=False,
    toaster=None,
    head_components=frame.head_components(),
    app_wraps=frame.app_wraps(),
)
app.add_middleware(Guard())
app.register_lifespan_task(acting.closing)
app.register_lifespan_task(auth.opening)
app.register_lifespan_task(agreements.opening)
app.register_lifespan_task(attachments.opening)
app.register_lifespan_task(sockets.watching)
app.register_lifespan_task(fanout.running)
app.register_lifespan_task(clock.running)
app.register_lifespan_task(deliver.running)
connections.bind(app)
add_all(app)

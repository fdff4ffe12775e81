"""The composition root: the app, its pages, its routes, its guard, its life. Imports all."""

import reflex as rx
from starlette.applications import Starlette

from portal.api import auth, site
from portal.pages import add_all
from portal.state import connections, fanout
from portal.state.guard import Guard

app = rx.App(api_transformer=[Starlette(routes=[*auth.routes]), site.in_front])
app.add_middleware(Guard())
app.register_lifespan_task(fanout.running)
connections.bind(app)
add_all(app)

"""Names the app for Reflex. What the operator decides is in portal/settings.py."""

import reflex as rx
from reflex_base.constants.state import StateManagerMode

from portal import settings

config = rx.Config(
    app_name="portal",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    # Views of records stay in memory: the default writes them to disk in the clear.
    state_manager_mode=StateManagerMode.MEMORY,
    redis_token_expiration=settings.current().idle_minutes * 60,
    cors_allowed_origins=[settings.current().public_url],
    trusted_proxy_hops=settings.current().proxy_hops,
    frontend_compression_formats=["gzip", "brotli"],
    backend_host="127.0.0.1",
    plugins=[],
    disable_plugins=[rx.plugins.SitemapPlugin],
)

"""`serve`: builds when the sources changed, then runs the portal."""


def serve() -> None:
    """Run the clinic's portal."""
    from portal import settings
    from portal.cli import build, datadir, server

    chosen = settings.current()
    claimed = server.claim(chosen)
    with datadir.held(chosen):
        server.run(chosen, build.site(), claimed)

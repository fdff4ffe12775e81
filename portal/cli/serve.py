"""`serve`: builds when the sources changed, then runs the portal."""


def serve() -> None:
    """Run the clinic's portal."""
    from portal import settings
    from portal.cli import build, clinic, datadir, server

    chosen = settings.current()
    datadir.refuse_demo(chosen)
    claimed = server.claim(chosen)
    with datadir.held(chosen):
        with clinic.ready(chosen):
            pass
        server.run(chosen, build.site(), claimed)

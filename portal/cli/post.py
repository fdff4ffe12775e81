"""What `check --mail` looks at: whether the mail server would take a letter."""

import asyncio

from portal.cli.checks import Finding
from portal.integrations import mail
from portal.settings import Settings

SUBJECT = "Mail server"
WHY = {
    "tls": "its certificate does not hold, or it speaks no TLS. Check the host name; for an "
    "authority of your own add ?ca=/path/to/it.pem",
    "slow": "it does not answer in time. Check host, port and firewall.",
    "no-answer": "nobody answers there. Check host, port and firewall.",
    "535": "it does not take the name and password. In an address, @ is written %40, : is %3A",
}


def server(rules: Settings) -> Finding:
    """Whether the mail server answers, shows a certificate that holds, and lets the portal in."""
    if not rules.smtp_url:
        return Finding(SUBJECT, "none is set: mails are kept in the outbox (PORTAL_SMTP_URL)")
    asked = mail.server_of(rules.smtp_url)
    where = f"{asked.host}:{asked.port}"
    try:
        asyncio.run(_asked(asked))
    except mail.Unreachable as failure:
        said = WHY.get(failure.code, f"it answered {failure.code}")
        return Finding(SUBJECT, f"{where}: {said}", is_fine=False)
    tls = "without TLS, on this machine" if asked.scheme == "smtp" else "over TLS"
    return Finding(SUBJECT, f"{where} takes letters {tls}; they come from {rules.mail_from}")


async def _asked(asked: mail.Server) -> None:
    way = mail.Smtp(asked)
    await way.test()
    await way.close()

"""What `check --mail` looks at: mail server and text messages.

Whether the one would take a letter, and whether the other is a service that the portal knows.
"""

import asyncio

from portal.cli.checks import Finding
from portal.integrations import mail, sms
from portal.settings import Settings

SUBJECT, TEXTS = "Mail server", "Text messages"
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


def texts(rules: Settings) -> Finding:
    """Whether the service for text messages can be read. Only a text would show that it works."""
    if not rules.sms_url:
        return Finding(TEXTS, "no service is set: there are none (PORTAL_SMS_URL)")
    try:
        asyncio.run(sms.Gateway(rules.sms_url).test())
    except sms.Unreachable:
        return Finding(TEXTS, "PORTAL_SMS_URL is no Apprise URL to send texts by", is_fine=False)
    return Finding(TEXTS, "the service is known; a text that you send yourself shows that it works")


async def _asked(asked: mail.Server) -> None:
    way = mail.Smtp(asked)
    await way.test()
    await way.close()

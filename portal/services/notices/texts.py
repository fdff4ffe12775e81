"""What notices say: a subject and a few lines, never anything about anybody's health.

In braces stands what the notice was given, and `{clinic}`, `{phone}` and `{portal}` (the portal's
address). What is named in `secrets` is wiped from the outbox once the notice was sent.
"""

from dataclasses import dataclass

from portal.words import _


@dataclass(frozen=True)
class Text:
    """A subject, paragraphs, and an address to go on at. `always`: cannot be switched off."""

    subject: str
    lines: tuple[str, ...]
    link: str = ""
    link_words: str = ""
    secrets: tuple[str, ...] = ()
    always: bool = True
    # What it says to whoever wants to be told no more than that there is news.
    bare: tuple[str, ...] = ()
    # What it says in a text message; else its subject.
    short: str = ""


_NOT_YOU = _("If this was not you, call us: {phone}. We never ask for your password or a code.")

TEXTS: dict[str, Text] = {
    "result.released": Text(
        _("There is something new for you"),
        (_("There is something new in your portal."),),
        link="{portal}/home",
        link_words=_("Open the portal"),
        always=False,
    ),
    "message": Text(
        _("There is a new message for you"),
        (_("The clinic has written to you in the portal."),),
        link="{portal}/messages",
        link_words=_("Read it in the portal"),
        always=False,
    ),
    "news.daily": Text(
        _("What is new for you today"),
        (
            _("There is news for you in your portal."),
            _("New messages: {messages}. Other news: {others}."),
        ),
        link="{portal}/home",
        link_words=_("Open the portal"),
        always=False,
    ),
    "prevention.due": Text(
        _("There is something to look at"),
        (_("There is something for you to look at in your portal. It is not urgent."),),
        link="{portal}/home",
        link_words=_("Open the portal"),
        always=False,
    ),
    "appointment.booked": Text(
        _("About your visit"),
        (_("There is news about a visit in your portal."),),
        link="{portal}/appointments",
        link_words=_("Open the portal"),
        always=False,
    ),
    "appointment.asked": Text(
        _("About your visit"),
        (_("There is news about a visit in your portal."),),
        link="{portal}/appointments",
        link_words=_("Open the portal"),
        always=False,
    ),
    "appointment.moved": Text(
        _("About your visit"),
        (_("There is news about a visit in your portal."),),
        link="{portal}/appointments",
        link_words=_("Open the portal"),
        always=False,
    ),
    "appointment.cancelled": Text(
        _("About your visit"),
        (_("There is news about a visit in your portal."),),
        link="{portal}/appointments",
        link_words=_("Open the portal"),
        always=False,
    ),
    "appointment.series-moved": Text(
        _("About your visits"),
        (_("There is news about {count} of your visits in your portal."),),
        link="{portal}/appointments",
        link_words=_("Open the portal"),
        always=False,
    ),
    "appointment.series-cancelled": Text(
        _("About your visits"),
        (_("There is news about {count} of your visits in your portal."),),
        link="{portal}/appointments",
        link_words=_("Open the portal"),
        always=False,
    ),
    "appointment.reminder": Text(
        _("A visit is coming up"),
        (
            # It goes to who helps as well: it does not say whose the visit is.
            _("A visit at {clinic} is booked for {at}."),
            _("Say with one tap whether it is kept, or will be late. You need not sign in."),
        ),
        link="{portal}/reminder/{token}",
        link_words=_("Answer"),
        secrets=("token",),
        always=False,
        bare=(_("Something in your portal waits for your answer. You need not sign in for it."),),
        short=_("Your visit is on {at}. Will you come?"),
    ),
    "waitlist.offered": Text(
        _("An earlier time is free"),
        (
            _("A time that you are waiting for has become free at {clinic}."),
            _("It is kept for you for a while. Look at it in the portal, and take it or leave it."),
        ),
        link="{portal}/appointments",
        link_words=_("See the time"),
        always=False,
    ),
    "waitlist.paused": Text(
        _("The waiting list waits for you"),
        (
            _("Two times that were kept for you at {clinic} went unanswered."),
            _("Your place stays, but we offer nothing more until you say so, with one tap."),
        ),
        link="{portal}/appointments/waitlist",
        link_words=_("Open the waiting list"),
        always=False,
    ),
    "invitation": Text(
        _("Your account at {clinic}"),
        (
            _("{clinic} invites you to its patient portal."),
            _("You also need the short code that the front desk gave you, and a birth date."),
            _("The link works once, until {until}."),
        ),
        link="{link}",
        link_words=_("Set up your account"),
        secrets=("link",),
    ),
    "invitation.printed": Text(
        _("A letter for your account at {clinic}"),
        (
            _("On {at} the front desk printed a letter with which your account can be opened."),
            _("Nobody else can open it with the letter alone: it needs a code and a birth date."),
            _NOT_YOU,
        ),
    ),
    "staff.invited": Text(
        _("Your account at {clinic}"),
        (
            _("{clinic} has made an account for you, with which you work in its patient portal."),
            _("You also need the short code that whoever invited you tells you."),
            _("The link works once, until {until}."),
        ),
        link="{link}",
        link_words=_("Set up your account"),
        secrets=("link",),
    ),
    "registration.code": Text(
        _("Your code for {clinic}"),
        (_("Your code is {code}. It works for ten minutes."), _NOT_YOU),
        secrets=("code",),
    ),
    "registration.answered": Text(
        _("Your request at {clinic}"),
        (_("We have looked at your request for an account."), "{answer}"),
    ),
    "address.code": Text(
        _("Confirm this e-mail address"),
        (
            _("Your code is {code}. It works for ten minutes."),
            _("Enter it where you asked for it, and we will write to you here."),
            _NOT_YOU,
        ),
        short=_("Your code is {code}. It works for ten minutes. We never ask for it."),
        secrets=("code",),
    ),
    "address.changed": Text(
        _("Your e-mail address was changed"),
        (_("The e-mail address of your account at {clinic} was changed on {at}."), _NOT_YOU),
    ),
    "sign-in.code": Text(
        _("Your code for {clinic}"),
        (_("Your code is {code}. It works for ten minutes and once."), _NOT_YOU),
        secrets=("code",),
    ),
    "sign-in.new-device": Text(
        _("A new device signed in"),
        (_("On {at}, a device that we have not seen before signed in: {device}."), _NOT_YOU),
    ),
    "sign-in.failures": Text(
        _("Somebody tried to sign in"),
        (
            _("Before you signed in on {at}, somebody entered a wrong password several times."),
            _NOT_YOU,
        ),
    ),
    "factor.changed": Text(
        _("How you sign in was changed"),
        (_("On {at}: {what}."), _NOT_YOU),
    ),
    "recovery-code.used": Text(
        _("A recovery code was used"),
        (
            _("On {at} somebody signed in with one of your recovery codes. {left} are left."),
            _NOT_YOU,
        ),
    ),
    "password.changed": Text(
        _("Your password was changed"),
        (_("The password of your account at {clinic} was changed on {at}."), _NOT_YOU),
    ),
    "password.reset": Text(
        _("Choose a new password"),
        (
            _("Somebody, hopefully you, asked for a new password for “{name}”."),
            _("The link works once, for one hour. Your old password works until then."),
            _NOT_YOU,
        ),
        link="{link}",
        link_words=_("Choose a new password"),
        secrets=("link",),
    ),
    "sign-in-name": Text(
        _("Your sign-in name"),
        (_("With this e-mail address you sign in as: {names}."), _NOT_YOU),
    ),
    "way-back.started": Text(
        _("Somebody asked to get back into your account"),
        (
            _("On {at} the front desk was asked to let you back in with a new password."),
            _("It can be used from {from_at} on."),
            _NOT_YOU,
        ),
    ),
    "way-back.ready": Text(
        _("Your way back in"),
        (
            _("The front desk has checked who you are. Choose a new password with this link."),
            _("You also need the short code that the front desk gave you."),
        ),
        link="{link}",
        link_words=_("Get back in"),
        secrets=("link",),
    ),
    "help.invitation": Text(
        _("Somebody asks for your help"),
        (
            _("A patient of {clinic} would like you to help with their record in the portal."),
            _("They will tell you a code. Nobody else has it: do not ask us for it."),
            _("The link works once, until {until}. If you expect nothing, do nothing."),
        ),
        link="{link}",
        link_words=_("See what it is about"),
        secrets=("link",),
    ),
    "help.changed": Text(
        _("Who can see a record was changed"),
        (_("There is a change to who may help with a record in your portal."), _NOT_YOU),
        link="{portal}/family",
        link_words=_("See who can see what"),
    ),
    "help.asked": Text(
        _("Somebody asks to help with your record"),
        (
            _("The clinic was asked to open your record to somebody who helps you."),
            _("A second member of staff may do so at once; one alone may from {from_at} on."),
            _("If you do not want it, end it in the portal or call us: {phone}."),
        ),
        link="{portal}/family",
        link_words=_("See who asks"),
    ),
    "glass.broken": Text(
        _("Emergency access was used"),
        (_("A member of staff has used emergency access on {at}. Please look at the reason."),),
        link="{portal}/admin/access",
        link_words=_("Look at it"),
    ),
    "request.answered": Text(
        _("The clinic has answered your request"),
        (_("There is an answer for you in the portal."),),
        link="{portal}/settings",
        link_words=_("Read it"),
    ),
    "device.test": Text(
        _("Notices reach this device"),
        (_("This is only a test. Nothing is new."),),
        link="{portal}/settings/notices",
        link_words=_("Choose what you are told"),
        short=_("This is only a test: notices reach this device."),
    ),
    "trace.head": Text(
        _("The end of the access log"),
        (
            _("Keep this mail. It shows later whether rows of the access log were cut off."),
            _("Rows: {seq}. Seal: {hash}. Time: {at}."),
        ),
    ),
}

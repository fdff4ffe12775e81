"""Browsers: what a User-Agent says about a device, in words; what it does not say stays open.

A small reading of our own: the seven browsers and the systems that people have. A User-Agent is
the sender's own text and may say anything, so nothing of it is shown as it came.
"""

import re

from portal.words import _

# The order matters: most browsers name others too, for old sites' sake.
_BROWSERS = (
    ("Edge", r"\b(?:Edg|EdgA|EdgiOS)/"),
    ("Opera", r"\b(?:OPR|OPT)/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/"),
    ("Chrome", r"\b(?:Chrome|CriOS|Chromium|HeadlessChrome)/"),
    ("Safari", r"\bVersion/[\d.]+ .*\bSafari/"),
)
_SYSTEMS = (
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Android", r"\bAndroid\b"),
    ("Windows", r"\bWindows NT\b"),
    ("Chromebook", r"\bCrOS\b"),
    ("Mac", r"\bMac OS X\b|\bMacintosh\b"),
    ("Linux", r"\bLinux\b|\bX11\b"),
)
_HELD_IN_HAND = frozenset({"iPhone", "iPad", "Android"})


def said(user_agent: str) -> str:
    """Says a browser and a system: Chrome on Windows; or honestly that we do not know."""
    return in_words(kept(user_agent))


def kept(user_agent: str) -> str:
    """Returns what may be kept of a User-Agent, in no language: names of ours, Chrome/Windows."""
    return f"{_named(user_agent, _BROWSERS)}/{_named(user_agent, _SYSTEMS)}"


def in_words(kept: str) -> str:
    """Says what was kept of a User-Agent; what is nothing of this stays as it is."""
    browser, slash, system = kept.partition("/")
    if not slash:
        return kept
    if browser and system:
        return _("{browser} on {system}").format(browser=browser, system=_a(system))
    if browser or system:
        return browser or system
    return _("A device that we do not recognise")


def is_held_in_hand(user_agent: str) -> bool:
    """Says whether it calls itself a phone or a tablet."""
    return _named(user_agent, _SYSTEMS) in _HELD_IN_HAND


def _named(text: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for name, pattern in known if re.search(pattern, text[:400])), "")


def _a(system: str) -> str:
    """Returns a system as it is said after "on"."""
    return {
        "iPhone": _("an iPhone"),
        "iPad": _("an iPad"),
        "Chromebook": _("a Chromebook"),
        "Mac": _("a Mac"),
    }.get(system, system)

"""A page by keyboard alone: the Tab key from its top to its end, as somebody without a mouse goes.

What stands where is judged in the page, when the next key is pressed: by then it has scrolled.
"""

from typing import Any

from playwright.sync_api import Page

# A date or time has a stop for each of its parts; a box that scrolls is a stop of its own.
PARTS = 5
SPARE = 12
_BEGIN = """() => {
  const shown = (one) => one.checkVisibility({visibilityProperty: true}) && !one.closest("[inert]");
  const named = (one) => one.outerHTML.split(">")[0].slice(0, 150) + ">";
  const all = [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable=true]")];
  const groups = new Set();
  const stops = all.filter((one) => {
    if (one.disabled || one.type === "hidden" || one.tabIndex < 0 || !shown(one)) return false;
    if (one.type !== "radio") return true;
    const named = [...document.getElementsByName(one.name)];
    const group = named.filter((peer) => peer.form === one.form);
    const first = group.find((peer) => peer.checked) || group.find(shown);
    return one === first;
  });
  const ring = (one, pseudo) => {
    const style = getComputedStyle(one, pseudo);
    if (pseudo && style.content === "none") return false;
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1.5
      && !/, 0\\)$|transparent/.test(style.outlineColor);
  };
  const ringed = (one) => {
    for (let at = one, up = 0; at && up < 3; at = at.parentElement, up++)
      if (ring(at) || ring(at, "::after") || ring(at, "::before")) return true;
    return false;
  };
  const seen = (one) => {
    const whole = one.closest("label") || one;
    return [...one.getClientRects(), whole.getBoundingClientRect()].some((box) => {
      const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]];
      return points.some(([x, y]) => {
        const hit = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
        return hit && (whole.contains(hit) || hit.contains(one) && hit.closest("li, label"));
      });
    });
  };
  const native = "a, button, input, select, textarea, summary, label, option, dialog, form";
  const pressed = [...document.querySelectorAll("body *")].filter((one) => {
    const key = Object.keys(one).find((name) => name.startsWith("__reactProps$"));
    return key && one[key].onClick && !one.matches(native) && one.tabIndex < 0;
  });
  const faults = [];
  const way = [];
  const kept = () => stops.filter((one) => one.isConnected && shown(one));
  const judge = () => {
    const one = document.activeElement;
    if (!one || one === document.body || way.includes(one)) return;
    way.push(one);
    if (!ringed(one)) faults.push("no visible focus: " + named(one));
    if (!seen(one)) faults.push("hidden while it has the focus: " + named(one));
  };
  for (const one of all) if (one.tabIndex > 0) faults.push("jumps the order: " + named(one));
  for (const one of pressed) faults.push("for the mouse alone: " + named(one));
  addEventListener("keydown", judge, true);
  window.tabbing = {
    left: () => { judge(); return kept().some((one) => !way.includes(one)); },
    end: () => {
      removeEventListener("keydown", judge, true);
      for (const one of kept()) if (!way.includes(one)) faults.push("never reached: " + named(one));
      const ours = way.filter((one) => stops.includes(one));
      const turned = ours.find((one, at) => at && ours[at - 1].compareDocumentPosition(one) & 2);
      if (turned) faults.push("out of order: " + named(turned));
      delete window.tabbing;
      return faults;
    },
  };
  const parts = stops.filter((one) => /^(date|time|datetime-local|month)$/.test(one.type)).length;
  return [stops.length, parts];
}"""
# A page that only says why it is closed has no stop in its content: then the next one is behind it.
_SKIPPED = """() => {
  const main = document.querySelector("main"), at = document.activeElement;
  const stops = [...main.querySelectorAll("a[href], button, input, select, textarea, summary")];
  return main.contains(at) || !stops.some((one) => one.checkVisibility() && one.tabIndex >= 0);
}"""
_RESTART = """() => {
  if (document.activeElement) document.activeElement.blur();
  const first = document.querySelector("a[href='#main']");
  if (first) first.focus();
  return !!first;
}"""


def faults(page: Page) -> list[str]:
    """Returns what somebody without a mouse would stumble over."""
    if not page.evaluate(_RESTART):
        return ["no way to skip to the content"]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    found = [] if page.evaluate(_SKIPPED) else ["the way to skip does not lead to the content"]
    page.evaluate(_RESTART)
    stops, parts = _begun(page)
    presses = stops + parts * PARTS
    for _stop in range(presses):
        page.keyboard.press("Tab")
    for _more in range(SPARE):
        if not page.evaluate("window.tabbing.left()"):
            break
        page.keyboard.press("Tab")
    return found + page.evaluate("window.tabbing.end()")


def _begun(page: Page) -> tuple[int, int]:
    found: Any = page.evaluate(_BEGIN)
    return found[0], found[1]

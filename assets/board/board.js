/* The day board. One stop for the Tab key, then arrows; a letter acts on the visit that has the focus
   and on no other. What is done goes to the server through hidden forms, with the version that was seen.
   Loaded as a module by the board's page alone; it listens before the keys of all staff pages do. */
import { act, all, board, box, by_id, cells, choose, column, focus, mark, nearest, one, shown, strip_of } from "./parts.js";
import * as booking from "./booking.js";
import * as moves from "./moves.js";
import { count } from "./clock.js";

var ACTS = { a: "arrived", r: "in-room", s: "with-practitioner", d: "fulfilled", n: "noshow", l: "left", c: "confirmed", y: "booked" };
/* Letters that mean something on a visit or a free time, and nothing elsewhere on the board. */
var OURS = "arsdnlcyxmkb";
var ON = "[data-visit], [data-free], [data-block]";
var planned = false;

function seen(part) { return { id: part.getAttribute("data-visit"), version: part.getAttribute("data-version"), name: (one(".s-name, .l-name", part) || part).textContent }; }
function up_or_down(at, by) {
  var list = cells(column(at)), here = list.indexOf(at);
  focus(list[Math.min(list.length - 1, Math.max(0, here + by))]);
}
function aside(at, by) {
  var columns = all(".rack [data-column]"), to = columns[columns.indexOf(column(at)) + by];
  if (to) focus(nearest(to, box(at).top + 2));
}
function to_column(at, lane) {
  var to = all(".rack [data-column]")[at];
  if (to) focus(nearest(to, lane ? box(lane).top + 2 : box(to).top + 60));
  return Boolean(to);
}
/* Goes through the rows of a list beside the board, one at each press. */
function next_waiting() {
  var list = all("#waiting-now [data-visit]");
  if (!list.length) return;
  var here = list.findIndex(function (row) { return board.last && row.getAttribute("data-visit") === board.last.visit; });
  var row = list[(here + 1) % list.length], strip = strip_of(row.getAttribute("data-visit"));
  focus(strip && shown(strip) ? strip : row);
  board.last = { visit: row.getAttribute("data-visit") };
}
function next_freed() {
  var list = all("#freed [data-freed]").filter(shown);
  if (list.length) focus(list[(list.indexOf(document.activeElement) + 1) % list.length]);
}
function press(key) {
  var buttons = all('[aria-keyshortcuts="' + key + '"]').filter(shown);
  if (buttons.length) buttons[0].click();
  return buttons.length > 0;
}
function on_strip(name, event, strip) {
  if (name === "m") return moves.carry(strip, event.shiftKey ? "copy" : "move"), true;
  if (event.shiftKey) return false;
  if (name === "x") return booking.cancel(seen(strip)), true;
  if (!ACTS[name]) return false;
  var it = seen(strip);
  act({ act: ACTS[name], id: it.id, version: it.version });
  return true;
}
function on_free(name, event, cell) {
  if (event.key === "Enter" || (name === "b" && !event.shiftKey)) booking.book(cell);
  else if (name === "k") booking.block(cell);
  else return false;
  return true;
}
/* The keys that have no letter: they work also where single letters are switched off. */
function by_arrows(event, on, lane) {
  var way = { ArrowDown: 1, ArrowUp: -1 }[event.key], visit = on && on.getAttribute("data-visit");
  if (lane && way && event.shiftKey && visit) moves.stretch(on, way);
  else if (lane && way) up_or_down(on, way);
  else if (lane && event.key === "ArrowRight") aside(on, 1);
  else if (lane && event.key === "ArrowLeft") aside(on, -1);
  else if (event.key === "Escape" && one("[data-detail]")) choose("");
  else if (lane && event.key === "Enter" && on.hasAttribute("data-free")) booking.book(on);
  else if (visit && event.key === "Enter") location.assign("/staff/patients/" + on.getAttribute("data-patient"));
  else return false;
  return true;
}
function key(event, at) {
  var name = event.key.toLowerCase(), on = at.closest(ON), lane = on && on.closest(".lane"), visit = on && on.getAttribute("data-visit");
  if (board.carried) return moves.key(event);
  if (by_arrows(event, on, lane)) return true;
  if (document.documentElement.hasAttribute("data-no-keys") || name.length > 1) return false;
  if (visit && (lane || name !== "m") && on_strip(name, event, on)) return true;
  if (lane && on.hasAttribute("data-free") && on_free(name, event, on)) return true;
  if (lane && name === "b" && event.shiftKey) booking.walk_in(on);
  else if (on && on.hasAttribute("data-block") && name === "x") act({ act: "unblock", id: on.getAttribute("data-block") });
  else if (/^[1-9]$/.test(name)) return to_column(Number(name) - 1, lane && on);
  else if (name === "w") next_waiting();
  else if (name === "j") next_freed();
  else if (name === "f") booking.seek();
  else if (name === "o" && lane) { var weekly = one("[data-weekly]", column(on)); if (weekly) weekly.click(); }
  else if (name === "h") document.documentElement.classList.toggle("hides-names");
  else if ("tvup[]".indexOf(name) >= 0) return press(name.toUpperCase()) || name === "t";
  else return OURS.indexOf(name) >= 0;
  return true;
}
document.addEventListener("keydown", function (event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !one(".rack")) return;
  /* What has the focus in a window that has just closed has it no longer. */
  var at = event.target, shell = one("dialog[open]");
  if (!shell && at.closest && at.closest("dialog")) at = document.body;
  if (shell) { booking.key(event, shell); return; }
  if (!at.closest || at.matches("input, textarea, select, [contenteditable]") || event.key === "?" || event.key === "/") return;
  if (event.key === "Enter" && !board.carried && !at.closest("[data-visit], .lane")) return;
  if (key(event, at)) { event.preventDefault(); event.stopImmediatePropagation(); }
}, true);
document.addEventListener("click", function (event) {
  var at = event.target.closest ? event.target : null, part;
  if (!at || !one(".rack") || booking.click(at)) return;
  if ((part = at.closest("[data-why]"))) moves.over(part);
  else if ((part = at.closest("[data-freed]"))) booking.book_listed(part);
  else if ((part = at.closest("[data-paper]"))) part.search = document.documentElement.matches(".hides-names") ? "?names=initials" : "";
  else if ((part = at.closest("[data-seeks]"))) booking.seek();
  else if ((part = at.closest("[data-act]"))) {
    var chosen = part.closest("[data-detail]"), what = part.getAttribute("data-act");
    var it = { id: chosen.getAttribute("data-detail"), version: chosen.getAttribute("data-version"), name: one("h2", chosen).textContent };
    if (what === "cancelled") booking.cancel(it);
    else if (what === "move") { if (strip_of(it.id)) moves.carry(strip_of(it.id), "move"); }
    else act({ act: what, id: it.id, version: it.version });
  }
  else if (at.closest("[data-shuts]")) choose("");
  else if ((part = at.closest("[data-free]"))) { if (board.carried) moves.put_at(part); else booking.book(part); }
  else if ((part = at.closest("[data-visit]")) && part.getAttribute("data-visit")) choose(part.getAttribute("data-visit"));
});
document.addEventListener("input", function (event) { if (event.target.id === "book-words") { booking.pick(null); booking.settle(); } });
document.addEventListener("focusin", function (event) {
  var at = event.target.closest ? event.target.closest(".lane [data-visit], .lane [data-free], .lane [data-block]") : null;
  if (!at) { if (!event.target.closest || !event.target.closest("dialog")) board.last = event.target.closest && event.target.closest("[data-visit]") ? board.last : null; return; }
  board.last = { visit: at.getAttribute("data-visit"), column: column(at).getAttribute("data-column"), top: at.offsetTop || at.parentNode.offsetTop };
  all(".lane [aria-current]").forEach(function (part) { if (part !== at) part.removeAttribute("aria-current"); });
  all('.lane [tabindex="0"]').forEach(function (part) { if (part !== at) part.setAttribute("tabindex", "-1"); });
  mark(at, "tabindex", "0");
  mark(at, "aria-current", "true");
});
/* What had the focus was moved or is gone: the same visit, or what stands there now, has it. */
function hold_focus() {
  var last = board.last;
  if (!last || document.activeElement !== document.body || one("dialog[open]")) return;
  var place = last.column && one('.rack [data-column="' + last.column + '"]');
  if (strip_of(last.visit)) focus(strip_of(last.visit));
  else if (place) focus(nearest(place, box(one(".lane", place)).top + last.top + 2));
}
function look() {
  planned = false;
  var rack = one(".rack");
  if (!rack) { board.carried = null; board.last = null; board.made = null; return; }
  count(rack);
  booking.look();
  moves.look();
  if (!one('.lane [tabindex="0"]')) { var start = cells(rack)[0]; if (start) start.setAttribute("tabindex", "0"); }
  hold_focus();
}
function soon() { if (!planned) { planned = true; requestAnimationFrame(look); } }
new MutationObserver(soon).observe(document.documentElement, {
  childList: true, subtree: true, attributes: true,
  attributeFilter: ["data-made", "data-words", "data-begins", "data-waits", "data-late", "data-behind", "data-version", "data-sought-at"]
});
setInterval(soon, 10000);
soon();
/* From here on it answers to keys. */
document.documentElement.setAttribute("data-board-keys", "");

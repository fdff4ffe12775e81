/* The windows of the board: booking by a few letters, blocking, the next free time, why it is cancelled. */
import { act, all, board, by_id, column, fill, mark, one, open, strip_of, focus, write } from "./parts.js";

/* ---- Booking ---- */
function open_at(id, place) {
  var shell = open(id);
  if (!shell) return null;
  var form = one("form", shell);
  form.reset();
  fill(form, { column: place.column, minute: place.minute });
  write(one("[data-slot]", shell), place.at + ", " + place.who);
  return shell;
}
function book_at(place, walk_in, visit) {
  var shell = open_at("book", place);
  if (!shell) return;
  fill(by_id("book-form"), { patient: "", over: "", walk_in: walk_in ? "yes" : "", visit: visit || "" });
  mark(shell, "data-walk-in", walk_in ? "true" : null);
  one("[data-first]", shell).focus();
}
function place_of(cell) {
  var col = column(cell);
  return { column: col.getAttribute("data-column"), minute: cell.getAttribute("data-free"), at: cell.getAttribute("data-at"), who: one("h2", col).textContent };
}
export function book(cell) { if (cell.hasAttribute("data-free")) book_at(place_of(cell), false); }
export function walk_in(at) {
  var now = Math.floor(Date.now() / 60000), clock = one(".at-now"), col = column(at);
  book_at({ column: col.getAttribute("data-column"), minute: String(now - now % 5), at: clock ? clock.textContent : "", who: one("h2", col).textContent }, true);
}
/* A time that a list names: it was freed, or it is the next one. */
export function book_listed(row, visit) {
  book_at({ column: row.getAttribute("data-who"), minute: row.getAttribute("data-minute"), at: row.getAttribute("data-at"), who: row.getAttribute("data-name") }, false, visit);
}
export function block(cell) {
  var shell = open_at("block-time", place_of(cell));
  if (shell) one("[data-first]", shell).focus();
}

/* Who fits counts only for the very letters that stand in the field. */
function hits() {
  var list = by_id("book-hits"), field = by_id("book-words");
  return list && field && field.value && list.getAttribute("data-words") === field.value ? all("[data-hit]", list) : [];
}
export function pick(part) {
  all("[data-hit]").forEach(function (hit) { mark(hit, "aria-selected", hit === part ? "true" : "false"); });
  var field = by_id("book-words"), form = by_id("book-form");
  if (!field || !form) return;
  mark(field, "aria-activedescendant", part ? part.id : null);
  form.elements.patient.value = part ? part.getAttribute("data-hit") : "";
  if (part) part.scrollIntoView({ block: "nearest" });
}
export function settle() {
  var form = by_id("book-form"), list = hits();
  if (!form) return;
  var now = list.filter(function (hit) { return hit.getAttribute("aria-selected") === "true"; })[0];
  if (now !== undefined && form.elements.patient.value) return;
  pick(list[0] || null);
}
function in_book(event, shell) {
  var form = by_id("book-form"), at = event.target, list = hits();
  var option = /^[1-3]$/.test(event.key) && !at.closest("#newcomer") && at.name !== "minutes" ? one('[data-option="' + event.key + '"]', shell) : null;
  if (option) { event.preventDefault(); option.click(); return; }
  if (at.id === "book-words" && (event.key === "ArrowDown" || event.key === "ArrowUp") && list.length) {
    event.preventDefault();
    var here = list.findIndex(function (hit) { return hit.getAttribute("aria-selected") === "true"; });
    pick(list[(here + (event.key === "ArrowDown" ? 1 : -1) + list.length) % list.length]);
  }
  if (event.key === "Enter" && at.closest("#book-form") && !at.matches("button")) {
    event.preventDefault();
    if (event.shiftKey && !one("[data-over]", shell)) return;
    fill(form, { over: event.shiftKey ? "yes" : "" });
    form.requestSubmit();
  }
}
/* In every window that lists choices with numbers, the number is the choice. */
function by_number(event, shell) {
  if (event.key === "Enter" && event.target.matches("#seek-form select, #seek-form input")) { event.preventDefault(); by_id("seek-form").requestSubmit(); return; }
  if (event.target.matches("input, textarea, select")) return;
  var choice = /^[1-9]$/.test(event.key) ? one('[data-choice="' + event.key + '"]', shell) : null;
  if (choice) { event.preventDefault(); choice.click(); }
}
export function key(event, shell) {
  if (shell.id === "book") in_book(event, shell);
  else by_number(event, shell);
}
export function click(at) {
  var form = by_id("book-form"), part;
  if ((part = at.closest("[data-hit]"))) { pick(part); by_id("book-words").focus(); }
  else if ((part = at.closest("[data-option]"))) { fill(form, { column: part.getAttribute("data-column"), minute: part.getAttribute("data-free"), over: "" }); form.requestSubmit(); }
  else if (at.closest("[data-over]")) { fill(form, { over: "yes" }); form.requestSubmit(); }
  else if ((part = at.closest("[data-use]"))) { fill(form, { patient: part.getAttribute("data-use") }); form.requestSubmit(); }
  else if ((part = at.closest("[data-code]"))) cancel_with(part);
  else if ((part = at.closest("[data-sought]"))) { var visit = by_id("seek-form").elements.visit.value; by_id("next-free").close(); book_listed(part, visit); }
  else return false;
  return true;
}

/* ---- Cancelling: one more key says why ---- */
var to_cancel = null;
export function cancel(visit) {
  to_cancel = visit;
  var shell = open("why-cancel");
  if (!shell) return;
  write(one("[data-said]", shell), visit.name);
  one("[data-code]", shell).focus();
}
function cancel_with(button) {
  by_id("why-cancel").close();
  if (to_cancel) act({ act: "cancelled", id: to_cancel.id, version: to_cancel.version, code: button.getAttribute("data-code") });
  to_cancel = null;
}

/* ---- The next free time ---- */
export function seek() {
  var shell = open("next-free"), form = by_id("seek-form");
  if (!shell) return;
  board.sought = by_id("sought").getAttribute("data-sought-at");
  form.elements.since.value = one(".rack").getAttribute("data-day");
  one("[data-first]", shell).focus();
}

/* ---- What has come from the server ---- */
export function look() {
  var shell = by_id("book"), rises = shell && shell.getAttribute("data-made"), sought = by_id("sought");
  if (shell && board.made !== null && rises !== board.made) {
    ["book", "block-time"].forEach(function (id) { if (by_id(id) && by_id(id).open) by_id(id).close(); });
    focus(strip_of(shell.getAttribute("data-made-id")));
  }
  board.made = rises || board.made;
  if (sought && by_id("next-free").open && sought.getAttribute("data-sought-at") !== board.sought) {
    board.sought = sought.getAttribute("data-sought-at");
    var first = one("[data-sought]", sought);
    if (first) first.focus();
  }
  if (!shell || !shell.open) return;
  var list = by_id("book-hits"), field = by_id("book-words");
  /* A new patient was written down: the field names whom the list holds. */
  if (one("#newcomer:focus-within") && list.getAttribute("data-words") && all("[data-hit]", list).length === 1 && list.getAttribute("data-words") !== field.value) {
    field.value = list.getAttribute("data-words");
    field.focus();
  }
  settle();
}

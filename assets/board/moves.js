/* Moving, copying and stretching a visit, by keys or by hand. Before it is dropped the page shows where
   it would lie and what it runs into; the server judges anew, on the version that was seen. */
import { act, all, board, box, by_id, clock, column, focus, mark, one, open, say, span, strip_of, write } from "./parts.js";

var HERE = ".is-waiting, .is-roomed, .is-seen", MOVABLE = ".is-booked, .is-confirmed, .is-request, " + HERE, OVER = ".is-done, .is-noshow, .is-left";
var STEP = 5, GRID = 10, HALF_DAY = 720, NO_ROOM = "no-room", SETTLES_MS = 400, FAR_PX = 5, EDGE_PX = 6;
var settles = 0, drag = null, dragged = false, waiting = null;

function words_of(name) { return one(".rack").getAttribute("data-" + name) || ""; }
function by_room() { return one(".rack").getAttribute("data-rooms") === "true"; }
function first(col) { return Number(col.getAttribute("data-first")); }
function places() { return all(".rack [data-column]").filter(function (col) { return first(col) > 0; }); }
function here() {
  var list = places(), same = list.filter(function (col) { return col.getAttribute("data-column") === board.carried.column; });
  return same.length === 1 ? same[0] : list[Math.min(board.carried.at, list.length - 1)];
}
export function may_move(strip) { return strip.matches(MOVABLE); }

/* kind: "move", "copy" or "length". */
export function carry(strip, kind) {
  let_go("");
  var col = column(strip), where = span(strip);
  if (!first(col) || (kind !== "copy" && !may_move(strip))) { say(words_of("fixed")); return false; }
  board.carried = {
    kind: kind, id: strip.getAttribute("data-visit"), version: strip.getAttribute("data-version"),
    patient: strip.getAttribute("data-patient"), who: strip.getAttribute("data-who"), room: strip.getAttribute("data-room"), name: one(".s-name", strip).textContent,
    before: Number(strip.getAttribute("data-before")), after: Number(strip.getAttribute("data-after")),
    minute: where.start, minutes: where.end - where.start, column: col.getAttribute("data-column"), at: places().indexOf(col),
    today: kind !== "copy" && strip.matches(HERE) ? first(col) : 0,
    was: { minute: where.start, minutes: where.end - where.start, at: places().indexOf(col) }, begins: one(".rack").getAttribute("data-begins")
  };
  mark(strip, "data-carried", "true");
  draw();
  return true;
}
export function let_go(words) {
  clearTimeout(settles);
  drag = null;
  document.documentElement.removeAttribute("data-drags");
  all("[data-carried], [data-taken]").forEach(function (part) { part.removeAttribute("data-carried"); part.removeAttribute("data-taken"); });
  if (!board.carried) return;
  board.carried = null;
  var ghost = by_id("board-ghost"), bar = by_id("board-moves");
  if (ghost) ghost.hidden = true;
  if (bar) bar.hidden = true;
  say(words);
}
function took_place() {
  var one_ = board.carried;
  return one_.minute !== one_.was.minute || one_.minutes !== one_.was.minutes || one_.at !== one_.was.at || one_.begins !== one(".rack").getAttribute("data-begins");
}

/* ---- What it runs into: the same that the database would refuse, buffers included ---- */
/* Whom and which room it would take. By room it keeps its practitioner; by practitioner it goes to where that one works. */
function aim() {
  var it = board.carried, col = here(), key = col.getAttribute("data-column");
  if (by_room()) return { who: it.who, room: key === NO_ROOM ? "" : key };
  var goes = it.room && (it.kind === "copy" || key !== it.who);
  return { who: key, room: goes && col.getAttribute("data-usual") || it.room };
}
function clashes() {
  var it = board.carried, col = here(), to = aim(), start = it.minute, end = start + it.minutes, found = { strips: [], words: "" }, why = [];
  all(".lane .strip").forEach(function (strip) {
    if (strip.matches(OVER) || (it.kind !== "copy" && strip.getAttribute("data-visit") === it.id) || !first(column(strip))) return;
    var where = span(strip), early = Number(strip.getAttribute("data-before")), late = Number(strip.getAttribute("data-after"));
    var near = where.start - early < end + it.after && where.end + late > start - it.before;
    var same = near && to.who && strip.getAttribute("data-who") === to.who, room = near && to.room && strip.getAttribute("data-room") === to.room;
    var theirs = strip.getAttribute("data-patient") === it.patient && where.start < end && where.end > start;
    if (!same && !room && !theirs) return;
    found.strips.push(strip);
    why.push(theirs ? "runs-patient" : same ? "runs" : "runs-room");
  });
  var closed = all(".closed", col).filter(function (part) { var where = span(part); return where.start < end && where.end > start; })[0];
  if (it.today && Math.abs(it.today - first(col)) > HALF_DAY) {
    /* Who is here is here today: no reason puts them to another day. */
    found.words = words_of("today-only");
    found.never = true;
  } else if (found.strips.length) {
    var strip = found.strips[0], where = span(strip), name = one(document.documentElement.matches(".hides-names") ? ".s-letters" : ".s-name", strip);
    found.words = words_of(why[0]).replace("{name}", name.textContent).replace("{start}", clock(where.start, first(column(strip)))).replace("{end}", clock(where.end, first(column(strip))));
  } else if (closed) found.words = words_of("off").replace("{what}", closed.textContent.trim());
  return found;
}
export function draw() {
  var it = board.carried, rack = one(".rack"), ghost = by_id("board-ghost"), col = it && rack && here();
  if (!it || !ghost || !col) return;
  if (it.begins !== rack.getAttribute("data-begins") && it.shown !== rack.getAttribute("data-begins")) {
    /* Another day was turned to: the same time of that day. */
    it.minute += (Number(rack.getAttribute("data-begins")) - Number(it.shown || it.begins)) / 60;
    it.shown = rack.getAttribute("data-begins");
  }
  it.column = col.getAttribute("data-column");
  it.at = places().indexOf(col);
  var lane = box(one(".lane", col)), outer = box(rack), step = lane.height / Number(rack.getAttribute("data-steps"));
  var found = clashes(), until = it.minute + it.minutes;
  ghost.hidden = false;
  ghost.style.left = lane.left - outer.left + rack.scrollLeft + 4 + "px";
  ghost.style.width = lane.width - 9 + "px";
  ghost.style.top = lane.top - outer.top + rack.scrollTop + (it.minute - first(col)) / STEP * step + "px";
  ghost.style.height = it.minutes / STEP * step - 1 + "px";
  mark(ghost, "data-clashes", found.words ? "true" : null);
  all("[data-taken]").forEach(function (part) { if (found.strips.indexOf(part) < 0) part.removeAttribute("data-taken"); });
  found.strips.forEach(function (part) { mark(part, "data-taken", "true"); });
  var time = clock(it.minute, first(col)) + "–" + clock(until, first(col));
  write(ghost, time);
  var said = time + ", " + one("h2", col).textContent + ": " + (found.words || words_of("fits"));
  var bar = by_id("board-moves");
  bar.hidden = false;
  mark(bar, "data-clashes", found.words ? "true" : null);
  write(one("[data-said]", bar), said);
  say(said);
}
function in_sight() { if (!drag) by_id("board-ghost").scrollIntoView({ block: "nearest", inline: "nearest" }); }
function limits(col) { return { low: first(col), high: first(col) + Number(one(".rack").getAttribute("data-steps")) * STEP }; }
function to(minute) {
  var it = board.carried, edge = limits(here());
  it.minute = Math.min(Math.max(minute, edge.low), edge.high - it.minutes);
  draw();
  in_sight();
}
function to_column(at) {
  var list = places();
  if (!list[at]) return;
  board.carried.at = at;
  board.carried.column = list[at].getAttribute("data-column");
  /* In a week each column is a day: the same time of that day. */
  to(board.carried.minute + first(list[at]) - first(here_before || list[at]));
}
var here_before = null;
export function stretch(strip, by) {
  if (!board.carried || board.carried.kind !== "length") { if (!carry(strip, "length")) return; }
  clearTimeout(settles);
  board.carried.minutes = Math.max(STEP, board.carried.minutes + by * STEP);
  draw();
  in_sight();
  /* Several presses are one change. What runs into somebody waits for Enter. */
  if (!clashes().words) settles = setTimeout(put, SETTLES_MS);
}

/* ---- Dropping ---- */
function values(why) {
  var it = board.carried;
  return { act: it.kind === "copy" ? "copy" : "drop", id: it.id, version: it.version, column: aim().who, place: by_room() ? it.column : "", minute: String(it.minute),
    minutes: it.kind === "length" ? String(it.minutes) : "", why: why };
}
export function put() {
  if (!board.carried) return;
  if (!took_place()) { let_go(words_of("stays")); return; }
  var found = clashes();
  if (found.never) { say(found.words); return; }
  if (found.words) {
    waiting = values("");
    var shell = open("put-over");
    if (!shell) return;
    write(one("[data-said]", shell), found.words);
    one("[data-why]", shell).focus();
    return;
  }
  settle(values(""));
}
function settle(what) {
  if (what.act === "drop") board.last = { visit: what.id };
  let_go("");
  act(what);
}
export function over(button) {
  var shell = by_id("put-over"), what = waiting;
  shell.close();
  if (what) settle(Object.assign(what, { why: button.getAttribute("data-why") }));
  waiting = null;
}

/* A free time was clicked while something is carried: there it goes. */
export function put_at(cell) {
  board.carried.at = places().indexOf(column(cell));
  board.carried.column = column(cell).getAttribute("data-column");
  board.carried.minute = Number(cell.getAttribute("data-free"));
  draw();
  put();
}

/* ---- Keys while something is carried; says whether it was one ---- */
export function key(event) {
  var it = board.carried, name = event.key;
  if (it.kind === "length") {
    if (event.shiftKey && (name === "ArrowDown" || name === "ArrowUp")) return stretch(strip_of(it.id), name === "ArrowDown" ? 1 : -1), true;
    if (name === "Enter") return clearTimeout(settles), put(), true;
    if (name === "Escape") return let_go(words_of("stays")), true;
    return true;
  }
  here_before = here();
  if (name === "ArrowDown") to(Math.floor(it.minute / GRID) * GRID + GRID);
  else if (name === "ArrowUp") to(Math.ceil(it.minute / GRID) * GRID - GRID);
  else if (name === "PageDown") to(it.minute + 60);
  else if (name === "PageUp") to(it.minute - 60);
  else if (name === "ArrowRight") to_column(it.at + 1);
  else if (name === "ArrowLeft") to_column(it.at - 1);
  else if (/^[1-9]$/.test(name)) to_column(Number(name) - 1);
  else if (name === "Enter") put();
  else if (name === "Escape") { let_go(words_of("stays")); focus(strip_of(it.id)); }
  else return name !== "[" && name !== "]" && name !== "t" ? name !== "Tab" : false;
  return true;
}

/* ---- By hand: an extra for the mouse and the pen; a finger scrolls ---- */
document.addEventListener("pointerdown", function (event) {
  var strip = event.target.closest ? event.target.closest(".lane .strip[data-visit]") : null;
  dragged = false;
  if (!strip || event.button || event.pointerType === "touch" || !strip.getAttribute("data-visit") || one("dialog[open]")) return;
  if (!first(column(strip)) || !(may_move(strip) || event.ctrlKey)) return;
  var where = box(strip);
  drag = { strip: strip, x: event.clientX, y: event.clientY, grab: event.clientY - where.top, kind: event.ctrlKey ? "copy" : where.bottom - event.clientY < EDGE_PX ? "length" : "move" };
});
document.addEventListener("pointermove", function (event) {
  if (!drag) return;
  if (!drag.moves) {
    if (Math.abs(event.clientX - drag.x) + Math.abs(event.clientY - drag.y) < FAR_PX) return;
    var kept = drag;
    if (!carry(kept.strip, kept.kind)) return;
    drag = kept;
    drag.moves = true;
    document.documentElement.setAttribute("data-drags", drag.kind);
  }
  var it = board.carried;
  if (!it) { drag = null; return; }
  var list = places(), under = list.findIndex(function (col) { var where = box(col); return event.clientX >= where.left && event.clientX < where.right; });
  if (under >= 0 && drag.kind !== "length") { it.at = under; it.column = list[under].getAttribute("data-column"); }
  var col = here(), lane = box(one(".lane", col)), step = lane.height / Number(one(".rack").getAttribute("data-steps"));
  if (drag.kind === "length") {
    it.minutes = Math.max(STEP, Math.round((event.clientY - lane.top) / step) * STEP - (it.minute - first(col)));
    draw();
  } else to(first(col) + Math.round((event.clientY - drag.grab - lane.top) / step) * STEP);
});
document.addEventListener("pointerup", function () {
  if (drag && drag.moves) { drag = null; dragged = true; document.documentElement.removeAttribute("data-drags"); put(); }
  drag = null;
});
document.addEventListener("pointercancel", function () { if (drag && drag.moves) let_go(words_of("stays")); drag = null; });
/* The click that ends a drag chooses nothing. */
document.addEventListener("click", function (event) { if (dragged) { dragged = false; event.preventDefault(); event.stopPropagation(); } }, true);
document.addEventListener("close", function (event) { if (event.target.id === "put-over" && waiting) { waiting = null; let_go(words_of("stays")); } }, true);
/* A colleague has changed what is carried, or it is gone from this day: it is drawn where it would lie. */
export function look() {
  var it = board.carried;
  if (!it) return;
  var strip = strip_of(it.id);
  if (strip) {
    mark(strip, "data-carried", "true");
    if (strip.getAttribute("data-version") !== it.version) { let_go(words_of("changed")); return; }
  }
  draw();
}

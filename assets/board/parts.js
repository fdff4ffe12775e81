/* What the scripts of the day board share: finding, writing, and where something lies in the grid.
   Times are minutes since 1970, as the page brings them. */
export var board = { last: null, carried: null, made: null, sought: null, scrolled: "" };

export function one(selector, within) { return (within || document).querySelector(selector); }
export function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
export function by_id(id) { return document.getElementById(id); }
export function shown(part) { return part.getClientRects().length > 0; }
export function box(part) { return part.getBoundingClientRect(); }
export function write(part, words) { if (part && part.textContent !== words) part.textContent = words; }
export function say(words) { write(by_id("board-says"), words || ""); }
export function mark(part, name, value) {
  if (value === null) { if (part.hasAttribute(name)) part.removeAttribute(name); }
  else if (part.getAttribute(name) !== value) part.setAttribute(name, value);
}

/* ---- The hidden forms through which everything reaches the server ---- */
export function fill(form, values) { Object.keys(values).forEach(function (name) { form.elements[name].value = values[name]; }); }
var NOTHING = { act: "", id: "", version: "", column: "", place: "", minute: "", minutes: "", why: "", code: "" };
export function act(values) {
  var form = by_id("board-act");
  if (!form) return;
  fill(form, Object.assign({}, NOTHING, values));
  form.requestSubmit();
}
export function choose(id) {
  var form = by_id("board-choose");
  if (!form) return;
  fill(form, { id: id });
  form.requestSubmit();
}

/* ---- The grid ---- */
var CELLS = ".lane [data-visit], .lane [data-free], .lane [data-block]";
export function column(part) { return part.closest("[data-column]"); }
export function cells(within) {
  return all(CELLS, within).filter(function (part) { return part.getAttribute("data-visit") !== "" && shown(part); }).sort(function (a, b) {
    var x = box(a), y = box(b);
    return x.top - y.top || x.left - y.left;
  });
}
export function strip_of(id) { return id ? one('.lane [data-visit="' + id + '"]') : null; }
export function focus(part) {
  if (!part) return;
  part.focus({ preventScroll: true });
  part.scrollIntoView({ block: "nearest", inline: "nearest" });
}
export function nearest(within, top) {
  var best = null, far = Infinity;
  cells(within).forEach(function (part) {
    var where = box(part), gap = top < where.top ? where.top - top : top >= where.bottom ? top - where.bottom + 1 : 0;
    if (gap < far || (gap === far && part.hasAttribute("data-visit"))) { best = part; far = gap; }
  });
  return best;
}
/* From which minute to which something lies in its column. */
export function span(part) {
  var row = /(\d+)\D+(\d+)/.exec(part.getAttribute("data-row"));
  var start = Number(column(part).getAttribute("data-first")) + (Number(row[1]) - 1) * 5;
  return { start: start, end: start + Number(part.getAttribute("data-minutes") || Number(row[2]) * 5) };
}
/* The hour at the grid's edge is the clinic's: minutes are counted on from it. */
export function clock(minute, first) {
  var edge = /^(\d+):/.exec(one(".hours li").textContent), here = Number(edge ? edge[1] : 0) * 60 + minute - first;
  return Math.floor(here / 60) + ":" + ("0" + here % 60).slice(-2);
}
/* A window opens here and at once, so that no letter that is typed is lost on the way. */
export function open(id) {
  var shell = by_id(id);
  if (!shell || shell.open) return null;
  shell.showModal();
  return shell;
}

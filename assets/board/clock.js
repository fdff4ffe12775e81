/* Now, waiting and late are counted here, from the moments that the page brings. */
import { all, board, column, mark, one, write } from "./parts.js";

var MID = 10, LONG = 20;
function pace(minutes) { return minutes >= LONG ? "long" : minutes >= MID ? "mid" : null; }
function filled(rack, name, count) { return rack.getAttribute(name).replace("{count}", count); }

export function count(rack) {
  var now = Date.now() / 1000, begins = Number(rack.getAttribute("data-begins")), step = (now - begins) / 300;
  var steps = Number(rack.getAttribute("data-steps")), is_today = rack.getAttribute("data-today") === "true" && rack.getAttribute("data-week") !== "true";
  var is_on = is_today && step >= 0 && step <= steps;
  line(rack, is_on, is_on ? step.toFixed(2) : is_today && step > steps ? String(steps) : "0", (now - begins) / 60);
  all("[data-waits]").forEach(function (part) {
    var minutes = Math.max(0, Math.floor((now - Number(part.getAttribute("data-waits"))) / 60)), strip = part.closest(".strip, .mins");
    write(part, String(minutes));
    if (strip) mark(strip, "data-long", pace(minutes));
  });
  all("[data-late]").forEach(function (part) {
    var late = Math.floor((now - Number(part.getAttribute("data-late"))) / 60);
    write(part, late > 0 ? filled(rack, "data-late-words", late) : "");
    mark(part.closest(".strip"), "data-is-late", late > 0 ? "true" : null);
  });
  all("[data-behind]", rack).forEach(function (part) {
    var since = Number(part.getAttribute("data-behind")), late = since ? Math.floor((now - since) / 60) : 0;
    write(part, late > 4 ? filled(rack, "data-behind-words", late) : is_today ? rack.getAttribute("data-on-time") : "");
    mark(part, "data-pace", late >= LONG ? "long" : late > 4 ? "mid" : null);
  });
  all("[data-next-free]", rack).forEach(function (part) {
    var free = all("[data-free]", column(part)).filter(function (cell) { return !is_today || Number(cell.getAttribute("data-free")) * 60 > now - 300; })[0];
    write(part, free ? rack.getAttribute("data-free-words") + " " + free.getAttribute("data-at") : "");
  });
  if (is_on && board.scrolled !== rack.getAttribute("data-begins")) {
    board.scrolled = rack.getAttribute("data-begins");
    /* Whoever is at work in the grid already is not carried off. */
    if (!one(".lane :focus", rack)) rack.scrollTop = Math.max(0, step / steps * one(".hours ol", rack).offsetHeight - rack.clientHeight / 3);
  }
}
/* The hour at the grid's edge is the clinic's: minutes are counted on from it. */
function line(rack, is_on, at, since) {
  if (rack.style.getPropertyValue("--now-step") !== at) rack.style.setProperty("--now-step", at);
  mark(rack, "data-clock", is_on ? "true" : null);
  var part = one(".at-now", rack), edge = one(".hours li", rack), from = edge && /^(\d+):/.exec(edge.textContent);
  var minutes = from ? Number(from[1]) * 60 + Math.floor(since) : 0;
  if (part) write(part, is_on ? Math.floor(minutes / 60) + ":" + ("0" + minutes % 60).slice(-2) : "");
}

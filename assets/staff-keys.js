/* The day board. One stop for the Tab key, then arrows; a letter acts on the visit that has the focus
   and on no other. What is done goes to the server through two hidden forms, with the version that was
   seen. Now, waiting and late are counted here, from the moments that the page brings. */
(function () {
  "use strict";
  var ACTS = { a: "arrived", r: "in-room", s: "with-practitioner", d: "fulfilled", n: "noshow", l: "left", c: "confirmed", x: "cancelled", y: "booked" };
  var CELLS = ".lane [data-visit], .lane [data-free], .lane [data-block]";
  var last = null, carried = null, made = null, planned = false, scrolled = "";
  function one(selector, within) { return (within || document).querySelector(selector); }
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function shown(part) { return part.getClientRects().length > 0; }
  function write(part, words) { if (part && part.textContent !== words) part.textContent = words; }
  function mark(part, name, value) { if (value === null) { if (part.hasAttribute(name)) part.removeAttribute(name); } else if (part.getAttribute(name) !== value) part.setAttribute(name, value); }
  function fill(form, values) { Object.keys(values).forEach(function (name) { form.elements[name].value = values[name]; }); }
  function send(id, values) { var form = document.getElementById(id); if (!form) return; fill(form, values); form.requestSubmit(); }
  function box(part) { return part.getBoundingClientRect(); }
  function column(part) { return part.closest("[data-column]"); }
  function cells(within) {
    return all(CELLS, within).filter(function (part) { return part.getAttribute("data-visit") !== "" && shown(part); }).sort(function (a, b) {
      var x = box(a), y = box(b); return x.top - y.top || x.left - y.left;
    });
  }
  function focus(part) { if (part) { part.focus({ preventScroll: true }); part.scrollIntoView({ block: "nearest", inline: "nearest" }); } }
  function up_or_down(at, by) {
    var list = cells(column(at)), here = list.indexOf(at);
    focus(list[Math.min(list.length - 1, Math.max(0, here + by))]);
  }
  function nearest(within, top) {
    var list = cells(within), best = null, far = Infinity;
    list.forEach(function (part) {
      var where = box(part), gap = top < where.top ? where.top - top : top >= where.bottom ? top - where.bottom + 1 : 0;
      if (gap < far || (gap === far && part.hasAttribute("data-visit") && !carried)) { best = part; far = gap; }
    });
    return best;
  }
  function aside(at, by) {
    var columns = all(".rack [data-column]"), to = columns[columns.indexOf(column(at)) + by];
    if (to) focus(nearest(to, box(at).top + 2));
  }
  function say(words) { write(document.getElementById("board-says"), words || ""); }
  function let_go(words) {
    if (!carried) return;
    var strip = one('.rack [data-visit="' + carried.id + '"]');
    if (strip) strip.removeAttribute("data-carried");
    carried = null; say(words);
  }
  function carry(at) {
    let_go("");
    carried = { id: at.getAttribute("data-visit"), version: at.getAttribute("data-version") };
    at.setAttribute("data-carried", "true");
    say(document.getElementById("board-says").getAttribute("data-moves"));
  }
  function drop(at) {
    var minute = at.getAttribute("data-free");
    if (!minute) return;
    send("board-act", { act: "drop", id: carried.id, version: carried.version, column: column(at).getAttribute("data-column"), minute: minute });
    last = { visit: carried.id };
    let_go("");
  }
  /* The window in which one books: opened here, so that no letter is lost on the way. */
  function open(id, place, minute, at, walk_in) {
    var window_ = document.getElementById(id);
    if (!window_ || window_.open) return;
    var form = one("form", window_);
    form.reset();
    fill(form, { column: place.getAttribute("data-column"), minute: minute });
    if (id === "book") { fill(form, { patient: "", over: "", walk_in: walk_in ? "yes" : "" }); mark(window_, "data-walk-in", walk_in ? "true" : null); }
    write(one("[data-slot]", window_), at + ", " + one("h2", place).textContent);
    window_.showModal();
    one("[data-first]", window_).focus();
  }
  function book(at) { open(at.hasAttribute("data-free") ? "book" : "", column(at), at.getAttribute("data-free"), at.getAttribute("data-at"), false); }
  function walk_in(at) {
    var now = Math.floor(Date.now() / 60000), minute = now - now % 5, clock = one(".at-now");
    open("book", column(at), String(minute), clock ? clock.textContent : "", true);
  }
  /* Who fits counts only for the very letters that stand in the field. */
  function hits() { var list = document.getElementById("book-hits"), field = document.getElementById("book-words"); return list && field && field.value && list.getAttribute("data-words") === field.value ? all("[data-hit]", list) : []; }
  function pick(part) {
    all("[data-hit]").forEach(function (hit) { mark(hit, "aria-selected", hit === part ? "true" : "false"); });
    var field = document.getElementById("book-words"), form = document.getElementById("book-form");
    if (!field || !form) return;
    mark(field, "aria-activedescendant", part ? part.id : null);
    form.elements.patient.value = part ? part.getAttribute("data-hit") : "";
    if (part) part.scrollIntoView({ block: "nearest" });
  }
  function settle() {
    var list = hits(), now = list.filter(function (hit) { return hit.getAttribute("aria-selected") === "true"; })[0];
    if (now !== undefined && document.getElementById("book-form").elements.patient.value) return;
    if (document.getElementById("book-form")) pick(list[0] || null);
  }
  function in_book(event, window_) {
    var form = document.getElementById("book-form"), at = event.target, list = hits();
    var option = /^[1-3]$/.test(event.key) && !at.closest("#newcomer") && at.name !== "minutes" ? one('[data-option="' + event.key + '"]', window_) : null;
    if (option) { event.preventDefault(); option.click(); return; }
    if (at.id === "book-words" && (event.key === "ArrowDown" || event.key === "ArrowUp") && list.length) {
      event.preventDefault();
      var here = list.findIndex(function (hit) { return hit.getAttribute("aria-selected") === "true"; });
      pick(list[(here + (event.key === "ArrowDown" ? 1 : -1) + list.length) % list.length]);
    }
    if (event.key === "Enter" && at.closest("#book-form") && !at.matches("button")) {
      event.preventDefault();
      if (event.shiftKey && !one("[data-over]", window_)) return;
      fill(form, { over: event.shiftKey ? "yes" : "" });
      form.requestSubmit();
    }
  }
  function click(event) {
    var at = event.target.closest ? event.target : null;
    if (!at || !one(".rack")) return;
    var form = document.getElementById("book-form"), part;
    if ((part = at.closest("[data-hit]"))) { pick(part); document.getElementById("book-words").focus(); }
    else if ((part = at.closest("[data-option]"))) { fill(form, { column: part.getAttribute("data-column"), minute: part.getAttribute("data-free"), over: "" }); form.requestSubmit(); }
    else if (at.closest("[data-over]")) { fill(form, { over: "yes" }); form.requestSubmit(); }
    else if ((part = at.closest("[data-use]"))) { fill(form, { patient: part.getAttribute("data-use") }); form.requestSubmit(); }
    else if ((part = at.closest("[data-act]"))) { var chosen = part.closest("[data-detail]"); send("board-act", { act: part.getAttribute("data-act"), id: chosen.getAttribute("data-detail"), version: chosen.getAttribute("data-version"), column: "", minute: "" }); }
    else if (at.closest("[data-shuts]")) send("board-choose", { id: "" });
    else if ((part = at.closest("[data-free]"))) { if (carried) drop(part); else book(part); }
    else if ((part = at.closest("[data-visit]")) && part.getAttribute("data-visit")) send("board-choose", { id: part.getAttribute("data-visit") });
  }
  function next_waiting() {
    var list = all("#waiting-now [data-visit]");
    if (!list.length) return;
    var here = list.findIndex(function (row) { return last && row.getAttribute("data-visit") === last.visit; });
    var row = list[(here + 1) % list.length], strip = one('.lane [data-visit="' + row.getAttribute("data-visit") + '"]');
    focus(strip && shown(strip) ? strip : row);
    last = { visit: row.getAttribute("data-visit") };
  }
  function press(key) {
    var buttons = all('[aria-keyshortcuts="' + key + '"]').filter(shown);
    if (buttons.length) buttons[0].click();
    return buttons.length > 0;
  }
  function key(event, at) {
    var name = event.key.toLowerCase(), on = at.closest("[data-visit], [data-free], [data-block]"), lane = on && on.closest(".lane");
    var visit = on && on.getAttribute("data-visit");
    if (lane && event.key === "ArrowDown") up_or_down(on, 1);
    else if (lane && event.key === "ArrowUp") up_or_down(on, -1);
    else if (lane && event.key === "ArrowRight") aside(on, 1);
    else if (lane && event.key === "ArrowLeft") aside(on, -1);
    else if (event.key === "Escape") { if (carried) let_go(document.getElementById("board-says").getAttribute("data-stays")); else if (one("[data-detail]")) send("board-choose", { id: "" }); else return false; }
    else if (carried && lane && event.key === "Enter") drop(on);
    else if (lane && on.hasAttribute("data-free") && (event.key === "Enter" || (name === "b" && !event.shiftKey))) book(on);
    else if (lane && name === "b" && event.shiftKey) walk_in(on);
    else if (lane && on.hasAttribute("data-free") && name === "k") open("block-time", column(on), on.getAttribute("data-free"), on.getAttribute("data-at"));
    else if (on && on.hasAttribute("data-block") && name === "x") send("board-act", { act: "unblock", id: on.getAttribute("data-block"), version: "", column: "", minute: "" });
    else if (visit && event.key === "Enter") location.assign("/staff/patients/" + on.getAttribute("data-patient"));
    else if (visit && lane && name === "m") carry(on);
    else if (visit && ACTS[name] && !event.shiftKey) send("board-act", { act: ACTS[name], id: visit, version: on.getAttribute("data-version"), column: "", minute: "" });
    else if (/^[1-9]$/.test(event.key)) { var to = all(".rack [data-column]")[Number(event.key) - 1]; if (!to) return false; focus(nearest(to, lane ? box(on).top + 2 : box(to).top + 60)); }
    else if (name === "w") next_waiting();
    else if (name === "o" && lane) { var weekly = one("[data-weekly]", column(on)); if (weekly) weekly.click(); }
    else if (name === "h") document.documentElement.classList.toggle("hides-names");
    else if (name === "t" || name === "v" || name === "u" || name === "[" || name === "]") return press(name.toUpperCase()) || name === "t";
    /* A letter that means something on a visit means nothing elsewhere on the board. */
    else return Boolean(ACTS[name] || name === "m" || name === "k" || name === "j");
    return true;
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !one(".rack")) return;
    var at = event.target, window_ = one("dialog[open]");
    if (window_) { if (window_.id === "book") in_book(event, window_); return; }
    if (!at.closest || at.matches("input, textarea, select, [contenteditable]") || event.key === "?" || event.key === "/") return;
    if (event.key === "Enter" && !at.closest("[data-visit], .lane")) return;
    if (key(event, at)) { event.preventDefault(); event.stopImmediatePropagation(); }
  });
  document.addEventListener("click", click);
  document.addEventListener("input", function (event) { if (event.target.id === "book-words") { pick(null); settle(); } });
  document.addEventListener("focusin", function (event) {
    var at = event.target.closest ? event.target.closest(".lane [data-visit], .lane [data-free], .lane [data-block]") : null;
    if (!at) { if (!event.target.closest || !event.target.closest("dialog")) last = event.target.closest && event.target.closest("[data-visit]") ? last : null; return; }
    last = { visit: at.getAttribute("data-visit"), column: column(at).getAttribute("data-column"), top: at.offsetTop || at.parentNode.offsetTop };
    all('.lane [aria-current]').forEach(function (part) { if (part !== at) part.removeAttribute("aria-current"); });
    all('.lane [tabindex="0"]').forEach(function (part) { if (part !== at) part.setAttribute("tabindex", "-1"); });
    mark(at, "tabindex", "0"); mark(at, "aria-current", "true");
  });
  /* What had the focus was moved or is gone: the same visit, or what stands there now, has it. */
  function hold_focus() {
    if (!last || document.activeElement !== document.body || one("dialog[open]")) return;
    var same = last.visit && one('.lane [data-visit="' + last.visit + '"]');
    var place = last.column && one('.rack [data-column="' + last.column + '"]');
    if (same) focus(same);
    else if (place) focus(nearest(place, box(one(".lane", place)).top + last.top + 2));
  }
  function count(rack) {
    var now = Date.now() / 1000, begins = Number(rack.getAttribute("data-begins")), step = (now - begins) / 300;
    var steps = Number(rack.getAttribute("data-steps")), is_today = rack.getAttribute("data-today") === "true" && rack.getAttribute("data-week") !== "true";
    var is_on = is_today && step >= 0 && step <= steps;
    var said = is_on ? step.toFixed(2) : is_today && step > steps ? String(steps) : "0";
    if (rack.style.getPropertyValue("--now-step") !== said) rack.style.setProperty("--now-step", said);
    mark(rack, "data-clock", is_on ? "true" : null);
    var line = one(".at-now", rack), first = one(".hours li", rack);
    if (line) {
      /* The hour at the grid's edge is the clinic's: minutes are counted on from it. */
      var from = first && /^(\d+):/.exec(first.textContent), minutes = from ? Number(from[1]) * 60 + Math.floor((now - begins) / 60) : 0;
      write(line, is_on ? Math.floor(minutes / 60) + ":" + ("0" + minutes % 60).slice(-2) : "");
    }
    all("[data-waits]").forEach(function (part) {
      var minutes = Math.max(0, Math.floor((now - Number(part.getAttribute("data-waits"))) / 60)), long = minutes >= 20 ? "long" : minutes >= 10 ? "mid" : null;
      write(part, String(minutes));
      var strip = part.closest(".strip, .mins"); if (strip) mark(strip, "data-long", long);
    });
    all("[data-late]").forEach(function (part) {
      var late = Math.floor((now - Number(part.getAttribute("data-late"))) / 60), strip = part.closest(".strip");
      write(part, late > 0 ? rack.getAttribute("data-late-words").replace("{count}", late) : "");
      mark(strip, "data-is-late", late > 0 ? "true" : null);
    });
    all("[data-behind]", rack).forEach(function (part) {
      var since = Number(part.getAttribute("data-behind")), late = since ? Math.floor((now - since) / 60) : 0;
      write(part, late > 4 ? rack.getAttribute("data-behind-words").replace("{count}", late) : is_today ? rack.getAttribute("data-on-time") : "");
      mark(part, "data-pace", late >= 20 ? "long" : late > 4 ? "mid" : null);
    });
    all("[data-next-free]", rack).forEach(function (part) {
      var free = all("[data-free]", column(part)).filter(function (cell) { return !is_today || Number(cell.getAttribute("data-free")) * 60 > now - 300; })[0];
      write(part, free ? rack.getAttribute("data-free-words") + " " + free.getAttribute("data-at") : "");
    });
    if (is_on && scrolled !== rack.getAttribute("data-begins")) { scrolled = rack.getAttribute("data-begins"); rack.scrollTop = Math.max(0, step / steps * one(".hours ol", rack).offsetHeight - rack.clientHeight / 3); }
  }
  function look() {
    planned = false;
    var rack = one(".rack");
    if (!rack) { carried = null; last = null; made = null; return; }
    count(rack);
    var window_ = document.getElementById("book"), rises = window_ && window_.getAttribute("data-made");
    if (window_ && made !== null && rises !== made) {
      if (window_.open) window_.close();
      if (window_.getAttribute("data-made-id") && one('.lane [data-visit="' + window_.getAttribute("data-made-id") + '"]')) focus(one('.lane [data-visit="' + window_.getAttribute("data-made-id") + '"]'));
    }
    made = rises || made;
    if (window_ && window_.open) {
      var list = document.getElementById("book-hits"), field = document.getElementById("book-words");
      /* A new patient was written down: the field names whom the list holds. */
      if (one("#newcomer:focus-within") && list.getAttribute("data-words") && one("[data-hit]", list) && list.getAttribute("data-words") !== field.value && all("[data-hit]", list).length === 1) { field.value = list.getAttribute("data-words"); field.focus(); }
      settle();
    }
    if (carried) { var strip = one('.rack [data-visit="' + carried.id + '"]'); if (strip) mark(strip, "data-carried", "true"); }
    if (!one('.lane [tabindex="0"]')) { var start = cells(rack)[0]; if (start) start.setAttribute("tabindex", "0"); }
    hold_focus();
  }
  function soon() { if (!planned) { planned = true; requestAnimationFrame(look); } }
  new MutationObserver(soon).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-made", "data-words", "data-begins", "data-waits", "data-late", "data-behind", "data-version"] });
  setInterval(soon, 10000);
  soon();
})();
/* Keys of the staff's pages. J and K go through what can be opened, Enter opens it (the browser's
   own), a letter presses the button that bears it within the chosen line, ? lists all keys.
   Nothing happens while somebody types, nor on pages for patients. */
(function () {
  "use strict";
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function shown(part) { return part.getClientRects().length > 0; }
  function stops() { return all(".desk main [data-stop]").filter(shown); }
  function step(by) {
    var list = stops();
    if (!list.length) return;
    var line = document.activeElement && document.activeElement.closest("[data-line]");
    var at = list.findIndex(function (stop) { return stop === document.activeElement || (line && line.contains(stop)); });
    var next = at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + by));
    list[next].focus();
    list[next].scrollIntoView({ block: "nearest" });
  }
  function press(letter) {
    var line = document.activeElement && document.activeElement.closest("[data-line]");
    var buttons = all('[aria-keyshortcuts="' + letter + '"]', line || document.querySelector(".desk main"));
    if (!line) buttons = buttons.filter(function (button) { return !button.closest("[data-line]"); });
    buttons = buttons.filter(shown);
    if (buttons.length) { buttons[0].click(); return true; }
    return false;
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !document.querySelector(".desk")) return;
    var at = event.target;
    if (at.matches("input, textarea, select, [contenteditable]")) {
      if (at.hasAttribute("data-finds") && (event.key === "ArrowDown" || event.key === "Enter")) {
        var first = stops()[0];
        if (first) { event.preventDefault(); first.focus(); if (event.key === "Enter") first.click(); }
      }
      if (event.key === "Escape" && !at.closest("dialog")) at.blur();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "?") {
      var keys = document.getElementById("all-keys");
      if (keys) { event.preventDefault(); keys.showModal(); }
      return;
    }
    var key = event.key.toLowerCase();
    if (key === "j" || event.key === "ArrowDown" && at.closest("[data-line]")) { event.preventDefault(); step(1); }
    else if (key === "k" || event.key === "ArrowUp" && at.closest("[data-line]")) { event.preventDefault(); step(-1); }
    else if (key === "e" && document.querySelector("[data-answer]")) { event.preventDefault(); document.querySelector("[data-answer]").focus(); }
    else if (/^[a-z]$/.test(key) && press(key.toUpperCase())) event.preventDefault();
  });
  /* Who waits, waits longer: the minutes go on without asking the server. */
  setInterval(function () {
    all(".desk [data-since]").forEach(function (part) {
      var minutes = Math.max(0, Math.floor((Date.now() / 1000 - Number(part.getAttribute("data-since"))) / 60));
      var words = part.getAttribute("data-words").replace("{count}", minutes);
      if (part.textContent === words) return;
      part.firstChild.nodeValue = words;
      part.parentNode.className = "badge " + (minutes >= 20 ? "late" : minutes >= 10 ? "soon" : "info");
    });
    /* Emergency access ends by itself: the minutes run down, and at the end the page asks anew. */
    all(".desk [data-until]").forEach(function (part) {
      var left = Math.ceil((Number(part.getAttribute("data-until")) - Date.now() / 1000) / 60);
      /* What is being written is saved first, as when the field is left. */
      if (left < 1) { document.activeElement.blur(); setTimeout(function () { location.reload(); }, 1500); return; }
      var words = part.getAttribute("data-words").replace("{count}", left);
      if (part.textContent !== words) part.firstChild.nodeValue = words;
    });
  }, 10000);
  /* A draft or an answer: Ctrl Enter sends it. */
  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches(".desk textarea") && event.target.form) {
      event.preventDefault(); event.target.form.requestSubmit();
    }
  });
})();

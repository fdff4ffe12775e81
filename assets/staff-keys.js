/* Keys of the staff's pages. J and K go through what can be opened, Enter opens it (the browser's
   own), a letter presses the button that bears it within the chosen line, / finds a patient, ? lists
   all keys. Nothing happens while somebody types, nor on pages for patients; and nothing at all where
   somebody has switched single keys off in that list (WCAG 2.1.4): kept in this browser. */
(function () {
  "use strict";
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function shown(part) { return part.getClientRects().length > 0; }
  var root = document.documentElement;
  function kept() { try { return localStorage.getItem("keys") || ""; } catch (e) { return ""; } }
  function wear() {
    var off = kept() === "off";
    root.toggleAttribute("data-no-keys", off);
    all("[data-keys-switch]").forEach(function (box) { box.checked = !off; });
  }
  wear();
  addEventListener("storage", wear);
  document.addEventListener("change", function (event) {
    if (!event.target.matches || !event.target.matches("[data-keys-switch]")) return;
    try { localStorage.setItem("keys", event.target.checked ? "on" : "off"); } catch (e) { /* private window */ }
    wear();
  });
  /* The window is opened by its button too, where no key does it. */
  document.addEventListener("click", function (event) { if (event.target.closest && event.target.closest('[data-opens="all-keys"]')) wear(); });
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
    if (at.closest("dialog:not([open])")) at = document.body;
    if (at.matches("input, textarea, select, [contenteditable]")) {
      if (at.hasAttribute("data-finds") && (event.key === "ArrowDown" || event.key === "Enter")) {
        var first = stops()[0];
        if (first) { event.preventDefault(); first.focus(); if (event.key === "Enter") first.click(); }
      }
      if (event.key === "Escape" && !at.closest("dialog")) at.blur();
      return;
    }
    if (document.querySelector("dialog[open]") || root.hasAttribute("data-no-keys")) return;
    if (event.key === "/") {
      var find = document.querySelector("[data-slash]");
      if (find) { event.preventDefault(); find.focus(); find.select(); }
      return;
    }
    if (event.key === "?") {
      var keys = document.getElementById("all-keys");
      if (keys) { event.preventDefault(); wear(); keys.showModal(); }
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

/* The one script of our own. It runs before the first paint, changes nothing that the server
   sends, and every page still reads without it: it sets the look that was chosen, moves the focus
   after a navigation, opens native dialogs, closes menus, and warns before the idle time-out. */
(function (root) {
  "use strict";
  var store = {
    get: function (key) { try { return localStorage.getItem(key) || ""; } catch (e) { return ""; } },
    set: function (key, value) { try { localStorage.setItem(key, value); } catch (e) { /* private window */ } }
  };
  function one(selector, within) { return (within || document).querySelector(selector); }
  function each(selector, act) { Array.prototype.forEach.call(document.querySelectorAll(selector), act); }

  /* ---- The look: "theme" is the key that Reflex reads as well; the contrast is ours alone ---- */
  var night = matchMedia("(prefers-color-scheme: dark)");
  function wear() {
    var theme = store.get("theme") || "system";
    var dark = theme === "dark" || (theme !== "light" && night.matches);
    var classes = root.classList;
    if (classes.contains("dark") !== dark) classes.toggle("dark", dark);
    if (classes.contains("light") === dark) classes.toggle("light", !dark);
    var contrast = store.get("contrast") === "more";
    if (classes.contains("contrast") !== contrast) classes.toggle("contrast", contrast);
    var scheme = dark ? "dark" : "light";
    if (root.style.colorScheme !== scheme) root.style.colorScheme = scheme;
  }
  function shown() { return (store.get("theme") || "system") + (store.get("contrast") === "more" ? " contrast" : ""); }
  function say_look() { each("select[data-looks]", function (list) { if (list.value !== shown()) list.value = shown(); }); }
  wear();
  night.addEventListener("change", wear);
  addEventListener("storage", function () { wear(); say_look(); });
  new MutationObserver(wear).observe(root, { attributes: true, attributeFilter: ["class", "style"] });
  document.addEventListener("change", function (event) {
    var list = event.target;
    if (!list.matches || !list.matches("select[data-looks]")) return;
    var parts = list.value.split(" ");
    store.set("theme", parts[0]);
    store.set("contrast", parts[1] === "contrast" ? "more" : "");
    wear(); say_look();
  });

  /* ---- After a navigation without a page load: the focus goes to the heading ---- */
  function place() { return location.pathname + "#" + (new URLSearchParams(location.search).get("step") || ""); }
  var here = place(), watch = 0;
  function heading() { return one("main h1"); }
  function arrive(was, words, title, tries) {
    var now = heading();
    var changed = now && (now !== was || now.textContent !== words || document.title !== title);
    if (changed) {
      var at = document.activeElement;
      var busy = at && at.closest && at.closest("main") && at.matches("input, textarea, select, [data-keeps-focus]");
      if (!busy) { land(now); stay(now, tries); }
      say_look();
      return;
    }
    if (tries > 0) watch = setTimeout(function () { arrive(was, words, title, tries - 1); }, 50);
  }
  function land(on) { if (!on.hasAttribute("tabindex")) on.setAttribute("tabindex", "-1"); on.focus({ preventScroll: true }); }
  /* A page that brings its own heading with its data takes the focus along to it. */
  function stay(on, tries) {
    var now = heading(), lost = !root.contains(on) && document.activeElement === document.body;
    if (lost && now) { land(now); on = now; }
    if (tries > 0) watch = setTimeout(function () { stay(on, tries - 1); }, 50);
  }
  function moved() {
    if (place() === here) return;
    here = place();
    shut();
    clearTimeout(watch);
    var was = heading();
    arrive(was, was ? was.textContent : "", document.title, 200);
  }
  ["pushState", "replaceState"].forEach(function (name) {
    var own = history[name];
    history[name] = function () { var result = own.apply(this, arguments); moved(); return result; };
  });
  addEventListener("popstate", moved);

  /* ---- Menus (details) close on Escape, on a click elsewhere and after a choice ---- */
  function shut(but) { each("details[data-menu][open]", function (menu) { if (menu !== but) menu.open = false; }); }
  document.addEventListener("click", function (event) {
    var at = event.target.closest ? event.target : null;
    if (!at) return;
    var menu = at.closest("details[data-menu]");
    shut(menu && !at.closest("a") ? menu : null);
    var opener = at.closest("[data-opens]");
    if (opener) open_dialog(document.getElementById(opener.getAttribute("data-opens")));
    var closer = at.closest("[data-closes]");
    if (closer && closer.closest("dialog")) closer.closest("dialog").close();
    var eye = at.closest("[data-shows]");
    if (eye) show_password(eye);
    if (at.closest("[data-prints]")) print();
  });
  document.addEventListener("submit", function (event) {
    if (event.target.hasAttribute("data-closes-dialog")) { var box = event.target.closest("dialog"); if (box) box.close(); }
  });
  function open_dialog(box) {
    if (!box || !box.showModal || box.open) return;
    box.showModal();
    var first = one("[data-first]", box);
    if (first) first.focus();
  }
  function show_password(button) {
    var field = document.getElementById(button.getAttribute("data-shows"));
    if (!field) return;
    var shows = field.type === "password";
    field.type = shows ? "text" : "password";
    button.setAttribute("aria-pressed", String(shows));
  }

  /* ---- What was entered before a confirmation waits on the page, and goes back into its form ---- */
  var put_back = "";
  function refill() {
    var kept = one("[data-kept]"), said = kept ? kept.getAttribute("data-form") || "" : "";
    if (!said) put_back = "";
    if (!said || said === put_back) return;
    var values = JSON.parse(said);
    var forms = [].slice.call(document.querySelectorAll('form[data-keeps="' + kept.getAttribute("data-kept") + '"]'));
    var form = forms.filter(function (one_form) {
      var help = one_form.elements.namedItem("help_id");
      return !help || help.value === values.help_id;
    })[0];
    if (!form) return;
    put_back = said;
    Object.keys(values).forEach(function (name) {
      var field = form.elements.namedItem(name);
      if (field && field.type !== "hidden") field.value = values[name];
    });
    var around = form.closest("details");
    if (around) around.open = true;
    open_dialog(form.closest("dialog"));
  }
  new MutationObserver(refill).observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-form"] });

  /* ---- What comes by itself must not catch a tap that was meant for what stood there ---- */
  var came = [], MEANT_MS = 500;
  function live_rows(node) {
    if (node.nodeType !== 1) return [];
    if (node.matches(".row.fresh, [data-arrives=true]")) return [node];
    return [].slice.call(node.querySelectorAll(".row.fresh, [data-arrives=true]"));
  }
  new MutationObserver(function (changes) {
    changes.forEach(function (change) {
      [].forEach.call(change.addedNodes, function (node) {
        live_rows(node).forEach(function (row) { came.push({ row: row, at: Date.now() }); });
      });
    });
  }).observe(root, { childList: true, subtree: true });
  function has_moved(target) {
    came = came.filter(function (one) { return Date.now() - one.at < MEANT_MS && root.contains(one.row); });
    return came.some(function (one) {
      if (one.row.contains(target)) return true;
      if (!(one.row.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING)) return false;
      var row = one.row.getBoundingClientRect(), box = target.getBoundingClientRect();
      return box.top >= row.bottom - 1 && box.left < row.right && box.right > row.left;
    });
  }
  document.addEventListener("click", function (event) {
    var at = event.target;
    if (event.detail && at.closest && at.closest("main") && has_moved(at)) { event.preventDefault(); event.stopPropagation(); }
  }, true);

  /* ---- Keys ---- */
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      var menu = one("details[data-menu][open]");
      if (menu) { menu.open = false; one("summary", menu).focus(); }
    }
  });

  /* ---- Another record was opened in another tab: what was typed for the first one goes with a load ---- */
  var whose = "";
  new MutationObserver(function () {
    var mark = document.getElementById("ready"), now = (mark && mark.getAttribute("data-whose")) || "";
    if (now && whose && now !== whose) location.assign("/home");
    whose = whose || now;
  }).observe(root, { childList: true, attributes: true, subtree: true, attributeFilter: ["data-whose"] });

  /* ---- A time is kept for some minutes: they are counted down in words ---- */
  function count_kept() {
    each("[data-seconds-left]", function (at) {
      var given = at.getAttribute("data-seconds-left");
      if (at.kept_given !== given) { at.kept_given = given; at.kept_until = Date.now() + Number(given) * 1000; }
      var minutes = Math.ceil((at.kept_until - Date.now()) / 60000);
      var words = at.getAttribute(minutes < 1 ? "data-over" : minutes === 1 ? "data-one" : "data-many").replace("{count}", minutes);
      if (at.textContent !== words) at.textContent = words;
    });
  }
  setInterval(count_kept, 1000);

  /* ---- The network itself is gone: said at once, before the socket notices ---- */
  function net() { root.toggleAttribute("data-offline", !navigator.onLine && !/^(localhost|127\.|\[::1\])/.test(location.hostname)); }
  addEventListener("online", net); addEventListener("offline", net);

  /* ---- Idle time-out. The server's clock decides; see portal/components/idle.py ---- */
  var check = 0, tick = 0, used = 0;
  function box() { return one("dialog[data-idle]"); }
  function ask(method, address) {
    return fetch(address, { method: method, credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } })
      .then(function (answer) {
        if (answer.status === 401) return { idle_seconds_left: 0, absolute_seconds_left: 0 };
        if (!answer.ok) throw new Error(answer.status);
        return answer.status === 204 ? null : answer.json();
      });
  }
  function leave() { var warning = box(); if (warning) location.assign(warning.getAttribute("data-leave")); }
  function plan(seconds) { clearTimeout(check); check = setTimeout(look, Math.min(Math.max(seconds, 1), 3600) * 1000); }
  function look() {
    var warning = box();
    if (!warning) { plan(30); return; }
    ask("GET", warning.getAttribute("data-clock")).then(function (left) { judge(warning, left); }, function () { plan(30); });
  }
  function judge(warning, left) {
    var ahead = Number(warning.getAttribute("data-warn-seconds"));
    var ends = Math.min(left.idle_seconds_left, left.absolute_seconds_left);
    if (ends <= 0) { leave(); return; }
    if (ends > ahead) { if (warning.open) warning.close(); clearInterval(tick); plan(ends - ahead); return; }
    warning.toggleAttribute("data-absolute", left.absolute_seconds_left <= left.idle_seconds_left);
    count_down(warning, Date.now() + ends * 1000);
    open_dialog(warning);
    plan(Math.min(10, ends));
  }
  function count_down(warning, end) {
    clearInterval(tick);
    function say() {
      var left = Math.max(0, Math.round((end - Date.now()) / 1000));
      var clock = one("[data-left]", warning), loud = one("[data-said]", warning);
      var words = Math.floor(left / 60) + ":" + ("0" + (left % 60)).slice(-2);
      if (clock.textContent !== words) clock.textContent = words;
      if ((left === 60 || left === 30 || left === 10) && loud.textContent !== words) loud.textContent = words;
      if (left === 0) { clearInterval(tick); look(); }
    }
    say(); tick = setInterval(say, 1000);
  }
  function extend() {
    var warning = box();
    if (!warning) return;
    used = Date.now();
    ask("POST", warning.getAttribute("data-extend")).then(function (left) {
      if (left && left.idle_seconds_left !== undefined) judge(warning, left); else look();
    }, function () { plan(5); });
  }
  document.addEventListener("click", function (event) { if (event.target.closest && event.target.closest("[data-stay]")) extend(); });
  document.addEventListener("cancel", function (event) { if (event.target.matches && event.target.matches("dialog[data-idle]")) extend(); }, true);
  ["keydown", "pointerdown"].forEach(function (kind) {
    addEventListener(kind, function () {
      var warning = box();
      if (warning && !warning.open && Date.now() - used > 60000) extend();
    }, { capture: true, passive: true });
  });
  document.addEventListener("visibilitychange", function () { if (!document.hidden && box()) look(); });
  document.addEventListener("DOMContentLoaded", function () { say_look(); net(); plan(1); });
  addEventListener("load", function () { say_look(); setTimeout(say_look, 600); });
  document.addEventListener("focusin", function (event) { if (event.target.matches("select[data-looks]")) say_look(); });
})(document.documentElement);

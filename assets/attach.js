/* Files for a message: each goes to the server by itself, shown with how far it is, and can be
   called off. What stands is listed by the page; this file shows only what is on its way. The
   words stand on the place itself (data-large, data-wait, ...), so this file knows no language. */
(function () {
  "use strict";
  var MB = 1000000, queue = [], coming = null;
  function told(box, name) { return box.getAttribute("data-" + name) || ""; }
  function filled(words, values) {
    return Object.keys(values).reduce(function (said, name) { return said.split("{" + name + "}").join(values[name]); }, words);
  }
  function made(tag, within, words, name) {
    var one = document.createElement(tag);
    if (words) one.textContent = words;
    if (name) one.className = name;
    within.appendChild(one);
    return one;
  }
  function button(item, words, act) {
    var one = made("button", item.line, words, "btn sm");
    one.type = "button";
    one.setAttribute("aria-label", words + ": " + item.file.name);
    one.addEventListener("click", act);
    return one;
  }
  function say(box, words) {
    var place = box.querySelector("[data-attach-said]");
    if (place && place.textContent !== words) place.textContent = words;
  }
  function begin(box, file) {
    var item = { box: box, file: file, to: told(box, "attach"), request: null };
    item.line = made("li", box.querySelector("[data-attach-coming]"), "", "up");
    var words = made("p", item.line);
    made("span", words, file.name);
    item.said = made("span", words, told(box, "waits"), "quiet");
    item.bar = made("progress", item.line);
    item.bar.max = 100; item.bar.value = 0;
    item.bar.setAttribute("aria-label", file.name);
    item.button = button(item, told(box, "cancel"), function () { call_off(item); });
    if (file.size > Number(told(box, "most"))) { fail(item, told(box, "large")); return; }
    queue.push(item);
    next();
  }
  function next() {
    if (coming || !queue.length) return;
    coming = queue.shift();
    send(coming);
  }
  function over(item) { if (coming === item) coming = null; next(); }
  function send(item) {
    var request = item.request = new XMLHttpRequest();
    request.open("POST", item.to);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("x-file-name", written(item.file.name));
    request.upload.onprogress = function (event) {
      var done = event.loaded, all = event.total || item.file.size || 1;
      item.bar.value = Math.round(100 * done / all);
      var values = { done: (done / MB).toFixed(1), all: (all / MB).toFixed(1) };
      item.said.textContent = done < all ? filled(told(item.box, "sent"), values) : told(item.box, "checked");
    };
    request.onload = function () {
      if (request.status === 201) { end(item, filled(told(item.box, "added"), { name: item.file.name })); over(item); return; }
      fail(item, words_of(request) || told(item.box, "failed"));
      over(item);
    };
    request.onerror = function () { fail(item, told(item.box, "failed")); over(item); };
    request.send(item.file);
  }
  function written(name) { try { return encodeURIComponent(name); } catch (e) { return "file"; } }
  function words_of(request) { try { return JSON.parse(request.responseText).words || ""; } catch (e) { return ""; } }
  function end(item, words) {
    var had_focus = item.line.contains(document.activeElement);
    item.line.remove();
    say(item.box, words);
    if (had_focus) item.box.querySelector("input[type=file]").focus();
  }
  function fail(item, words) {
    var had_focus = item.button === document.activeElement;
    item.bar.remove(); item.said.remove(); item.button.remove();
    item.line.classList.add("failed");
    made("p", item.line, words).setAttribute("role", "alert");
    item.button = button(item, told(item.box, "close"), function () { end(item, ""); });
    if (had_focus) item.button.focus();
  }
  function call_off(item) {
    queue = queue.filter(function (one) { return one !== item; });
    if (item.request) item.request.abort();
    end(item, filled(told(item.box, "called-off"), { name: item.file.name }));
    over(item);
  }
  function take(box, files) { say(box, ""); [].slice.call(files).forEach(function (file) { begin(box, file); }); }

  document.addEventListener("change", function (event) {
    var field = event.target, box = field.closest && field.closest("[data-attach]");
    if (!box || field.type !== "file") return;
    var files = [].slice.call(field.files);
    field.value = "";
    take(box, files);
  });
  ["dragover", "drop"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      var box = event.target.closest && event.target.closest("[data-attach]");
      if (!box || !event.dataTransfer || [].indexOf.call(event.dataTransfer.types, "Files") < 0) return;
      event.preventDefault();
      if (kind === "drop") take(box, event.dataTransfer.files);
    });
  });
  /* A message that is sent while a file is on its way would go without it. */
  document.addEventListener("submit", function (event) {
    var box = event.target.querySelector && event.target.querySelector("[data-attach]");
    if (!box || !queue.concat(coming || []).some(function (item) { return item.box === box; })) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say(box, told(box, "wait"));
  }, true);
})();

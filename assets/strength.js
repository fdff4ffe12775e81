/* How strong a new password is, in words, while it is typed. It is judged here and sent nowhere;
   the server decides when the form comes, with lists that are too long for a page. The words
   stand on the field itself (data-short, data-easy, ...), so this file knows no language. */
(function () {
  "use strict";
  var QUIET_MS = 700, waiting = 0;
  var ROWS = ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm"];
  function plain(text) { return text.normalize("NFKC").toLowerCase(); }
  function joined(text) { return plain(text).replace(/[\s\-_.,@]+/g, ""); }
  function without_runs(text) {
    ROWS.concat(ROWS.map(function (row) { return row.split("").reverse().join(""); })).forEach(function (row) {
      for (var size = row.length; size >= 4; size--)
        for (var at = 0; at + size <= row.length; at++) text = text.split(row.substr(at, size)).join("");
    });
    return text.replace(/(.{1,12}?)\1+/g, "$1").replace(/(19|20)\d\d/g, "");
  }
  function is_easy(text, own) {
    var bare = joined(text);
    var has_own = own.some(function (word) { var one = joined(word); return one.length >= 4 && bare.indexOf(one) >= 0; });
    var left = without_runs(bare.replace(/passwor[dt]|welcome|letmein|iloveyou|qwert[yz]|admin|clinic|patient|portal/g, ""));
    return has_own || left.length < 8 || new Set(left).size < 6;
  }
  function word_for(field) {
    var text = field.value.normalize("NFC"), length = Array.from(text).length;
    var told = function (name) { return field.getAttribute("data-" + name) || ""; };
    if (!length) return ["", ""];
    var lacks = Number(told("least")) - length;
    if (lacks > 0) return ["short", lacks === 1 ? told("one-short") : told("short").replace("{count}", String(lacks))];
    var own = told("own").split("\n");
    var name = field.form && field.form.elements.namedItem("sign_in_name");
    if (name && name.value) own.push(name.value);
    if (is_easy(text, own)) return ["easy", told("easy")];
    return length < 20 ? ["fair", told("fair")] : ["strong", told("strong")];
  }
  document.addEventListener("input", function (event) {
    var field = event.target;
    if (!field.matches || !field.matches("input[data-strength]")) return;
    clearTimeout(waiting);
    /* After a pause, so that a screen reader is not interrupted by every letter. */
    waiting = setTimeout(function () {
      var place = document.getElementById(field.getAttribute("data-strength"));
      if (!place) return;
      var found = word_for(field);
      place.setAttribute("data-is", found[0]);
      if (place.textContent !== found[1]) place.textContent = found[1];
    }, QUIET_MS);
  });
})();

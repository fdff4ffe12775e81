/* Passkeys: asks this device for one and sends its answer to our own server. A button says with
   data-passkey for what ("sign-in", "second", "confirm", "register"); what is to be said when it
   did not work stands beside it, in the page's language. Nothing is kept here. */
(function () {
  "use strict";
  function bytes(text) {
    var packed = text.replace(/-/g, "+").replace(/_/g, "/");
    var raw = atob(packed + "===".slice((packed.length + 3) % 4));
    return Uint8Array.from(raw, function (letter) { return letter.charCodeAt(0); }).buffer;
  }
  function packed(buffer) {
    if (!buffer) return null;
    var raw = "";
    new Uint8Array(buffer).forEach(function (byte) { raw += String.fromCharCode(byte); });
    return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function opened(options) {
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    ["allowCredentials", "excludeCredentials"].forEach(function (name) {
      (options[name] || []).forEach(function (one) { one.id = bytes(one.id); });
    });
    return { publicKey: options };
  }
  function answer_of(made) {
    var said = made.response;
    var sent = { id: made.id, rawId: packed(made.rawId), type: made.type, clientExtensionResults: {}, response: { clientDataJSON: packed(said.clientDataJSON) } };
    if (said.attestationObject) {
      sent.response.attestationObject = packed(said.attestationObject);
      sent.response.transports = said.getTransports ? said.getTransports() : [];
    } else {
      sent.response.authenticatorData = packed(said.authenticatorData);
      sent.response.signature = packed(said.signature);
      sent.response.userHandle = packed(said.userHandle);
    }
    return sent;
  }
  function post(path, body) {
    return fetch("/auth/passkey/" + path, {
      method: "POST", credentials: "same-origin", headers: { "content-type": "application/json" }, body: JSON.stringify(body)
    }).then(function (answer) {
      return answer.json().then(function (said) { if (!answer.ok) throw said; return said; });
    });
  }
  function ticked(name) { var box = document.querySelector("input[type=checkbox][name=" + name + "]"); return !!(box && box.checked); }
  function use(button) {
    var kind = button.dataset.passkey;
    var place = button.parentElement.querySelector("[data-passkey-said]");
    function say(words) { if (place) place.textContent = words; }
    if (!window.PublicKeyCredential) { say(button.dataset.none); return; }
    say(button.dataset.waiting);
    button.setAttribute("aria-busy", "true");
    var then = document.querySelector("input[name=then]");
    post(kind + "/options", {}).then(function (options) {
      return kind === "register" ? navigator.credentials.create(opened(options)) : navigator.credentials.get(opened(options));
    }).then(function (made) {
      return post(kind, { answer: answer_of(made), trust: ticked("trust"), shared: ticked("shared"), then: then ? then.value : "" });
    }).then(function (said) {
      say("");
      if (said.go === location.pathname) location.reload(); else location.assign(said.go);
    }).catch(function (trouble) {
      button.removeAttribute("aria-busy");
      if (trouble && trouble.go) { location.assign(trouble.go); return; }
      say((trouble && trouble.said) || button.dataset.failed);
    });
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-passkey]");
    if (button && button.getAttribute("aria-busy") !== "true") use(button);
  });
})();

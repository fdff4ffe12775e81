/* Notices on this device: asks the browser for the place where it can be told, and gives it to our
   own server. What is to be said stands on the place itself (data-on, data-off, ...), in the page's
   language; which devices are told already stands in the page's list, by the hash of their place.
   Nothing is kept here. */
const WORKER = "/service-worker.js";
let busy = false, trouble = "", due = false;

const box = () => document.querySelector("[data-push]");
const told = (name) => box()?.getAttribute(`data-${name}`) || "";

function bytes(text) {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/") + "===".slice((text.length + 3) % 4));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

async function hash(text) {
  const made = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(made)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* An iPhone has it only for what was added to its home screen; an iPad calls itself a Mac. */
function is_apple_tab() {
  const held = /iPhone|iPad/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
  return held && !matchMedia("(display-mode: standalone)").matches;
}

function missing() {
  if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) return "";
  return is_apple_tab() ? "apple" : "none";
}

async function subscription() {
  const known = await navigator.serviceWorker.getRegistration("/");
  return known ? known.pushManager.getSubscription() : null;
}

async function stands() {
  const no = missing();
  if (no) return [no, ""];
  if (Notification.permission === "denied") return ["denied", ""];
  const has = await subscription();
  const mark = has ? await hash(has.endpoint) : "";
  const is_listed = mark && document.querySelector(`[data-push-mark="${mark}"]`);
  return is_listed ? ["on", mark] : ["off", ""];
}

function say(words) {
  const place = document.querySelector("[data-push-said]");
  if (place && place.textContent !== words) place.textContent = words;
}

function hide(one, is_hidden) { if (one && one.hidden !== is_hidden) one.hidden = is_hidden; }

async function show() {
  due = false;
  if (!box() || busy) return;
  const [state, mark] = await stands();
  if (!box() || busy) return;
  say(trouble || told(state));
  hide(document.querySelector("[data-push-on]"), state !== "off");
  hide(document.querySelector("[data-push-off]"), state !== "on");
  document.querySelectorAll("[data-push-mark]").forEach((one) => hide(one, one.getAttribute("data-push-mark") !== mark));
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST", credentials: "same-origin", headers: { "content-type": "application/json" }, body: JSON.stringify(body)
  });
  const said = await answer.json();
  if (said.go) location.assign(said.go);
  if (!answer.ok) throw said;
}

async function turn_on() {
  say(told("asks"));
  if (await Notification.requestPermission() !== "granted") return;
  await navigator.serviceWorker.register(WORKER, { scope: "/" });
  const worker = await navigator.serviceWorker.ready;
  /* Always a new one: the one of before may be somebody else's, or made for another key. */
  await (await worker.pushManager.getSubscription())?.unsubscribe();
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(told("push")) });
  const { endpoint, keys } = made.toJSON();
  try {
    await post("/push/on", { endpoint, key: keys.p256dh, auth: keys.auth });
  } catch (said) {
    await made.unsubscribe();
    throw said;
  }
}

async function turn_off() {
  const has = await subscription();
  if (!has) return;
  await post("/push/off", { endpoint: has.endpoint });
  await has.unsubscribe();
}

async function act(what) {
  if (busy) return;
  busy = true;
  trouble = "";
  try { await what(); } catch (said) { trouble = said?.said || told("failed"); }
  busy = false;
  await show();
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-push-on]")) act(turn_on);
  if (event.target.closest?.("[data-push-off]")) act(turn_off);
});
new MutationObserver(() => {
  if (due || !box()) return;
  due = true;
  setTimeout(show);
}).observe(document.documentElement, { childList: true, subtree: true });
show();

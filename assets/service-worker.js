/* Shows what the clinic's portal has pushed to this device, and opens its page. It answers no
   request and keeps nothing: there is no "fetch" and no cache here, so that nothing of a record
   can ever lie on the device because of it. */
"use strict";

function read(data) { try { return data.json(); } catch (e) { return {}; } }
function text(given) { return typeof given === "string" ? given.slice(0, 300) : ""; }

/* One of our own pages, or the first one: never a place that somebody else could name. */
function own(path) {
  var first = new URL("/", self.location.origin), to = first;
  try { to = new URL(text(path) || "/", first); } catch (e) { /* no address */ }
  return to.origin === first.origin ? to.href : first.href;
}

self.addEventListener("install", function () { self.skipWaiting(); });

self.addEventListener("push", function (event) {
  var said = event.data ? read(event.data) : {};
  event.waitUntil(self.registration.showNotification(text(said.title) || self.location.hostname, {
    body: text(said.body), tag: text(said.key), icon: "/icon-192.png", data: { path: text(said.path) }
  }));
});

self.addEventListener("notificationclick", function (event) {
  event.notification.close();
  var to = own((event.notification.data || {}).path);
  event.waitUntil(self.clients.matchAll({ type: "window", includeUncontrolled: true }).then(function (open) {
    /* A page that is open there already; no other one, where something may be half written. */
    var there = open.filter(function (one) { return one.url === to; })[0];
    return there ? there.focus() : self.clients.openWindow(to);
  }));
});

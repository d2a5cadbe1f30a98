// An order's page: it hears when the order moves on, asks now and then where it cannot hear, and counts down what is left to pay.

let source = null;
let asking = 0;

const waiting = () => document.querySelector("[data-order-events]");

function look() { waiting()?.dispatchEvent(new Event("orderchanged")); }

function ask() {
  if (!asking) asking = setInterval(() => waiting() ? look() : stop(), 3000);
}

function stop() {
  clearInterval(asking);
  asking = 0;
}

/** Listens while the page waits for something; streams that are cut off or held back on the way are made up for by asking. */
function listen() {
  const page = waiting();
  if (!page) { source?.close(); source = null; stop(); return; }
  if (source) return;
  let heard = false;
  const mine = source = new EventSource(page.dataset.orderEvents);
  setTimeout(() => { if (!heard && source === mine) ask(); }, 5000);
  mine.addEventListener("hello", () => { heard = true; stop(); });
  mine.addEventListener("changed", () => { mine.close(); if (source === mine) source = null; look(); });
  mine.addEventListener("error", () => { ask(); if (mine.readyState === EventSource.CLOSED && source === mine) source = null; });
}

const ends = new WeakMap();

function count() {
  for (const place of document.querySelectorAll("[data-left]")) {
    if (!ends.has(place)) ends.set(place, performance.now() + Number(place.dataset.left) * 1000);
    const left = Math.max(0, Math.round((ends.get(place) - performance.now()) / 1000));
    if (place.tagName === "PROGRESS") place.value = left;
    else place.textContent = left >= 3600
      ? `${Math.floor(left / 3600)}:${String(Math.floor(left / 60) % 60).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`
      : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }
}

listen();
count();
setInterval(count, 1000);
document.addEventListener("htmx:after:swap", () => { listen(); count(); });

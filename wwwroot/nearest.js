// Which relay is best from here: opens connections to each and shows the shortest time that one took, TCP and TLS. A relay's certificate is
// its own and browsers do not know it: the request ends when the handshake is over, and that is the moment that is measured.

const rounds = 4;
const patience = 5000;

/** Milliseconds until the connection stands; null: there was no answer. */
async function time(origin, round) {
  const began = performance.now();
  try {
    await fetch(`${origin}/derp/probe?${round}`, { mode: "no-cors", cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(patience) });
  } catch {
    if (performance.now() - began >= patience - 50) return null;
  }
  return performance.now() - began;
}

async function measure(table) {
  const rows = [...table.querySelectorAll("tr[data-origin]")].map(row => ({ row, best: null }));
  for (const { row } of rows) row.lastElementChild.textContent = table.dataset.wait;
  // One after the other, so that none waits for another; the first round finds names and the way.
  for (let round = 0; round < rounds; round++)
    for (const one of rows) {
      const ms = await time(one.row.dataset.origin, round);
      if (round > 0 && ms !== null && (one.best === null || ms < one.best)) one.best = ms;
      if (round === 0 && ms === null) one.row.lastElementChild.textContent = table.dataset.none;
    }
  const least = Math.min(...rows.filter(r => r.best !== null).map(r => r.best));
  for (const { row, best } of rows) {
    const place = row.lastElementChild;
    place.textContent = best === null ? table.dataset.none : table.dataset.nearest.replace("{0}", best < 10 ? best.toFixed(1) : Math.round(best));
    if (best === null || best !== least || rows.length === 1) continue;
    place.prepend(table.parentElement.querySelector("[data-nearest-best]").content.cloneNode(true), " ");
  }
}

for (const button of document.querySelectorAll("[data-nearest-go]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try { await measure(button.closest("section").querySelector("[data-nearest]")); }
    finally { button.disabled = false; }
  });
}

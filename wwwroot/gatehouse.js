// What pages gain with script; all of it works without, only slower. Handlers hang on the document, so that parts which
// htmx brings in later are covered. Words come from data attributes: this file speaks no language.

const region = document.getElementById("gh-toasts");
const words = region?.dataset ?? {};

// ---- Toasts --------------------------------------------------------------------------------------------------------

const visibleFor = 6000;

/** Shows a result: kind is ok, warn or bad. A bad one stays until it is closed. */
function toast(kind, message) {
  if (!region || !message) return;
  const box = document.getElementById("gh-toast").content.firstElementChild.cloneNode(true);
  box.querySelector(".gh-dot").classList.add(kind);
  box.querySelector("p").textContent = message;
  if (kind === "bad") box.setAttribute("role", "alert");
  region.append(box);
  watch(box, kind);
}

function watch(box, kind) {
  let timer;
  const pause = () => clearTimeout(timer);
  const run = () => { pause(); if (kind !== "bad") timer = setTimeout(() => box.remove(), visibleFor); };
  box.addEventListener("pointerenter", pause);
  box.addEventListener("pointerleave", run);
  box.addEventListener("focusin", pause);
  box.addEventListener("focusout", run);
  run();
}

// What the server left on the page is said again, since readers only speak what changes.
for (const box of region?.querySelectorAll(".gh-toast") ?? []) {
  const text = box.querySelector("p").textContent;
  const kind = ["bad", "warn"].find(k => box.querySelector(".gh-dot." + k)) ?? "ok";
  box.remove();
  setTimeout(() => toast(kind, text), 50);
}

// ---- Copying -------------------------------------------------------------------------------------------------------

async function copy(button) {
  const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
  const text = source ? source.value ?? source.textContent : button.dataset.copy;
  try {
    await (navigator.clipboard ? navigator.clipboard.writeText(text) : copyByHand(text));
  } catch {
    toast("bad", words.copyFailed);
    return;
  }
  toast("ok", words.copied);
  button.classList.add("done");
  setTimeout(() => button.classList.remove("done"), 1600);
}

// Over plain http there is no clipboard API.
function copyByHand(text) {
  const area = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copy");
}

// ---- Clicks --------------------------------------------------------------------------------------------------------

document.addEventListener("click", event => {
  const at = selector => event.target.closest?.(selector);
  const copier = at("[data-copy],[data-copy-from]");
  if (copier) copy(copier);
  else if (at("[data-close-toast]")) at(".gh-toast").remove();
  else if (at("[data-print]")) print();
  else if (at("tbody input[type=checkbox]") && event.shiftKey) selectRange(event.target);
});

// ---- Selecting rows ------------------------------------------------------------------------------------------------
// A form, [data-bulk] inside it with [data-count] for the number, a table whose rows have a checkbox and whose head has
// one with [data-all]. The style sheet shows the bar while a row is selected.

const rowsOf = form => [...form.querySelectorAll("tbody input[type=checkbox]:not(:disabled)")];
let lastRow;

function count(form) {
  const rows = rowsOf(form), chosen = rows.filter(r => r.checked).length;
  for (const all of form.querySelectorAll("[data-all]")) {
    all.checked = chosen > 0 && chosen === rows.length;
    all.indeterminate = chosen > 0 && chosen < rows.length;
  }
  for (const label of form.querySelectorAll("[data-bulk] [data-count]"))
    label.textContent = (chosen === 1 ? label.dataset.one : label.dataset.count).replace("{0}", chosen);
}

function selectRange(row) {
  const rows = rowsOf(row.form), from = rows.indexOf(lastRow), to = rows.indexOf(row);
  if (from < 0) return;
  for (const r of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) r.checked = row.checked;
  count(row.form);
}

document.addEventListener("change", event => {
  const box = event.target, form = box.form;
  if (box.type !== "checkbox" || !form?.querySelector("[data-bulk]")) return;
  if (box.matches("[data-all]")) for (const row of rowsOf(form)) row.checked = box.checked;
  else if (box.closest("tbody")) lastRow = box;
  count(form);
});

function countAll() {
  for (const bar of document.querySelectorAll("[data-bulk]")) if (bar.closest("form")) count(bar.closest("form"));
}

// ---- Wide tables ---------------------------------------------------------------------------------------------------

/** A table that is wider than its box can be scrolled with the keyboard. */
function reach() {
  for (const box of document.querySelectorAll(".table-responsive, .card:has(> .table), .gh-article table"))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; else box.removeAttribute("tabindex");
}
addEventListener("resize", reach);

// ---- Forms ---------------------------------------------------------------------------------------------------------

const busy = new Set();

function free() {
  for (const button of busy) { button.disabled = false; button.removeAttribute("aria-busy"); }
  busy.clear();
}

// A form goes out once. One that answers with a file leaves the page as it is, so its button comes back by itself.
document.addEventListener("submit", event => {
  const form = event.target, button = event.submitter;
  if (form.matches("[data-theme-form]")) return switchTheme(event);
  if (form.matches("[data-close-banner]")) return closeBanner(event);
  // What it is answered with is shown in a frame: the form stays as it is.
  if (event.defaultPrevented || form.method !== "post" || button?.hasAttribute("data-stays")) return;
  setTimeout(() => {
    for (const other of form.querySelectorAll("button:not([type=button])")) { other.disabled = true; busy.add(other); }
    button?.setAttribute("aria-busy", "true");
  });
  setTimeout(free, form.hasAttribute("data-download") ? 2000 : 15000);
});
addEventListener("pageshow", () => { free(); countAll(); reach(); });

function switchTheme(event) {
  const theme = event.submitter?.value;
  if (!theme) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(event.target, event.submitter));
  fetch(event.target.action, { method: "POST", body, redirect: "manual" }).catch(() => toast("bad", words.offline));
  const root = document.documentElement;
  if (theme === "auto") delete root.dataset.bsTheme; else root.dataset.bsTheme = theme;
  for (const choice of document.querySelectorAll("[data-theme-form] [name=theme]"))
    choice.setAttribute("aria-pressed", choice.value === theme);
  event.submitter.closest("[popover]")?.hidePopover();
}

// Which groups of the side bar are folded: the next page comes with them so.
document.addEventListener("click", event => {
  const group = event.target.closest?.("[data-fold] > summary")?.parentElement;
  if (!group) return;
  const folded = [...document.querySelectorAll("[data-fold]")].filter(g => g === group ? g.open : !g.open).map(g => g.dataset.fold);
  document.cookie = `gh-folded=${folded.join(".")}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
});

// What is typed into a form of the page stays.
function closeBanner(event) {
  event.preventDefault();
  const form = event.target;
  fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual", keepalive: true }).catch(() => toast("bad", words.offline));
  const all = form.closest(".gh-banners");
  form.closest(".gh-banner").remove();
  if (!all.childElementCount) all.remove();
  document.getElementById("main").focus({ preventScroll: true });
}

// While an input method is composing (拼音), what is in the field is not yet what was meant.
document.addEventListener("input", event => { if (event.isComposing) event.stopPropagation(); }, true);
document.addEventListener("compositionend", event => event.target.dispatchEvent(new InputEvent("input", { bubbles: true })));

// ---- Keyboard ------------------------------------------------------------------------------------------------------

let leader = -Infinity;

const typing = target => target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName) && target.type !== "checkbox";

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target)) {
    if (event.key === "Escape" && event.target.matches("[data-search]")) event.target.blur();
    return;
  }
  const target = event.timeStamp - leader < 1500 ? document.querySelector(`[data-go="${CSS.escape(event.key)}"]`) : shortcut(event.key);
  leader = event.key === "g" ? event.timeStamp : -Infinity;
  if (!target) return;
  event.preventDefault();
  if (target.matches("[popover]")) target.togglePopover();
  else if (target.matches("input")) { target.focus(); target.select(); }
  else target.click();
});

function shortcut(key) {
  switch (key) {
    case "/": return [...document.querySelectorAll("[data-search]")].findLast(e => e.checkVisibility());
    case "?": return document.getElementById("gh-help");
    case "n": return document.querySelector("[data-new]");
  }
}

// ---- htmx ----------------------------------------------------------------------------------------------------------

// A session that ran out answers with the sign-in page: go there instead of swapping a part of it in.
document.addEventListener("htmx:before:response", event => {
  const { raw } = event.detail.ctx.response;
  if (!raw.redirected || !new URL(raw.url).pathname.startsWith("/sign-in")) return;
  event.preventDefault();
  location.reload();
});
document.addEventListener("htmx:response:error", event => {
  const { status } = event.detail.ctx.response;
  if (status === 422) return;
  const page = new DOMParser().parseFromString(event.detail.ctx.text, "text/html");
  toast("bad", page.querySelector("[data-problem]")?.textContent ?? words.offline);
});
document.addEventListener("htmx:error", event => { if (event.detail.ctx && !event.detail.ctx.response) toast("bad", words.offline); });
document.addEventListener("htmx:after:swap", () => { countAll(); reach(); });
// A filter that is empty does not belong in the address.
document.addEventListener("htmx:config:request", event => {
  const { request } = event.detail.ctx;
  if (request.method !== "GET") return;
  for (const [name, value] of [...request.body]) if (value === "") request.body.delete(name);
});

// The work before some forms go out: finds a nonce so that SHA-256(salt + nonce) begins with so many zero bits. Written out, since browsers
// keep their own SHA-256 from pages over plain http. Works while the form is filled in, a slice at a time.

const constants = new Uint32Array(64);
const initial = new Uint32Array(8);
for (let found = 0, candidate = 2; found < 64; candidate++) {
  let prime = true;
  for (let d = 2; d * d <= candidate; d++) if (candidate % d === 0) { prime = false; break; }
  if (!prime) continue;
  if (found < 8) initial[found] = fraction(Math.sqrt(candidate));
  constants[found++] = fraction(Math.cbrt(candidate));
}

function fraction(root) { return (root - Math.floor(root)) * 0x100000000; }

/** The first 32 bits of the SHA-256 of an ASCII text of up to 55 characters. */
function firstWord(text) {
  const w = new Uint32Array(64);
  for (let i = 0; i < text.length; i++) w[i >> 2] |= text.charCodeAt(i) << (24 - (i & 3) * 8);
  w[text.length >> 2] |= 0x80 << (24 - (text.length & 3) * 8);
  w[15] = text.length * 8;
  for (let i = 16; i < 64; i++) {
    const a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + w[i - 7] + ((a >>> 7 | a << 25) ^ (a >>> 18 | a << 14) ^ a >>> 3) + ((b >>> 17 | b << 15) ^ (b >>> 19 | b << 13) ^ b >>> 10);
  }
  let [a, b, c, d, e, f, g, h] = initial;
  for (let i = 0; i < 64; i++) {
    const t = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + constants[i] + w[i] | 0;
    const u = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;
    h = g; g = f; f = e; e = d + t | 0; d = c; c = b; b = a; a = t + u | 0;
  }
  return a + initial[0] >>> 0;
}

async function solve(salt, bits) {
  for (let nonce = 0; ; nonce++) {
    if (Math.clz32(firstWord(salt + nonce)) >= bits) return String(nonce);
    if (nonce % 2000 === 1999) await new Promise(resume => setTimeout(resume));
  }
}

const works = new WeakMap();
const held = new WeakSet();

/** Begins on the challenges that the page has, and has got since. */
function begin() {
  for (const field of document.querySelectorAll("input[data-challenge-salt]")) {
    if (works.has(field)) continue;
    works.set(field, solve(field.dataset.challengeSalt, Number(field.dataset.challengeBits)).then(nonce => {
      field.value = nonce;
      // What was asked by script, and was answered with this challenge first, is asked again.
      if (field.isConnected && field.dataset.challengeThen) document.getElementById(field.dataset.challengeThen)?.dispatchEvent(new Event("change", { bubbles: true }));
    }));
  }
}

begin();
document.addEventListener("htmx:after:swap", begin);

// A form waits for its work, and then goes out as it was sent. Before others who listen: they are told of it then.
document.addEventListener("submit", event => {
  const form = event.target, button = event.submitter, field = form.querySelector("input[data-challenge-salt]");
  if (!field || field.value !== "") return;
  event.preventDefault();
  event.stopPropagation();
  if (held.has(form)) return;
  held.add(form);
  button?.setAttribute("aria-busy", "true");
  works.get(field).then(() => { held.delete(form); button?.removeAttribute("aria-busy"); form.requestSubmit(button); });
}, true);

// The basket: paragraphs marked while reading. This browser alone keeps it; pages of the archive only show it.
// Shows the buttons and the link that basket_parts.html hides, and keeps them true, also when another tab changes it.

const KEY = "dateline.basket";
const ID = /^\S{1,200}#p[1-9]\d{0,6}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const LONGEST_TITLE = 300;
const LONGEST_NOTE = 1000;
const SHOWN_MS = 8000;

export const MOST = 200;

// Screen readers hear the one live region of the page; everybody else sees the same at the foot of the window.
const live = document.getElementById("status");
const toast = document.createElement("p");
toast.className = "toast";
toast.setAttribute("aria-hidden", "true");
document.body.append(toast);
let fading = 0;

// Says what was done, or why not.
export function announce(text) {
  clearTimeout(fading);
  live.textContent = toast.textContent = text;
  fading = setTimeout(() => (toast.textContent = ""), SHOWN_MS);
}

export function canKeep() {
  try {
    localStorage.getItem(KEY);
    return true;
  } catch {
    return false;
  }
}

// What is kept, in order. Whatever else may stand in the storage is no cutting.
export function cuttings() {
  let known;
  try {
    known = JSON.parse(localStorage.getItem(KEY));
  } catch {
    return [];
  }
  const found = new Map();
  for (const each of Array.isArray(known?.cuttings) ? known.cuttings : []) {
    if (typeof each?.id === "string" && ID.test(each.id) && found.size < MOST) found.set(each.id, cleaned(each));
  }
  return [...found.values()];
}

function cleaned({ id, title, sha256, note }) {
  const text = (value, most) => (typeof value === "string" ? value.slice(0, most) : "");
  return {
    id,
    title: text(title, LONGEST_TITLE),
    sha256: SHA256.test(sha256) ? sha256 : "",
    note: text(note, LONGEST_NOTE),
  };
}

// Keeps these instead; tells whether the browser did. Where it did not, it says so.
export function keep(changed) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ version: 1, cuttings: changed }));
  } catch {
    announce("This browser did not keep the change: its storage is full or closed.");
    return false;
  }
  refresh();
  return true;
}

export function counted(number) {
  return `${number} ${number === 1 ? "paragraph" : "paragraphs"}`;
}

// Takes the paragraph of a button in, or out again.
export function toggle(button) {
  const { basketId: id, basketTitle: title = "", basketSha256: sha256 = "" } = button.dataset;
  const before = cuttings();
  const after = before.filter((each) => each.id !== id);
  const isNew = after.length === before.length;
  if (isNew && before.length >= MOST) {
    announce(`The basket is full: it holds ${MOST} paragraphs. Export and clear it first.`);
    return;
  }
  if (isNew) after.push(cleaned({ id, title, sha256, note: "" }));
  const number = id.slice(id.lastIndexOf("#p") + 2);
  const done = isNew ? "is in the basket" : "is out of the basket";
  if (keep(after)) announce(`Paragraph ${number} ${done}, which holds ${counted(after.length)}.`);
}

function refresh() {
  const ids = new Set(cuttings().map((each) => each.id));
  for (const button of document.querySelectorAll("button.keep[data-basket-id]")) {
    const isKept = ids.has(button.dataset.basketId);
    button.hidden = false;
    button.setAttribute("aria-pressed", String(isKept));
    button.title = isKept ? "In the basket: press to take it out" : "Keep in the basket";
  }
  for (const link of document.querySelectorAll("[data-basket-link]")) {
    link.hidden = false;
    link.querySelector("[data-basket-count]").textContent = ids.size;
  }
}

if (canKeep()) {
  refresh();
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button.keep[data-basket-id]");
    if (button) toggle(button);
  });
  window.addEventListener("storage", (event) => {
    if (event.key === KEY || event.key === null) refresh();
  });
  window.addEventListener("pageshow", refresh);
  // Results may be put into the page later; their buttons are hidden until someone shows them.
  new MutationObserver(() => {
    if (document.querySelector("button.keep[data-basket-id][hidden]")) refresh();
  }).observe(document.querySelector("main") ?? document.body, { childList: true, subtree: true });
}

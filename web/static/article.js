// Reading an article by the keyboard: n or j goes to the next match, p or k to the one before, b keeps the paragraph.
// Copies the address of a passage. Nothing here scrolls unless a key was pressed, so links to a passage work.

import { announce, canKeep, toggle } from "./basket.js";
import { areOn, typesAlready } from "./shortcuts.js";

const paragraphs = [...document.querySelectorAll(".headline.has-marks, .paragraph")];
const matches = paragraphs.filter((paragraph) => paragraph.classList.contains("has-marks"));
// Where nothing is marked, the keys go from paragraph to paragraph.
const stops = matches.length ? matches : paragraphs;
let current = null;

// The paragraph that is read: the one that has the focus, that a key led to, or that a link led to.
function reading() {
  return document.activeElement.closest(".headline, .paragraph") ?? current ?? document.querySelector(".paragraph:target, .headline:target");
}

function step(by) {
  const at = reading();
  const follows = (stop) => at.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_FOLLOWING;
  const ahead = at ? stops.filter((stop) => stop !== at && Boolean(follows(stop)) === by > 0) : by > 0 ? stops : [];
  const next = by > 0 ? ahead[0] : ahead.at(-1);
  const what = matches.length ? "match" : "paragraph";
  if (!next) {
    announce(by > 0 ? `There is no further ${what} in this article.` : `There is no ${what} before this one.`);
    return;
  }
  current = next;
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "center" });
  const where = next.id === "p0" ? "headline" : `paragraph ${next.id.slice(1)}`;
  announce(matches.length ? `Match ${stops.indexOf(next) + 1} of ${stops.length}: ${where}.` : "");
}

const KEYS = { n: () => step(1), j: () => step(1), p: () => step(-1), k: () => step(-1), b: keepReading };

function keepReading() {
  const button = reading()?.querySelector("button.keep");
  if (button && canKeep()) toggle(button);
  else announce("Go to a paragraph first: n leads to the next match.");
}

document.addEventListener("keydown", (event) => {
  const act = Object.hasOwn(KEYS, event.key) && KEYS[event.key];
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!act || !isPlain || !areOn() || typesAlready(event.target) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  act();
});

// A link to a passage is copied where the browser lets us; otherwise it is followed like any other.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a.passage-link");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !navigator.clipboard) return;
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(link.href);
    announce(`The link to paragraph ${link.closest(".paragraph").id.slice(1)} is copied.`);
  } catch {
    location.assign(link.href);
  }
});

for (const hint of document.querySelectorAll("[data-keys]")) hint.hidden = !areOn();

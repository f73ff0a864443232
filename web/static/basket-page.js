// The page of the basket: asks the archive what the kept paragraphs say, and lets them be moved, noted, removed, exported.

import { announce, canKeep, counted, cuttings, keep } from "./basket.js";

const heading = document.getElementById("heading");
const lead = document.getElementById("basket-lead");
const tools = document.getElementById("basket-tools");
const list = document.getElementById("cuttings");
const empty = document.getElementById("basket-empty");
const exporting = document.getElementById("basket-export");

let undo = null;

function body(kept) {
  const fields = new URLSearchParams();
  for (const { id, sha256, title, note } of kept) {
    fields.append("paragraph", id);
    fields.append("sha256", sha256);
    fields.append("title", title);
    fields.append("note", note);
  }
  return fields;
}

async function load() {
  const kept = cuttings();
  if (kept.length) {
    try {
      const response = await fetch("/basket/cuttings", { method: "POST", body: body(kept) });
      if (!response.ok) throw new Error(`the archive answered ${response.status}`);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      list.replaceChildren(...page.querySelectorAll("li.cutting"));
      rememberChecksums(kept);
    } catch (error) {
      showFailure(kept, error);
      return;
    }
  } else {
    list.replaceChildren();
  }
  show();
}

// What was marked among results came without a checksum; from now on a change of its source is noticed.
function rememberChecksums(kept) {
  const known = new Map([...list.children].map((item) => [item.dataset.basketId, item.dataset.basketSha256]));
  if (kept.some((each) => !each.sha256 && known.get(each.id))) {
    keep(kept.map((each) => (each.sha256 ? each : { ...each, sha256: known.get(each.id) ?? "" })));
  }
}

function show() {
  const count = list.children.length;
  lead.hidden = tools.hidden = list.hidden = count === 0;
  empty.hidden = count > 0;
  const gone = list.querySelectorAll(".gone").length;
  const lost = gone ? ` ${gone} of them ${gone === 1 ? "is" : "are"} not in the archive any more.` : "";
  lead.textContent = `${counted(count)}, kept by this browser alone.${lost}`;
  const buttons = (step) => [...list.querySelectorAll(`[data-basket-move="${step}"]`)];
  buttons(-1).forEach((button, at) => (button.disabled = at === 0));
  buttons(1).forEach((button, at) => (button.disabled = at === count - 1));
}

function showFailure(kept, error) {
  const again = Object.assign(document.createElement("button"), { type: "button", textContent: "Try again" });
  again.addEventListener("click", load);
  lead.hidden = false;
  lead.replaceChildren(`${counted(kept.length)} kept, but they could not be loaded: ${error.message}. `, again);
  tools.hidden = empty.hidden = list.hidden = true;
  list.replaceChildren();
  announce("The cuttings could not be loaded.");
}

// Says what was done, with a way back that stays until the next change.
function offerUndo(text, before) {
  undo?.remove();
  undo = document.createElement("p");
  undo.className = "undo";
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Undo" });
  button.addEventListener("click", async () => {
    undo.remove();
    if (!keep(before)) return;
    await load();
    heading.focus();
    announce(`Undone: the basket holds ${counted(before.length)}.`);
  });
  undo.append(`${text} `, button);
  heading.after(undo);
  announce(text);
}

function remove(item) {
  const before = cuttings();
  const neighbour = item.nextElementSibling ?? item.previousElementSibling;
  if (!keep(before.filter((each) => each.id !== item.dataset.basketId))) return;
  const title = item.querySelector("h2").textContent.trim();
  item.remove();
  show();
  (neighbour?.querySelector("[data-basket-remove]") ?? heading).focus();
  offerUndo(`Removed a paragraph of “${title.slice(0, 60)}”.`, before);
}

function move(item, by, button) {
  const kept = cuttings();
  const at = kept.findIndex((each) => each.id === item.dataset.basketId);
  const to = at + by;
  if (at < 0 || to < 0 || to >= kept.length) return;
  [kept[at], kept[to]] = [kept[to], kept[at]];
  if (!keep(kept)) return;
  by < 0 ? item.previousElementSibling.before(item) : item.nextElementSibling.after(item);
  show();
  // At an end the button that was pressed goes out; its counterpart takes the focus.
  (button.disabled ? item.querySelector(`[data-basket-move="${-by}"]`) : button).focus();
  announce(`Moved to place ${to + 1} of ${kept.length}.`);
}

list.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const item = button?.closest(".cutting");
  if (!item) return;
  if ("basketRemove" in button.dataset) remove(item);
  if ("basketMove" in button.dataset) move(item, Number(button.dataset.basketMove), button);
});

const shownId = (at) => list.children[at].dataset.basketId;

// A note that is being written here is not overwritten from elsewhere.
function showNote(field, note) {
  if (field !== document.activeElement) field.value = note;
}

list.addEventListener("input", (event) => {
  const item = event.target.closest(".cutting");
  const noted = (each) => (each.id === item.dataset.basketId ? { ...each, note: event.target.value } : each);
  keep(cuttings().map(noted));
});

document.getElementById("basket-clear").addEventListener("click", () => {
  const before = cuttings();
  if (!keep([])) return;
  list.replaceChildren();
  show();
  heading.focus();
  offerUndo(`The basket is cleared of ${counted(before.length)}.`, before);
});

// The form sends what is kept now, also where another tab changed it.
exporting.addEventListener("submit", () => {
  const fields = [...body(cuttings())].map(([name, value]) =>
    Object.assign(document.createElement("input"), { type: "hidden", name, value }),
  );
  document.getElementById("basket-fields").replaceChildren(...fields);
});

window.addEventListener("storage", (event) => {
  if (event.key !== "dateline.basket" && event.key !== null) return;
  const kept = cuttings();
  const isSame = kept.length === list.children.length && kept.every((each, at) => each.id === shownId(at));
  if (!isSame) load();
  else kept.forEach((each, at) => showNote(list.children[at].querySelector("textarea"), each.note));
});

if (canKeep()) {
  load();
} else {
  lead.hidden = false;
  lead.textContent = "This browser keeps nothing for this page (its storage is closed), so there is no basket.";
}

// Completes the query while it is typed, and puts the cursor into the search box on "/". Everything works without.
"use strict";

const box = document.getElementById("q");
const completions = document.createElement("datalist");

let asked = "";
let waiting = 0;

async function complete() {
  const typed = box.value;
  if (typed === asked || typed.trim().length < 2) return;
  asked = typed;
  const response = await fetch("/api/v1/suggest?" + new URLSearchParams({ q: typed }));
  if (!response.ok || box.value !== typed) return;
  const { suggestions } = await response.json();
  const options = suggestions.map((text) => Object.assign(document.createElement("option"), { value: text }));
  completions.replaceChildren(...options);
}

function typesAlready(element) {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
}

// The address of a search names the language of the query only where it is another archive's.
const dialect = document.getElementById("dialect");

if (dialect) {
  dialect.form.addEventListener("submit", () => {
    dialect.disabled = dialect.value === "dateline";
  });
  window.addEventListener("pageshow", () => {
    dialect.disabled = false;
  });
}

if (box) {
  completions.id = "completions";
  box.after(completions);
  box.setAttribute("list", completions.id);
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(complete, 150);
  });
  document.addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === "/" && plain && !typesAlready(event.target)) {
      event.preventDefault();
      box.select();
    }
  });
}

// Single keys, which can be turned off in the help (WCAG 2.2, 2.1.4), and the help itself in a panel.
const SETTING = "dateline.shortcuts";

export function areOn() {
  try {
    return localStorage.getItem(SETTING) !== "off";
  } catch {
    return true;
  }
}

function turn(on) {
  try {
    localStorage.setItem(SETTING, on ? "on" : "off");
  } catch {
    // Not allowed to remember: the keys stay as they are.
  }
}

export function typesAlready(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function showSetting(part) {
  const box = part.querySelector("#shortcuts");
  if (!box) return;
  box.closest(".setting").hidden = false;
  box.checked = areOn();
  box.addEventListener("change", () => turn(box.checked));
}

async function openHelp() {
  const known = document.querySelector("dialog.panel");
  if (known) return known.showModal();
  const response = await fetch("/help");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const dialog = Object.assign(document.createElement("dialog"), { className: "panel help" });
  dialog.setAttribute("aria-label", "How to ask");
  const close = Object.assign(document.createElement("button"), { type: "button", className: "close quiet", textContent: "Close" });
  close.addEventListener("click", () => dialog.close());
  dialog.append(close, ...page.getElementById("main").querySelectorAll("section"));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  showSetting(dialog);
  dialog.showModal();
}

function step(by) {
  const links = [...document.querySelectorAll(".hits h2 a")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement?.closest(".hits > li")?.querySelector("h2 a"));
  const next = links[Math.min(links.length - 1, Math.max(0, at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by))];
  next.focus();
  next.closest("li").scrollIntoView({ block: "nearest" });
}

const KEYS = {
  "/": () => {
    const box = document.getElementById("q");
    box?.focus();
    box?.select();
  },
  "?": openHelp,
  j: () => step(1),
  k: () => step(-1),
  o: () => document.activeElement?.closest(".hits > li")?.querySelector("h2 a")?.click(),
  b: () => document.activeElement?.closest(".hits li")?.querySelector("button.keep")?.click(),
};

export function listenForKeys() {
  showSetting(document);
  document.querySelector("a[data-help]")?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || document.body.classList.contains("help")) return;
    event.preventDefault();
    openHelp().catch(() => location.assign("/help"));
  });
  document.addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!plain || !areOn() || typesAlready(event.target) || document.querySelector("dialog[open]")) return;
    const act = Object.hasOwn(KEYS, event.key) && KEYS[event.key];
    if (!act || (document.body.classList.contains("reading") && "jkob".includes(event.key))) return;
    event.preventDefault();
    act();
  });
}

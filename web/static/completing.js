// What a query may become while it is typed: searches made in this browser, words, names and titles of the archive.
// A list box as the WAI-ARIA Authoring Practices describe it: focus stays in the search box.
const PAUSE = 120;
const KEPT = "dateline.recent";
const MOST_KEPT = 30;
const MOST_SHOWN = 5;

function readKept() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((text) => typeof text === "string") : [];
  } catch {
    return [];
  }
}

function keep(queries) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(queries.slice(0, MOST_KEPT)));
  } catch {
    // No room, or not allowed: then nothing is remembered.
  }
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export function completeWhileTyping(form) {
  const box = form.elements.q;
  const list = element("div", { className: "completions", id: "completions", role: "listbox", hidden: true });
  list.setAttribute("aria-label", "Completions");
  box.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
  })) box.setAttribute(name, value);

  let waiting = 0;
  let asking = null;
  let chosen = -1;

  const options = () => [...list.querySelectorAll("[role=option]")];

  function choose(index) {
    const all = options();
    chosen = all.length ? (index + all.length + 1) % (all.length + 1) : -1;
    if (chosen === all.length) chosen = -1;
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    if (chosen < 0) box.removeAttribute("aria-activedescendant");
    else {
      box.setAttribute("aria-activedescendant", all[chosen].id);
      all[chosen].scrollIntoView({ block: "nearest" });
    }
  }

  function close() {
    asking?.abort();
    clearTimeout(waiting);
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function follow(option) {
    close();
    if (option.dataset.href) location.assign(option.dataset.href);
    else {
      box.value = option.dataset.q;
      form.requestSubmit();
    }
  }

  function show(rows) {
    list.replaceChildren(...rows.map(({ kind, text, told, q, href }, at) => {
      const option = element("div", { role: "option", id: `completion-${at}`, className: kind },
        element("span", { className: "text", textContent: text }), " ",
        element("span", { className: "kind", textContent: told }));
      option.setAttribute("aria-selected", "false");
      Object.assign(option.dataset, href ? { href } : { q });
      // Before the search box loses focus and closes the list.
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", () => follow(option));
      return option;
    }));
    if (rows.some(({ kind }) => kind === "recent")) list.append(forgetButton());
    chosen = -1;
    box.removeAttribute("aria-activedescendant");
    list.hidden = rows.length === 0;
    box.setAttribute("aria-expanded", String(rows.length > 0));
  }

  function forgetButton() {
    const button = element("button", { type: "button", className: "forget", textContent: "Forget my searches", tabIndex: -1 });
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      keep([]);
      close();
    });
    return button;
  }

  function recent(typed) {
    const start = typed.toLowerCase();
    return readKept()
      .filter((q) => q.toLowerCase().startsWith(start) && q !== typed)
      .slice(0, MOST_SHOWN)
      .map((q) => ({ kind: "recent", text: q, told: "searched before", q }));
  }

  function row({ kind, text, q, total, field, links }) {
    const count = total === null ? "" : total.toLocaleString("en");
    if (kind === "word") return { kind, text: q, told: count, q };
    if (kind === "name") return { kind, text, told: `${field}, ${count} article${total === 1 ? "" : "s"}`, q };
    return { kind, text, told: "article", href: links.html };
  }

  async function ask() {
    const typed = box.value;
    const rows = recent(typed.trim());
    if (typed.trim().length >= 2) {
      asking?.abort();
      asking = new AbortController();
      try {
        const response = await fetch(`/api/v1/suggest?${new URLSearchParams({ q: typed })}`, { signal: asking.signal });
        if (response.ok) rows.push(...(await response.json()).completions.map(row));
      } catch {
        return; // broken off, or the server is away: typing goes on without
      }
    }
    if (box.value === typed && document.activeElement === box) show(rows.filter(({ q }) => q !== typed));
  }

  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else choose(event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? options().length - 1 : chosen - 1);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      follow(options()[chosen]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  box.addEventListener("blur", close);
  form.addEventListener("submit", close);

  return {
    remember(text) {
      const q = text.trim();
      if (q) keep([q, ...readKept().filter((other) => other !== q)]);
    },
  };
}

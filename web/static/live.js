// Results while a query is typed: the results page is fetched and its parts are put in place. The address bar always
// holds the search that is shown.
const PAUSE = 220;
const STAYED = 1500;

export function searchWhileTyping(form, { enliven, offers }) {
  if (!document.body.matches(".home, .results")) return;
  const box = form.elements.q;
  const status = document.getElementById("status");
  let shown = box.value.trim();
  let waiting = 0;
  let asking = null;
  let stayedAt = 0;

  function addressOfForm() {
    const asked = new URLSearchParams(new FormData(form));
    asked.set("q", box.value.trim());
    if (asked.get("dialect") === "dateline") asked.delete("dialect");
    return `/search?${asked}`;
  }

  // One entry of the history for what somebody stopped at, not for every letter.
  function remember(address) {
    const now = Date.now();
    const isNew = document.body.classList.contains("home") || now - stayedAt > STAYED;
    stayedAt = now;
    history[isNew ? "pushState" : "replaceState"](null, "", address);
  }

  async function load(address, { typed }) {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    document.getElementById("main").setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, { signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (typed && !response.ok) return tell(page);
      if (typed) remember(address);
      put(page);
    } catch (error) {
      if (error.name === "AbortError") return;
      // The server is away: Enter shows what the browser says of it.
      status.textContent = "The archive does not answer just now.";
      document.body.classList.add("typing");
    } finally {
      if (!signal.aborted) document.getElementById("main").removeAttribute("aria-busy");
    }
  }

  // Half a query is often none yet, such as one with an open quote: the results stay, and a line says what is missing.
  function tell(page) {
    const message = page.querySelector(".faults .what")?.textContent ?? page.querySelector("h1")?.textContent;
    status.textContent = message?.trim() ?? "";
    document.body.classList.add("typing");
  }

  function put(page) {
    const told = page.getElementById("heading")?.textContent ?? "";
    document.title = page.title;
    document.body.className = page.body.className;
    for (const part of [".plate", ".kept", "#main", ".foot"]) {
      const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
      if (old && fresh) old.replaceChildren(...fresh.childNodes);
    }
    enliven(document.getElementById("main"));
    status.textContent = told;
  }

  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const typed = box.value.trim();
      if (typed === shown || (!typed && document.body.classList.contains("home"))) return;
      shown = typed;
      load(addressOfForm(), { typed: true });
    }, PAUSE);
  });

  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    asking?.abort();
    offers.remember(box.value);
  });

  window.addEventListener("popstate", () => {
    const asked = new URLSearchParams(location.search);
    box.value = shown = asked.get("q") ?? "";
    load(location.href, { typed: false });
  });

  // Who leaves by a link has found something with this.
  window.addEventListener("pagehide", () => {
    if (document.querySelector(".hits")) offers.remember(box.value);
  });
}

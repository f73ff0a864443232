// The query that the form writes, while it is filled in: the page is asked again and its answer put in place.
const PAUSE = 200;

export function composeLive() {
  const form = document.querySelector("form[data-composer]");
  if (!form) return;
  const written = document.getElementById("written");
  form.querySelector("button.quiet").hidden = true;
  let waiting = 0;
  let asking = null;

  async function refresh() {
    asking?.abort();
    asking = new AbortController();
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));
    try {
      const response = await fetch(`/compose?${asked}`, { signal: asking.signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("written");
      if (!fresh) return;
      written.replaceChildren(...fresh.childNodes);
      history.replaceState(null, "", `/compose?${asked}`);
    } catch {
      // Broken off by the next letter, or the server is away: the buttons work as ever.
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, PAUSE);
  });
}

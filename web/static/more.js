// "7 more paragraphs" opens below its result: the page it leads to is fetched, and its paragraphs are put in place.
function asRow(item) {
  const link = item.querySelector("h2 a");
  const number = item.querySelector(".folio-mark");
  if (link.hash !== "#p0") number.querySelector(".of")?.remove();
  const row = document.createElement("li");
  const para = document.createElement("a");
  para.className = "para";
  para.href = link.getAttribute("href");
  para.append(...number.querySelector("a").childNodes);
  const snippet = document.createElement("span");
  const text = link.hash === "#p0" ? link : item.querySelector(".snippet");
  snippet.className = "snippet";
  snippet.dir = "auto";
  snippet.append(...text.childNodes);
  row.append(para, " ", snippet, " ", ...item.querySelectorAll("button.keep"));
  return row;
}

async function open(link) {
  const article = link.closest("article");
  const list = article.querySelector(".also");
  const rows = [];
  const best = article.querySelector(".folio-mark a").hash;
  for (let address = link.href; address; ) {
    const response = await fetch(address);
    if (!response.ok) return location.assign(link.href);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    rows.push(...[...page.querySelectorAll(".hits > li")].map(asRow));
    address = page.querySelector("a.next")?.getAttribute("href");
  }
  // In the order one reads them, without the one above.
  list.replaceChildren(...rows.filter((row) => row.querySelector("a").hash !== best));
  link.closest(".more").remove();
  const first = list.querySelector("a");
  first?.focus({ preventScroll: true });
  document.getElementById("status").textContent = `${list.children.length} more paragraphs shown`;
}

export function openMoreInPlace(part) {
  for (const link of part.querySelectorAll("a[data-more]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      link.setAttribute("aria-busy", "true");
      open(link).catch(() => location.assign(link.href));
    });
  }
}

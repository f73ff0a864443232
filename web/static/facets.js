// A box to find a value with, where a facet has more of them than are shown at once.
const MANY = 12;

export function filterLongFacets(part) {
  for (const details of part.querySelectorAll(".facet-box details")) {
    const box = details.closest(".facet-box");
    const rows = [...box.querySelectorAll(".facet li")];
    if (rows.length < MANY) continue;
    const name = box.querySelector("h3").textContent;
    const input = Object.assign(document.createElement("input"), { type: "search", className: "facet-filter", placeholder: "Find a value" });
    input.setAttribute("aria-label", `Find a value of ${name}`);
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      if (wanted) details.open = true;
      for (const row of rows) row.hidden = !row.querySelector(".value").textContent.toLowerCase().includes(wanted);
    });
    box.querySelector("h3").after(input);
  }
}

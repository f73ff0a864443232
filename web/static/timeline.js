// Points at a time of a timeline, and narrows to it: by a click to one bar, by a stroke to several. The table below the
// drawing has the same links for whoever uses no pointer.
export function brushTimelines(part) {
  for (const figure of part.querySelectorAll("figure.timeline")) brush(figure);
}

function brush(figure) {
  const plot = figure.querySelector(".plot");
  const slots = Number(figure.dataset.slots);
  const rows = new Map([...figure.querySelectorAll("tr[data-slot]")].map((row) => [Number(row.dataset.slot), row]));
  const tip = Object.assign(document.createElement("span"), { className: "tip", hidden: true });
  const band = Object.assign(document.createElement("span"), { className: "brush", hidden: true });
  tip.setAttribute("aria-hidden", "true");
  plot.append(band, tip);
  plot.classList.add("live");
  let from = null;

  const slotAt = (event) => {
    const { left, width } = plot.getBoundingClientRect();
    return Math.min(slots - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * slots)));
  };
  const held = (first, last) => [...rows].filter(([slot]) => slot >= first && slot <= last).map(([, row]) => row);

  function say(slot) {
    const row = rows.get(slot);
    tip.hidden = false;
    tip.style.left = `${((slot + 0.5) / slots) * 100}%`;
    const cells = row && [...row.cells].map((cell) => cell.textContent);
    if (!row) tip.textContent = "nothing held";
    else if (cells.length > 2) tip.textContent = `${cells[0]}: ${cells[1]} found of ${cells[2]}`;
    else tip.textContent = `${cells[0]}: ${cells[1]} articles`;
  }

  function stretch(first, last) {
    band.hidden = false;
    band.style.left = `${(first / slots) * 100}%`;
    band.style.width = `${((last - first + 1) / slots) * 100}%`;
  }

  plot.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    from = slotAt(event);
    plot.setPointerCapture(event.pointerId);
    stretch(from, from);
  });
  plot.addEventListener("pointermove", (event) => {
    const slot = slotAt(event);
    say(slot);
    if (from !== null) stretch(Math.min(from, slot), Math.max(from, slot));
  });
  plot.addEventListener("pointerleave", () => {
    tip.hidden = true;
  });
  plot.addEventListener("pointercancel", () => {
    from = null;
    band.hidden = true;
  });
  plot.addEventListener("pointerup", (event) => {
    if (from === null) return;
    const [first, last] = [Math.min(from, slotAt(event)), Math.max(from, slotAt(event))];
    from = null;
    const chosen = held(first, last);
    if (!chosen.length) {
      band.hidden = true;
      return;
    }
    // The first of the rows says where the stretch begins, the last where it ends.
    const [start, end] = [chosen[0], chosen.at(-1)].map((row) => new URL(row.querySelector("a").href));
    start.searchParams.set("to", end.searchParams.get("to"));
    location.assign(start);
  });
}

// What the pages do by themselves: everything works without. Each module looks for its elements and leaves others alone.
import { goOnTellingAgo, tellAgo } from "./ago.js";
import { completeWhileTyping } from "./completing.js";
import { composeLive } from "./composing.js";
import { filterLongFacets } from "./facets.js";
import { searchWhileTyping } from "./live.js";
import { openMoreInPlace } from "./more.js";
import { listenForKeys } from "./shortcuts.js";
import { brushTimelines } from "./timeline.js";

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

function enliven(part) {
  filterLongFacets(part);
  openMoreInPlace(part);
  brushTimelines(part);
  tellAgo();
}

enliven(document);
goOnTellingAgo();
listenForKeys();
composeLive();
const form = document.querySelector("form.search");
if (form) {
  const offers = completeWhileTyping(form);
  searchWhileTyping(form, { enliven, offers });
}

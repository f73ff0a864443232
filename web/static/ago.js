// An instant that says how long ago it was, and goes on saying so; without this it says which instant it was. In the words
// of search/currency.py.
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];

function ago(seconds) {
  for (const [unit, length] of UNITS) {
    if (seconds >= 2 * length) return `${Math.floor(seconds / length).toLocaleString("en")} ${unit}s ago`;
  }
  const whole = Math.max(0, Math.floor(seconds));
  return `${whole} ${whole === 1 ? "second" : "seconds"} ago`;
}

export function tellAgo() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    time.title ||= time.textContent;
    const told = ago((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== told) time.textContent = told;
  }
}

export function goOnTellingAgo() {
  tellAgo();
  setInterval(tellAgo, 1000);
}

// Keeps the page current: the hub sends each section's HTML when something in it changed.
"use strict";

const link = document.getElementById("link");
const words = document.body.dataset;
const shown = new Map();
const STALE_MS = 15000;
let newest = null;
let stale = 0;

function show(name, html) {
  const section = document.getElementById(name);
  if (section === null || shown.get(name) === html) return;
  shown.set(name, html);
  const focused = section.contains(document.activeElement) ? document.activeElement.id : "";
  section.innerHTML = html;
  localise(section);
  if (focused) document.getElementById(focused)?.focus();
}

function say(text, state) {
  if (link.textContent !== text) link.textContent = text;
  link.className = `link ${state}`;
}

function lost() {
  say(newest === null ? words.lost.split(",")[0] : `${words.lost} ${clock.format(newest).slice(0, 5)}`, "lost");
}

function connect() {
  const source = new EventSource(`/live${location.search}`);
  source.addEventListener("page", (event) => {
    const page = JSON.parse(event.data);
    newest = new Date(page.at);
    for (const [name, html] of Object.entries(page.sections)) show(name, html);
    say(words.live, "live");
    clearTimeout(stale);
    // A connection that is open but says nothing is as good as lost.
    stale = setTimeout(() => { lost(); source.close(); connect(); }, STALE_MS);
  });
  source.onerror = () => {
    lost();
    // The browser gives up for good on some errors; we never do.
    if (source.readyState === EventSource.CLOSED) { clearTimeout(stale); setTimeout(connect, 2000); }
  };
}

localise(document);
connect();

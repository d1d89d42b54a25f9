"use strict";
// Without this script the form and its links work by loading pages; with it the page changes in place.
const link = document.getElementById("link");
const folded = new Map();
let asked = 0, lost = false;

const page = () => document.getElementById("page");

function remember() {
  for (const each of document.querySelectorAll("details[id]")) folded.set(each.id, each.open);
}

function restore(next) {
  for (const each of next.querySelectorAll("details[id]")) if (folded.has(each.id)) each.open = folded.get(each.id);
}

function say(words, bad) {
  link.textContent = words;
  link.className = bad ? "lost" : "";
}

async function show(address, { push, keep }) {
  const turn = ++asked;
  page().setAttribute("aria-busy", "true");
  let text, status;
  try {
    const reply = await fetch(address);
    status = reply.status;
    text = await reply.text();
  } catch {
    if (turn === asked) { page().removeAttribute("aria-busy"); lost = true; say("The preview has ended", true); }
    return;
  }
  // Only the newest question is answered.
  if (turn !== asked) return;
  const next = new DOMParser().parseFromString(text, "text/html");
  const found = next.getElementById("page");
  if (!found) return;
  const refused = status === 400 && push && found.querySelector("#refused"), chosen = document.querySelector(".chosen");
  if (refused && chosen) {
    // A word half typed or mistyped: the form stays, to be corrected.
    page().removeAttribute("aria-busy");
    for (const each of [...page().children]) if (each !== chosen) each.remove();
    page().append(refused);
    return;
  }
  remember();
  restore(found);
  const active = document.activeElement, key = active && active.id, name = active && active.name, value = active && active.value;
  const scrolled = window.scrollY;
  page().replaceWith(found);
  document.getElementById("version").replaceWith(next.getElementById("version"));
  document.title = next.title;
  const back = (key && document.getElementById(key)) || (name && [...document.getElementsByName(name)].find(e => e.value === value));
  if (back) back.focus({ preventScroll: true });
  if (keep) window.scrollTo(0, scrolled);
  const canonical = found.dataset.address || address;
  if (push && canonical !== location.pathname + location.search) history.pushState(null, "", canonical);
  lost = false;
  say("", false);
}

function ask(form, submitter) {
  const data = new URLSearchParams(new FormData(form));
  if (submitter && submitter.name) data.set(submitter.name, submitter.value);
  show("/?" + data, { push: true, keep: true });
}

document.addEventListener("submit", event => { event.preventDefault(); ask(event.target, event.submitter); });
document.addEventListener("change", event => { if (event.target.form) ask(event.target.form, null); });
document.addEventListener("click", event => {
  const to = event.target.closest && event.target.closest("#page a[href^='/?'], #page a[href='/']");
  if (!to || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  show(to.getAttribute("href"), { push: true, keep: !to.closest("#scenarios") });
});
addEventListener("popstate", () => show(location.pathname + location.search, { push: false, keep: true }));

// What is seen can be shared, also when nothing was chosen yet.
if (page().dataset.address) history.replaceState(null, "", page().dataset.address);

// An edited pack shows at once.
async function watch() {
  try {
    const stamp = (await (await fetch("/stamp")).text()).trim();
    if (lost || stamp !== page().dataset.stamp) await show(location.pathname + location.search, { push: false, keep: true });
  } catch {
    lost = true;
    say("The preview has ended", true);
  }
  setTimeout(watch, 1000);
}
setTimeout(watch, 1000);

// Closes and opens ways with the admin token that is typed here, once what would change was shown; keeps the list current.
"use strict";

const form = document.getElementById("change");
const said = document.getElementById("said");
const asked = document.getElementById("asked");
const now = document.getElementById("now");
const words = document.body.dataset;
const LOOK_MS = 5000;
let shown = "";

function say(text, state) {
  said.textContent = text;
  said.className = `said ${state}`;
  said.focus();
}

async function ask(event) {
  event.preventDefault();
  const values = new FormData(form);
  const [site, way] = values.get("way").split("/");
  const query = new URLSearchParams({ site, way, act: values.get("act"), minutes: values.get("minutes") || "0" });
  try {
    const answer = await fetch(`/ways/asked?${query}`);
    if (!answer.ok) {
      const told = await answer.json();
      say(`${told.error} ${told.todo}`, "bad");
      return;
    }
    asked.innerHTML = await answer.text();
  } catch {
    say(words.unreachable, "bad");
    return;
  }
  localise(asked);
  document.getElementById("cancel").addEventListener("click", () => asked.close());
  document.getElementById("confirm").addEventListener("click", confirmed);
  asked.showModal();
}

async function confirmed(event) {
  const { site, way, act, until } = event.target.dataset;
  asked.close();
  const headers = { Authorization: `Bearer ${document.getElementById("token").value}` };
  const path = `/v1/sites/${encodeURIComponent(site)}/pathways/${encodeURIComponent(way)}`;
  const body = JSON.stringify({ open: act === "open", until: until ? Number(until) : null, why: document.getElementById("why").value.trim() });
  try {
    const answer = await fetch(path, act === "clear" ? { method: "DELETE", headers } : { method: "PUT", headers, body });
    const told = await answer.json();
    if (answer.ok) say(words.done, "good"); else say(`${told.error} ${told.todo}`, "bad");
  } catch {
    say(words.unreachable, "bad");
  }
  look();
}

function choose(event) {
  const button = event.target.closest("button.change");
  if (button === null || form === null) return;
  document.getElementById("way").value = button.dataset.way;
  document.getElementById("act").value = button.dataset.act;
  usable();
  form.scrollIntoView();
  document.getElementById("act").focus({ preventScroll: true });
}

// What the content pack says has neither an end nor a reason.
function usable() {
  const clear = document.getElementById("act").value === "clear";
  for (const id of ["minutes", "why"]) document.getElementById(id).disabled = clear;
}

async function look() {
  try {
    const answer = await fetch(`/ways/now${location.search}`);
    const html = answer.ok ? await answer.text() : shown;
    if (html === shown) return;
    shown = html;
    const focused = now.contains(document.activeElement) ? document.activeElement.dataset.way : "";
    now.innerHTML = html;
    localise(now);
    for (const button of now.querySelectorAll("button.change")) if (button.dataset.way === focused) button.focus();
  } catch { /* The next look may have an answer. */ }
}

if (form) {
  form.addEventListener("submit", ask);
  document.getElementById("act").addEventListener("change", usable);
  // Disabled in the page: sent before this script is there, the form would put what was typed into the address.
  form.querySelector("button").disabled = false;
  usable();
}
now.addEventListener("click", choose);
localise(document);
setInterval(look, LOOK_MS);

// Sends a claim with the admin token that is typed here, and keeps the list of those who wait current.
"use strict";

const form = document.getElementById("claim");
const said = document.getElementById("said");
const waiting = document.getElementById("waiting");
const words = document.body.dataset;
const LOOK_MS = 3000;

function say(text, state) {
  said.textContent = text;
  said.className = `said ${state}`;
  said.focus();
}

async function claim(event) {
  event.preventDefault();
  const values = new FormData(form);
  const body = Object.fromEntries(["code", "site", "device", "role", "name"].map((key) => [key, values.get(key).trim()]));
  body.replace = values.has("replace");
  const token = document.getElementById("token").value;
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch("/v1/claims", { method: "POST", headers: { Authorization: `Bearer ${token}` }, body: JSON.stringify(body) });
    const told = await answer.json();
    if (answer.ok) {
      say(`${told.device} ${words.done}`, "good");
      form.reset();
      document.getElementById("token").value = token;
    } else {
      say(`${told.error} ${told.todo}`, "bad");
    }
  } catch {
    say(words.unreachable, "bad");
  }
  button.disabled = false;
  look();
}

async function look() {
  try {
    const answer = await fetch("/claim/waiting");
    const html = answer.ok ? await answer.text() : waiting.innerHTML;
    if (html !== waiting.innerHTML) waiting.innerHTML = html;
  } catch { /* The next look may have an answer. */ }
}

if (form) {
  form.addEventListener("submit", claim);
  // Disabled in the page: sent before this script is there, the form would put what was typed into the address.
  form.querySelector("button").disabled = false;
}
setInterval(look, LOOK_MS);

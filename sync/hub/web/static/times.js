// Times as the reader's own clock tells them; the hub writes them in UTC.
"use strict";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

function localise(root) {
  const today = new Date().toDateString();
  for (const time of root.querySelectorAll("time")) {
    const when = new Date(time.dateTime);
    const day = when.toDateString() === today ? "" : `${when.toLocaleDateString()} `;
    time.textContent = day + clock.format(when);
  }
}

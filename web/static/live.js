// Progress as it is made: a page is told that an operation moved, and asks for its part anew.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const part = document.querySelector("[data-events]");
  if (!part || !("EventSource" in window)) return;
  const link = document.getElementById("refresh");
  const source = new EventSource(part.dataset.events);
  const ask = () => htmx.trigger(part, "told");
  // The link is for whoever is told nothing: without a script, or while nobody answers.
  source.addEventListener("open", () => (link.hidden = true));
  source.addEventListener("error", () => (link.hidden = false));
  source.addEventListener("progress", ask);
  source.addEventListener("end", () => {
    source.close();
    link.hidden = true;
    ask();
  });
});

// What every page has: the search key, confirmations, and messages that go away by themselves.
"use strict";

const isTyping = (element) =>
  element.closest("input:not([type=checkbox]):not([type=radio]), select, textarea") !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const field = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!field || !field.matches("input")) return;
  event.preventDefault();
  field.focus();
});

// What renews itself waits while somebody is in it: what they are at would go, and the focus.
const isInUse = (part) => {
  const selection = window.getSelection();
  const isMarked = selection && !selection.isCollapsed && part.contains(selection.anchorNode);
  return part.matches("[data-calm]") && (isMarked || part.contains(document.activeElement));
};
document.addEventListener("htmx:beforeRequest", (event) => {
  if (isInUse(event.detail.elt)) event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (isInUse(event.detail.target)) event.detail.shouldSwap = false;
});

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

document.addEventListener("DOMContentLoaded", () => {
  // Where the navigation is one line that scrolls: where one is stands in its middle.
  const here = document.querySelector(".side nav [aria-current]");
  const nav = here?.closest("nav");
  if (nav && nav.scrollWidth > nav.clientWidth) {
    const { left, width } = here.getBoundingClientRect();
    nav.scrollLeft += left - nav.getBoundingClientRect().left - (nav.clientWidth - width) / 2;
  }
  // Only what was copied needs a script: without one the text is selected by hand.
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText);
      button.textContent = "Copied";
    });
  }
  const toast = document.querySelector(".toast:not(:has(form, a))");
  if (toast) setTimeout(() => toast.remove(), 8000);
});

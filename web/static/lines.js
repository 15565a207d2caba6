// Numbers beside a document that is edited, and the way to a line that an error names.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const text = document.querySelector(".numbered > textarea");
  if (!text) return;
  const numbers = document.createElement("pre");
  numbers.setAttribute("aria-hidden", "true");
  text.before(numbers);

  const count = () => {
    const lines = text.value.split("\n").length;
    if (numbers.dataset.lines === String(lines)) return;
    numbers.dataset.lines = lines;
    numbers.textContent = Array.from({ length: lines }, (_, at) => at + 1).join("\n");
  };
  const follow = () => (numbers.scrollTop = text.scrollTop);
  count();
  text.addEventListener("input", count);
  text.addEventListener("scroll", follow);

  for (const button of document.querySelectorAll("[data-line]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const line = Number(button.dataset.line);
      const before = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1);
      const end = text.value.indexOf("\n", before);
      text.focus();
      text.setSelectionRange(before, end < 0 ? text.value.length : end);
      text.scrollTop = (line - 5) * parseFloat(getComputedStyle(text).lineHeight);
      follow();
    });
  }
});

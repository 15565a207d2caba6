// Review by keys. Every key does what a link, a button or a field of the page does as well:
// elements say which key is theirs by data-key, rows of lists by data-row.
"use strict";

(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const current = () => document.querySelector("[data-row].is-current");

  const go = (step) => {
    const all = rows();
    if (all.length === 0) return false;
    const at = all.indexOf(current());
    const to = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    current()?.classList.remove("is-current");
    to.classList.add("is-current");
    to.querySelector("a")?.focus({ preventScroll: true });
    to.scrollIntoView({ block: "nearest" });
    return true;
  };

  const tick = () => {
    const box = current()?.querySelector("input[type=checkbox]");
    if (!box) return false;
    box.checked = !box.checked;
    current().setAttribute("aria-selected", String(box.checked));
    return true;
  };

  const use = (key) => {
    const target = document.querySelector(`[data-key="${CSS.escape(key)}"]:not([disabled])`);
    if (!target) return false;
    target.closest("details")?.setAttribute("open", "");
    if (target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])")) {
      target.focus();
    } else {
      target.focus();
      target.click();
    }
    return true;
  };

  const help = () => {
    const dialog = document.getElementById("keys");
    if (!dialog) return false;
    if (dialog.open) dialog.close();
    else dialog.showModal();
    return true;
  };

  const press = (key) => {
    if (key === "?") return help();
    if (key === "j" && go(1)) return true;
    if (key === "k" && go(-1)) return true;
    if (key === "x" && tick()) return true;
    return key.length === 1 && key !== "/" && use(key);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return document.activeElement?.blur();
    if (isTyping(event.target)) return undefined;
    if (press(event.key)) event.preventDefault();
    return undefined;
  });

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-help]")) {
      button.hidden = false;
      button.addEventListener("click", help);
    }
  });
})();

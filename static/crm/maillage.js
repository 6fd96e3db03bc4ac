"use strict";

/* The frame, for who listens to the page: Unfold's icons are words in a font, which nobody wants read out beside the real
   word; the boxes in which one types to choose (Select2, Django's own) take the name of the field they stand for. */
(() => {
  function hush(root) {
    for (const icon of root.querySelectorAll(".material-symbols-outlined:not([aria-hidden])")) {
      icon.setAttribute("aria-hidden", "true");
    }
  }

  function nameOf(select) {
    return select?.labels?.[0]?.innerText.replace("*", "").trim() ?? "";
  }

  function nameBoxes(root) {
    for (const select of root.querySelectorAll("select.select2-hidden-accessible")) {
      const name = nameOf(select);
      const box = select.nextElementSibling;
      for (const part of box?.querySelectorAll(".select2-search__field, [role=textbox]") ?? []) {
        if (name) part.setAttribute("aria-label", name);
      }
    }
  }

  function nameOpenedBox(event) {
    if (!event.target.matches(".select2-search__field:not([aria-label])")) return;
    const name = nameOf(document.querySelector(".select2-container--open")?.previousElementSibling);
    if (name) event.target.setAttribute("aria-label", name);
  }

  document.addEventListener("DOMContentLoaded", () => {
    hush(document);
    document.body.addEventListener("htmx:load", (event) => hush(event.target));
  });
  window.addEventListener("load", () => nameBoxes(document));
  document.addEventListener("formset:added", () => setTimeout(() => nameBoxes(document)));
  document.addEventListener("focusin", nameOpenedBox);
})();

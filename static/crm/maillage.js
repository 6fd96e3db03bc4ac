"use strict";

/* The frame, for who listens to the page: Unfold's icons are words in a font, which nobody wants read out beside the real
   word; the boxes in which one types to choose (Select2, Django's own) take the name of the field they stand for. */
(() => {
  function hushIcons() {
    for (const icon of document.querySelectorAll(".material-symbols-outlined:not([aria-hidden])")) {
      icon.setAttribute("aria-hidden", "true");
    }
  }

  function nameOf(select) {
    return select?.labels?.[0]?.textContent.replace("*", "").trim().replace(/\s+/g, " ") ?? "";
  }

  function nameBoxes() {
    for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
      const name = nameOf(select);
      for (const part of select.nextElementSibling?.querySelectorAll(".select2-search__field, [role=textbox]") ?? []) {
        if (name && part.getAttribute("aria-label") !== name) part.setAttribute("aria-label", name);
      }
    }
    const opened = document.querySelector("body > .select2-container--open .select2-search__field:not([aria-label])");
    const name = nameOf(document.querySelector("select + .select2-container--open")?.previousElementSibling);
    if (opened && name) opened.setAttribute("aria-label", name);
  }

  // A hint is an image of a question mark whose words are its label: said so, or nobody hears them.
  function nameHints() {
    for (const hint of document.querySelectorAll(".help-tooltip[aria-label]:not([role])")) hint.setAttribute("role", "img");
  }

  function mend() {
    hushIcons();
    nameBoxes();
    nameHints();
  }

  document.addEventListener("DOMContentLoaded", () => {
    mend();
    let waiting = 0; // much may come at once: a page mends itself once for all that came before the next picture
    new MutationObserver(() => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(mend);
    }).observe(document.body, { childList: true, subtree: true });
  });
})();

/* « Aller au contenu » takes the keyboard there too, whatever the browser does of the address alone. */
document.addEventListener("click", (event) => {
  const link = event.target.closest(".m-skip");
  const content = link && document.getElementById(link.hash.slice(1));
  if (!content) return;
  content.tabIndex = -1;
  content.focus();
});

/* « Imprimer ». */
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-m-print]")) window.print();
});
/* The page is hidden until Alpine has begun, and a browser gives up on an `autofocus` that it meets hidden: on a slow
   machine nothing had the keyboard. The field takes it once the page shows, unless somebody was quicker. */
(() => {
  function focusFirst() {
    const isFree = !document.activeElement || document.activeElement === document.body;
    if (isFree && !document.documentElement.hasAttribute("x-cloak")) document.querySelector("[autofocus]")?.focus();
  }

  document.addEventListener("alpine:initialized", focusFirst);
  document.addEventListener("DOMContentLoaded", focusFirst);
})();

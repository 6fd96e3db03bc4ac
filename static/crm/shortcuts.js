"use strict";

/* One key for each main deed. The help (`?`) is the list of what there is: a key follows the link, or presses the button,
   of its line. Keys alone can be switched off there (WCAG 2.1.4), and never act while one types nor before the page shows:
   who types at once means the first field. */

(() => {
  const KEPT = "maillage:one-key";
  const DOES = { "/": "search", l: "back", f: "filter" };
  const UNFOLD = new Set(["?", "/", "[", "f", "c"]); // keys that Unfold's own script would answer otherwise

  const help = () => document.getElementById("shortcuts");
  const isOn = () => localStorage.getItem(KEPT) !== "off";

  function isTyping(element) {
    if (!element) return false;
    if (element.isContentEditable || element.matches("textarea, select, [role=combobox], [role=listbox], [role=textbox]")) return true;
    return element.matches("input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=file])");
  }

  function isBusy() {
    return [...document.querySelectorAll("dialog[open], [role=dialog]")].some((one) => one.checkVisibility());
  }

  function open() {
    if (help() && !help().open) help().showModal();
  }

  const deeds = {
    search() {
      const box = document.getElementById("searchbar");
      if (!box?.checkVisibility()) return deeds.palette();
      box.focus();
      box.select();
      return undefined;
    },
    palette() {
      window.dispatchEvent(new CustomEvent("opencommand"));
    },
    filter() {
      const own = document.querySelector("[data-l-open=filters]") ?? document.querySelector(".filter-open-button");
      own?.click();
    },
    back() {
      const named = document.querySelector("[data-back], [data-l-back]");
      const here = window.location.pathname;
      const above = [...document.querySelectorAll("#header-inner a[href]")]
        .filter((link) => here.startsWith(link.pathname) && here !== link.pathname)
        .sort((one, other) => other.pathname.length - one.pathname.length);
      (named ?? above[0])?.click();
    },
  };

  function onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key.length !== 1 || isTyping(event.target)) return;
    const key = event.key.toLowerCase();
    if (UNFOLD.has(key)) event.stopImmediatePropagation();
    if (document.documentElement.hasAttribute("x-cloak")) return;
    if (!isOn() || isBusy() || !help()) return;
    const link = help().querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (key !== "?" && !DOES[key] && !link) return;
    event.preventDefault();
    if (key === "?") open();
    else if (link) link.click();
    else deeds[DOES[key]]();
  }

  window.addEventListener("keydown", onKey, true);

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-shortcuts-open]")) open();
    if (event.target.closest("[data-shortcuts-close]") || event.target === help()) help().close();
    const button = event.target.closest("#shortcuts [data-does]");
    if (!button) return;
    help().close();
    deeds[button.dataset.does]();
  });

  document.addEventListener("DOMContentLoaded", () => {
    const box = help()?.querySelector("[data-shortcuts-on]");
    if (!box) return;
    box.checked = isOn();
    box.addEventListener("change", () => localStorage.setItem(KEPT, box.checked ? "on" : "off"));
  });
})();

"use strict";

/* The list of contacts: the drawer of filters, boxes in which one types a place or a scheme, the selection, and coming
   back from a record to the same page at the same height. Without this script the list still searches, sorts and pages. */

(() => {
  const PLACE = "maillage:list:";

  // --- the drawer ---------------------------------------------------------------------------------------

  function drawer() {
    for (const button of document.querySelectorAll("[data-l-open]")) {
      const dialog = document.getElementById(button.dataset.lOpen);
      button.addEventListener("click", () => dialog.showModal());
      for (const close of dialog.querySelectorAll("[data-l-close]")) {
        close.addEventListener("click", () => dialog.close());
      }
      dialog.addEventListener("click", (event) => {
        if (event.target === dialog) dialog.close();
      });
      dialog.querySelector("form").addEventListener("submit", (event) => {
        // An empty box asks nothing: it need not weigh on the address.
        for (const input of event.target.querySelectorAll("input[name]")) {
          if (!input.value) input.disabled = true;
        }
      });
    }
    document.addEventListener("input", (event) => {
      if (!event.target.matches("[data-l-narrow]")) return;
      const wanted = plain(event.target.value);
      for (const label of event.target.parentElement.querySelectorAll(".l-value")) {
        label.hidden = !plain(label.textContent).includes(wanted);
        label.style.display = label.hidden ? "none" : "";
      }
    });
    document.addEventListener("keydown", (event) => {
      if (event.target.matches("[data-l-narrow]") && event.key === "Enter") event.preventDefault();
    });
    document.addEventListener("click", (event) => {
      for (const menu of document.querySelectorAll(".l-menu[open]")) {
        if (!menu.contains(event.target)) menu.open = false;
      }
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      for (const menu of document.querySelectorAll(".l-menu[open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
    for (const select of document.querySelectorAll("[data-l-submit]")) {
      select.addEventListener("change", () => select.form.requestSubmit());
    }
  }

  function plain(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  }

  // --- a box in which one types a name and picks it (combobox, as the ARIA practices describe it) --------

  function typed(box) {
    const input = box.querySelector("[role=combobox]");
    const list = box.querySelector("[role=listbox]");
    const picked = box.querySelector("[data-l-picked]");
    let wait = 0;
    let asked = 0;

    function close() {
      list.hidden = true;
      list.replaceChildren();
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function mark(option) {
      for (const one of list.children) one.setAttribute("aria-selected", String(one === option));
      if (!option) return;
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }

    function pick(option) {
      if (!option || !option.dataset.value) return;
      const known = [...picked.querySelectorAll("input")].some((one) => one.value === option.dataset.value);
      if (!known) picked.append(chip(option.dataset.value, option.dataset.label));
      input.value = "";
      close();
      input.dispatchEvent(new Event("change", { bubbles: true }));
      input.focus();
    }

    function chip(value, label) {
      const item = document.createElement("li");
      const mark = document.createElement("span");
      mark.className = "m-chip";
      mark.textContent = label;
      const hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = box.dataset.name;
      hidden.value = value;
      const drop = document.createElement("button");
      drop.type = "button";
      drop.dataset.lDrop = "";
      drop.setAttribute("aria-label", `${box.dataset.remove} ${label}`);
      const icon = document.createElement("span");
      icon.className = "material-symbols-outlined";
      icon.setAttribute("aria-hidden", "true");
      icon.textContent = "close";
      drop.append(icon);
      mark.append(hidden, drop);
      item.append(mark);
      return item;
    }

    async function ask() {
      const mine = ++asked;
      const term = input.value.trim();
      if (term.length < 2) return close();
      const answer = await fetch(`${box.dataset.url}?term=${encodeURIComponent(term)}`, { credentials: "same-origin" });
      if (mine !== asked || !answer.ok) return undefined;
      const { results } = await answer.json();
      if (mine !== asked) return undefined;
      show(results);
      return undefined;
    }

    function show(results) {
      const options = results.map((result, number) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${number}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.value = result.value;
        option.dataset.label = result.label;
        const hint = document.createElement("small");
        hint.textContent = result.hint;
        option.append(result.label, hint);
        option.addEventListener("mousedown", (event) => event.preventDefault());
        option.addEventListener("click", () => pick(option));
        return option;
      });
      if (!options.length) {
        const none = document.createElement("li");
        none.id = `${list.id}-none`;
        none.setAttribute("role", "option");
        none.setAttribute("aria-disabled", "true");
        none.setAttribute("aria-selected", "false");
        none.textContent = box.dataset.none;
        options.push(none);
      }
      list.replaceChildren(...options);
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      mark(results.length ? options[0] : null);
    }

    input.addEventListener("input", () => {
      clearTimeout(wait);
      wait = setTimeout(ask, 180);
    });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      const options = [...list.children];
      const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!options.length) return;
        const step = event.key === "ArrowDown" ? 1 : -1;
        mark(options[(at + step + options.length) % options.length]);
      } else if (event.key === "Enter") {
        event.preventDefault();
        pick(options[at]);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        event.stopPropagation();
        close();
      }
    });
    picked.addEventListener("click", (event) => {
      const drop = event.target.closest("[data-l-drop]");
      if (!drop) return;
      drop.closest("li").remove();
      input.dispatchEvent(new Event("change", { bubbles: true }));
      input.focus();
    });
  }

  // --- the selection ------------------------------------------------------------------------------------

  function selection(form) {
    const all = form.querySelector("[data-l-all]");
    const bar = form.querySelector("[data-l-bar]");
    if (!all || !bar) return;
    const ticks = [...form.querySelectorAll("input[name=_selected_action]")];
    const across = form.querySelector("input[name=select_across]");
    const total = Number(form.querySelector("[data-l-total]").dataset.lTotal);
    const takeAll = form.querySelector("[data-l-across]");
    const figures = new Intl.NumberFormat(document.documentElement.lang || "fr");

    function say() {
      const ticked = ticks.filter((tick) => tick.checked).length;
      const number = across.value === "1" ? total : ticked;
      const one = form.querySelector("[data-l-one]").innerHTML;
      const several = form.querySelector("[data-l-several]").innerHTML;
      bar.hidden = ticked === 0;
      form.querySelector("[data-l-count]").textContent =
        number === 1 ? one : several.replace("#", figures.format(number));
      for (const place of form.querySelectorAll("[data-l-number]")) {
        place.textContent = `(${figures.format(number)})`;
      }
      all.checked = ticked === ticks.length;
      all.indeterminate = ticked > 0 && ticked < ticks.length;
      if (takeAll) takeAll.hidden = ticked < ticks.length || across.value === "1";
    }

    function set(checked) {
      for (const tick of ticks) tick.checked = checked;
      across.value = "0";
      say();
    }

    all.addEventListener("change", () => set(all.checked));
    for (const tick of ticks) {
      tick.addEventListener("change", () => {
        across.value = "0";
        say();
      });
    }
    form.querySelector("[data-l-none]").addEventListener("click", () => set(false));
    takeAll?.addEventListener("click", () => {
      across.value = "1";
      say();
    });
    say(); // the browser may have kept ticks from before
  }

  // --- the same place on return -------------------------------------------------------------------------

  function keepPlace() {
    const path = window.location.pathname;
    const rows = document.querySelector(".l-table tbody");
    if (rows) {
      const key = PLACE + path;
      rows.addEventListener("click", (event) => {
        const link = event.target.closest(".l-name a");
        if (!link) return;
        const place = { search: window.location.search, top: window.scrollY, row: link.closest("tr").id };
        sessionStorage.setItem(key, JSON.stringify(place));
      });
      const kept = read(key);
      if (kept && kept.search === window.location.search) {
        document.getElementById(kept.row)?.classList.add("l-seen");
        if (kept.back) window.scrollTo({ top: kept.top, behavior: "instant" });
        sessionStorage.setItem(key, JSON.stringify({ ...kept, back: false }));
      }
    }
    // A link to the bare list, on a record's page, leads back to where one was in it.
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href]");
      if (!link || link.closest("#nav-sidebar") || link.closest(".l-page")) return;
      const kept = read(PLACE + link.pathname);
      if (!kept || link.search || link.origin !== window.location.origin) return;
      if (!path.startsWith(link.pathname) || path === link.pathname) return;
      link.search = kept.search;
      sessionStorage.setItem(PLACE + link.pathname, JSON.stringify({ ...kept, back: true }));
    });
  }

  function read(key) {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      return null;
    }
  }

  // --- the export page ----------------------------------------------------------------------------------

  function exporting(form) {
    form.addEventListener("submit", () => {
      const said = form.querySelector("[data-l-leaving]");
      if (said && form.elements.purpose?.value && form.elements.reason?.value) said.hidden = false;
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    drawer();
    document.querySelectorAll("[data-l-typed]").forEach(typed);
    document.querySelectorAll("[data-l-selection]").forEach(selection);
    document.querySelectorAll("#export-form").forEach(exporting);
    keepPlace();
  });
})();

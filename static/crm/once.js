"use strict";

/* The back button brings a form back with what was typed, but fetched anew, so with a new number: pressed again, it would
   be done twice. It takes back the number it was sent under, and the house knows it again (crm/once.py). */
(() => {
  const page = `sent:${location.pathname}${location.search}`;
  const key = (form) => `${form.getAttribute("action") ?? ""}#${form.id}`;
  const number = (form) => form.querySelector("input[type=hidden][name=once]");

  function sent() {
    try {
      return JSON.parse(sessionStorage.getItem(page)) ?? {};
    } catch {
      return {};
    }
  }

  document.addEventListener("submit", (event) => {
    const field = event.target.method === "post" && number(event.target);
    if (field) sessionStorage.setItem(page, JSON.stringify({ ...sent(), [key(event.target)]: field.value }));
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (performance.getEntriesByType("navigation")[0]?.type !== "back_forward") return;
    const before = sent();
    for (const form of document.forms) {
      const field = number(form);
      if (field && before[key(form)]) field.value = before[key(form)];
    }
  });
})();

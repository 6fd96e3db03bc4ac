"use strict";

// The import pages. Each works without this script; it names the file that was dropped, keeps a button from being
// pressed twice, and offers the whole of a closed list where the page shows the nearest terms only.

document.addEventListener("change", (event) => {
  const zone = event.target.closest("[data-drop]");
  if (zone && event.target.files.length) {
    zone.querySelector("[data-drop-words]").textContent = event.target.files[0].name;
  }
});

for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(name, (event) => {
    const zone = event.target.closest && event.target.closest("[data-drop]");
    if (zone) zone.toggleAttribute("data-over", over);
  });
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-once]")) return;
  if (event.target.dataset.sent) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = "yes";
  const pressed = event.submitter;
  setTimeout(() => pressed && (pressed.disabled = true)); // after the browser has read the form
});

// The page that the back button brings is as it was left: its buttons can be pressed again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button[disabled]")) button.disabled = false;
  }
});

// All terms of the closed list, added to a choice the first time somebody goes to it.
function offerAll(select) {
  if (!select || select.dataset.offered) return;
  select.dataset.offered = "yes";
  const held = document.getElementById("import-terms");
  const terms = (held && JSON.parse(held.textContent)[select.dataset.terms]) || [];
  const there = new Set([...select.options].map((option) => option.value));
  const group = document.createElement("optgroup");
  group.label = select.dataset.all || "…";
  for (const [code, name] of terms) {
    if (!there.has(code)) group.append(new Option(name, code));
  }
  if (group.children.length) select.append(group);
}

for (const name of ["focusin", "pointerdown"]) {
  document.addEventListener(name, (event) => offerAll(event.target.closest && event.target.closest("select[data-terms]")), true);
}

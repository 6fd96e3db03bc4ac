"use strict";
/* Likely doubles, asked for while somebody types a new record; a moment after the last key. The switch between person and
   structure takes along what is typed. */
document.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("doubles");
  if (!place) return;
  const typed = (name) => document.getElementById(`id_${name}`)?.value.trim() ?? "";
  const structure = () => {
    const chosen = document.getElementById("id_organisation")?.selectedOptions[0];
    return chosen && !chosen.value.startsWith("+") ? chosen.textContent.trim() : "";
  };
  let waiting = 0;
  let last = "";
  const ask = async () => {
    const asked = new URLSearchParams({ organisation: structure() });
    for (const name of ["kind", "name", "first_name", "email"]) asked.set(name, typed(name));
    if (asked.toString() === last) return;
    last = asked.toString();
    const answer = await fetch(`${place.dataset.url}?${last}`, { headers: { "X-Requested-With": "fetch" } });
    const text = answer.ok ? await answer.text() : "";
    if (asked.toString() === last) place.innerHTML = text;
  };
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 350);
  };
  for (const name of ["name", "first_name", "email"]) {
    document.getElementById(`id_${name}`)?.addEventListener("input", soon);
  }
  window.django?.jQuery?.("#id_organisation").on("change", soon);
  for (const link of document.querySelectorAll(".m-switch a")) {
    link.addEventListener("click", () => {
      const address = new URL(link.href);
      for (const name of ["name", "first_name", "email", "title"]) if (typed(name)) address.searchParams.set(name, typed(name));
      link.href = address;
    });
  }
});

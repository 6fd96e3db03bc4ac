"use strict";
/* A structure found by its name, or made on the spot: what is typed is the last choice of the list. */
document.addEventListener("DOMContentLoaded", () => {
  const $ = window.django?.jQuery;
  if (!$?.fn?.select2) return;
  for (const element of document.querySelectorAll("select.m-organisation")) {
    const { appLabel, modelName, fieldName, newLabel } = element.dataset;
    $(element).select2({
      tags: true,
      ajax: {
        data: (asked) => ({
          term: asked.term,
          page: asked.page,
          app_label: appLabel,
          model_name: modelName,
          field_name: fieldName,
        }),
      },
      createTag: ({ term }) => {
        const name = term.trim();
        return name.length < 2 ? null : { id: `+${name}`, text: newLabel.replace("%s", name), isNew: true };
      },
      insertTag: (found, made) => found.push(made),
    });
    const shown = element.nextElementSibling?.querySelector(".select2-selection");
    const label = document.querySelector(`label[for="${element.id}"]`);
    if (shown && label) shown.setAttribute("aria-label", label.textContent.trim());
  }
});

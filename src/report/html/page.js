
(() => {
  "use strict";
  const form = document.querySelector("form.filter");
  if (!form) return;
  const status = form.querySelector("[role=status]");
  const steps = [...document.querySelectorAll("article.step")];
  const texts = steps.map((step) => step.textContent.toLowerCase());

  const filter = () => {
    const asked = new FormData(form);
    const actions = asked.getAll("action");
    const vendor = asked.get("vendor");
    const words = asked.get("text").toLowerCase().split(/\s+/);
    let shown = 0;
    steps.forEach((step, at) => {
      const fits = actions.includes(step.dataset.action)
        && (vendor === "" || step.dataset.vendor === vendor)
        && (!asked.has("watched") || "watched" in step.dataset)
        && words.every((word) => texts[at].includes(word));
      step.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    status.textContent = `${shown} of ${steps.length} shown`;
  };

  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.reset();
  form.hidden = false;
})();

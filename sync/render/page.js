// Filters of the page. Without this script everything is shown.
"use strict";
(() => {
  const form = document.querySelector("#filters form");
  const steps = [...document.querySelectorAll(".item")];
  if (steps.length === 0) return; // nothing to filter: the form stays hidden
  const sections = [...document.querySelectorAll(".organization")];
  const output = form.querySelector("output");
  const picked = name => new Set([...form.querySelectorAll(`input[name=${name}]:checked`)].map(box => box.value));
  let waiting = 0;

  function filter() {
    const text = form.text.value.trim().toLowerCase();
    const organization = form.organization.value;
    const kinds = picked("kind"), risks = picked("risk");
    let shown = 0;
    for (const step of steps) {
      const d = step.dataset;
      const show = (!organization || d.organization.split(" ").includes(organization)) && kinds.has(d.kind) && risks.has(d.risk) &&
        (!text || d.text.toLowerCase().includes(text));
      if (step.hidden === show) step.hidden = !show;
      if (show) shown++;
    }
    for (const section of sections) {
      for (const group of section.querySelectorAll(".group")) group.hidden = !group.querySelector(".item:not([hidden])");
      section.hidden = !section.querySelector(".item:not([hidden])") && !(section.dataset.always && (!organization || section.dataset.organization === organization));
    }
    output.textContent = `Showing ${shown.toLocaleString("en")} of ${steps.length.toLocaleString("en")}`;
  }

  const soon = () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(filter); };
  form.addEventListener("input", soon);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", event => event.preventDefault());
  document.querySelector("#filters").hidden = false;
  filter();
})();

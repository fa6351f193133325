// Search and filters of the page. Without this script everything is shown, and the tiles, which are
// CSS, still filter.
"use strict";
(() => {
  const box = document.querySelector("#filters"), form = box.querySelector("form"), output = form.querySelector("output");
  const items = [...document.querySelectorAll(".item")];
  if (items.length === 0) return; // nothing to filter: the form stays hidden
  const keysOf = new Map(items.map(item => [item, item.dataset.organization.split(" ")]));
  const sections = [...document.querySelectorAll(".organization")], rows = [...document.querySelectorAll(".by-risk tbody tr")];
  let waiting = 0;

  function filter() {
    const text = form.text.value.trim().toLowerCase();
    const organization = form.organization.value;
    const kinds = new Set([...form.querySelectorAll("input[name=kind]:checked")].map(box => box.value));
    const only = document.querySelector("input[name=only]:checked")?.value ?? "all";
    const found = new Set();
    let shown = 0;
    for (const item of items) {
      const d = item.dataset, keys = keysOf.get(item);
      const show = (!organization || keys.includes(organization)) && kinds.has(d.kind) && (only === "all" || d.risk === only) &&
        (!text || d.text.toLowerCase().includes(text));
      if (item.hidden === show) item.hidden = !show;
      if (show) { shown++; for (const key of keys) found.add(key); }
    }
    for (const section of sections) {
      for (const group of section.querySelectorAll(".group")) group.hidden = !group.querySelector(".item:not([hidden])");
      section.hidden = !section.querySelector(".item:not([hidden])") && !(section.dataset.always && (!organization || section.dataset.organization === organization));
    }
    for (const row of rows) row.hidden = !found.has(row.dataset.organization) || organization && row.dataset.organization !== organization;
    output.textContent = `Showing ${shown.toLocaleString("en")} of ${items.length.toLocaleString("en")}`;
  }

  addEventListener("beforeprint", () => { for (const names of document.querySelectorAll(".names")) names.open = true; });
  const soon = () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(filter); };
  document.addEventListener("input", soon);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", event => event.preventDefault());
  const wide = matchMedia("(min-width: 46.01rem)"); // narrower, the filters are folded
  const fold = () => { box.open = wide.matches; };
  wide.addEventListener("change", fold);
  fold();
  box.hidden = false;
  filter();
})();

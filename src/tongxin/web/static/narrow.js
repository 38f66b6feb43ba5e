// A long list of choices narrows as one types. Without this file all of them are shown.
"use strict";

for (const field of document.querySelectorAll("input[data-narrows]")) {
  const around = field.closest("[data-narrowing]");
  const lines = [...document.getElementById(field.dataset.narrows).querySelectorAll("[data-words]")];
  const groups = new Set(lines.map((line) => line.closest("[data-group]")));
  const said = around.querySelector("[data-said]");
  const narrow = () => {
    const parts = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const line of lines) {
      const words = line.dataset.words.toLowerCase();
      // What is ticked stays in sight: nothing is sent that cannot be seen.
      line.hidden = !line.querySelector("input").checked && !parts.every((part) => words.includes(part));
    }
    for (const group of groups) group.hidden = !group.querySelector("[data-words]:not([hidden])");
    const shown = lines.filter((line) => !line.hidden).length;
    said.textContent = said.dataset.said.replace("{n}", shown).replace("{all}", lines.length);
  };
  field.addEventListener("input", narrow);
  around.hidden = false;
  narrow();
}

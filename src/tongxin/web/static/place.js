// A place by a few characters, pinyin or initials. Without this file the server asks which was meant.
"use strict";

const found_for = async (typed) => {
  const answer = await fetch(`/api/v1/divisions?most=8&q=${encodeURIComponent(typed)}`);
  return answer.ok ? answer.json() : [];
};

const line_of = (field, division, n) => {
  const line = document.createElement("li");
  const retired = division.last_seen;
  line.id = `${field.id}-place-${n}`;
  line.setAttribute("role", "option");
  line.setAttribute("aria-selected", "false");
  line.textContent = division.path || division.name;
  line.dataset.words = division.path || division.code;
  if (retired) line.textContent += ` ${division.code}（${field.dataset.retired} ${retired}）`;
  if (retired && division.successors) line.setAttribute("aria-disabled", "true");
  return line;
};

for (const field of document.querySelectorAll("input[data-place]")) {
  const list = document.createElement("ul");
  list.className = "places";
  list.id = `${field.id}-places`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.place);
  field.closest(".input-row").append(list);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
  })) field.setAttribute(name, value);
  // What is at risk near or lately is offered before anything is typed.
  const first = (field.dataset.first || "").split("|").filter(Boolean).map((each) => {
    const [words, said] = each.split("=");
    return { name: said, code: words };
  });
  let at = -1;
  let asked = 0;
  const lines = () => [...list.querySelectorAll("li:not([aria-disabled])")];
  const close = () => {
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (to) => {
    const all = lines();
    if (!all.length) return;
    at = (to + all.length) % all.length;
    all.forEach((line, n) => line.setAttribute("aria-selected", String(n === at)));
    all[at].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", all[at].id);
  };
  const take = (line) => {
    field.value = line.dataset.words;
    asked += 1;
    close();
    field.focus();
  };
  const look = async () => {
    const mine = (asked += 1);
    const typed = field.value.trim();
    const divisions = typed ? await found_for(typed) : first;
    if (mine !== asked) return; // somebody typed on
    list.replaceChildren(...divisions.map((division, n) => line_of(field, division, n)));
    close();
    if (!divisions.length) return;
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
  };
  field.addEventListener("input", look);
  field.addEventListener("focus", () => {
    if (!field.value && first.length) look();
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at < 0 ? -1 : at - 1);
    else if (event.key === "Enter" && at >= 0) take(lines()[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  // Before the field loses focus, so that a finger's tap takes the line it is on.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const line = event.target.closest("li:not([aria-disabled])");
    if (line) take(line);
  });
  field.addEventListener("blur", close);
}

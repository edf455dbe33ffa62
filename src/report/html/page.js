// Nothing here is needed to read the page: it adds the toggle of the theme, sorting, filtering and hover details.
// Text from the evidence is only ever put where text goes (textContent).
"use strict";

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// ---- theme
function setUpTheme() {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const button = element("button", { type: "button", id: "theme" });
  const show = () => { button.textContent = isDark() ? "Light" : "Dark"; };
  button.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; show(); });
  dark.addEventListener("change", show);
  show();
  document.querySelector(".tools").append(button);
}

// ---- tables
function valueOf(row, column) {
  const cell = row.cells[column];
  if (!cell) return "";
  return cell.dataset.v === undefined ? cell.textContent.trim().toLowerCase() : Number(cell.dataset.v);
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

function sortBy(table, column, header) {
  const direction = header.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows).map((row, place) => ({ row, place, value: valueOf(row, column) }));
  rows.sort((a, b) => direction * compare(a.value, b.value) || a.place - b.place);
  body.append(...rows.map((each) => each.row));
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
}

function makeSortable(table) {
  Array.from(table.tHead.rows[0].cells).forEach((header, column) => {
    const button = element("button", { type: "button", textContent: header.textContent });
    header.replaceChildren(button);
    button.addEventListener("click", () => sortBy(table, column, header));
  });
}

function makeFilterable(table) {
  const rows = Array.from(table.tBodies[0].rows);
  if (rows.length < 6) return;
  const count = element("span", {});
  count.setAttribute("aria-live", "polite");
  const input = element("input", { type: "search", placeholder: "words that must all occur" });
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = shown + " of " + rows.length + " rows";
  };
  input.addEventListener("input", show);
  const caption = table.caption ? table.caption.textContent : "the table";
  input.setAttribute("aria-label", "Filter: " + caption);
  const box = table.closest(".scroll") || table;
  box.before(element("div", { className: "filter" }, element("span", { textContent: "Filter" }), input, count));
  show();
}

// ---- hover details: the <title> of a shape, in a box of ours that appears at once
function setUpTips() {
  const tip = element("div", { className: "tip", hidden: true });
  tip.setAttribute("role", "tooltip");
  document.body.append(tip);
  const texts = new WeakMap();
  const hide = () => { tip.hidden = true; };
  document.addEventListener("pointerover", (event) => {
    const shape = event.target.closest("svg .tipped");
    if (!shape) { hide(); return; }
    const title = shape.querySelector("title");
    if (title) {
      texts.set(shape, title.textContent);
      shape.setAttribute("aria-label", title.textContent);
      title.remove();
    }
    tip.textContent = texts.get(shape) || "";
    tip.hidden = false;
  });
  document.addEventListener("pointermove", (event) => {
    if (tip.hidden) return;
    const x = Math.min(event.pageX + 14, window.scrollX + document.documentElement.clientWidth - tip.offsetWidth - 8);
    tip.style.left = Math.max(x, 4) + "px";
    tip.style.top = event.pageY + 18 + "px";
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
}

setUpTheme();
for (const table of document.querySelectorAll("table.sortable")) {
  makeSortable(table);
  makeFilterable(table);
}
setUpTips();

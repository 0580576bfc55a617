// The cells of a page: their names, figures and addresses. Nothing about networks is computed here; the data
// are written by workings.py:
//   computed: the names of the matrices that were computed; the others were given
//   cells: by address such as "Delta1[2,1]": [meaning, lines, operands, remarks, lines in full]; a remark is a
//     list of words, and of names in lists of their own
// A line is a list of text, of operands by number (their names), ~number (their figures as on the page), or
// [number, figure]. Texts of files are only ever shown as text.

const data = JSON.parse(document.getElementById("data").textContent);
const page = document.body;
const panel = document.getElementById("working");
const cells = new Map(); // address -> {element, figure, indices, address}
const users = new Map(); // address -> the addresses of the cells that use it

const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const make = (name, content = "", attributes = {}) => {
  const made = document.createElement(name);
  made.append(...(Array.isArray(content) ? content : [content]));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};
const matrixOf = (address) => address.replace(/\[[^\]]*\]$/, "");
const indicesOf = (address) => (address.match(/\d+(?=[\d,]*\]$)/g) || []).map(Number);

// ------------------------------------------------------------------ names and figures

const nameOf = (key) => document.getElementById(key)?.dataset.name ?? key;
const withIndices = (address) => nameOf(matrixOf(address)) + address.slice(matrixOf(address).length);

// A name with the number of its layer below the line: W1'[2,1].
function lowered(name) {
  const [, before, layer, after] = name.match(/^([^\d[]*)(\d*)(.*)$/u);
  return layer ? [before, make("sub", layer), after] : [before + after];
}

const label = (address) => lowered(withIndices(address));

const figureOf = (address) => cells.get(address)?.element.textContent.trim() ?? "";
const isCovered = (cell) => cell.element.classList.contains("covered");

function spoken(cell) {
  const words = ["row", "column"];
  const places = cell.indices.map((index, i) => (cell.indices.length === 1 ? `entry ${index}` : `${words[i]} ${index}`));
  const figure = cell.element.textContent.trim().replace(/^\u2212/, "minus ");
  return [nameOf(matrixOf(cell.address)), ...places, isCovered(cell) ? "covered" : figure].join(", ");
}

// ------------------------------------------------------------------ the cells of the page

// Where a row or a column is not the number that its place says, its label has that number.
const numbers = (labels) => labels.map((each, i) => Number(each.dataset.n) || i + 1);

function register(element, figure, indices) {
  const address = indices.length ? `${figure.id}[${indices}]` : figure.id;
  const cell = { element, figure, indices, address };
  cells.set(address, cell);
  element.classList.add("ask");
  element.dataset.address = address;
  if (indices.length) element.id = address; // links lead to it; a number has its figure's
  return cell;
}

for (const figure of all(".matrix[id]")) {
  const table = figure.querySelector("table");
  if (!table) {
    const cell = register(figure.querySelector(".cell"), figure, []);
    cell.element.setAttribute("role", "button");
    cell.element.tabIndex = 0;
    continue;
  }
  table.setAttribute("role", "grid");
  table.setAttribute("aria-label", figure.dataset.name);
  const scroll = table.parentElement; // its cells take the focus from here on
  scroll.removeAttribute("tabindex");
  const columns = numbers(all("thead th", table));
  const rows = all("tbody tr", table);
  const rowNumbers = rows.map((row, i) => Number(row.cells[0].dataset.n) || i + 1);
  rows.forEach((row, i) => {
    [...row.cells].slice(1).forEach((element, j) => {
      element.setAttribute("role", "gridcell");
      if (element.textContent === "\u2026") return;
      const place = [rowNumbers[i], columns[j]];
      const cell = register(element, figure, table.dataset.indices === "1" ? [place[1]] : place);
      element.tabIndex = cell.address.endsWith("[1,1]") || cell.address.endsWith("[1]") ? 0 : -1;
    });
  });
}
for (const [address, [, , operands]] of Object.entries(data.cells)) {
  for (const operand of operands) {
    if (!users.has(operand)) users.set(operand, []);
    users.get(operand).push(address);
  }
}
for (const cell of cells.values()) cell.element.setAttribute("aria-label", spoken(cell));

// What one can do with a page: choose a cell, cover figures, go through the steps, by mouse, touch and keyboard.
// It keeps address, picture and working in step.

const HINT = "Choose a figure to see where it comes from.";
const KEYS = " Arrow keys move within a matrix, Enter goes to the working, Escape back.";
let chosen = null;
let practice = false; // whether figures are covered until one asks for them

// ------------------------------------------------------------------ choosing a cell

const MARKS = ["chosen", ...COLOURS];

function choose(address, { remember = true, replace = false, scroll = false } = {}) {
  chosen = address === null ? null : cells.get(address) ?? null;
  for (const each of all(".chosen, .a, .b, .c")) each.classList.remove(...MARKS);
  page.classList.toggle("asked", chosen !== null);
  let shown = { operands: [], colours: new Map() };
  if (chosen === null) {
    panel.replaceChildren(make("p", HINT + (matchMedia("(hover: hover)").matches ? KEYS : "")));
  } else {
    reveal(chosen);
    shown = show(chosen);
    for (const operand of shown.operands) {
      cells.get(operand).element.classList.add(shown.colours.get(matrixOf(operand)));
    }
    chosen.element.classList.add("chosen");
    say(chosen);
    if (scroll) chosen.element.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  for (const each of all(".scroll", panel)) if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
  pictures.forEach((each) => each.mark(chosen, shown));
  if (remember) remembered(chosen ? chosen.address : "", replace);
}

// Show the part of the page that a cell is in, and the cell itself if it is covered.
function reveal(cell) {
  const step = cell.figure.closest("[data-step]");
  if (step) goToStep(Number(step.dataset.step));
  const folded = cell.figure.closest("details");
  if (folded) folded.open = true;
  uncover(cell);
  for (const other of all(".ask[tabindex='0']", cell.figure)) other.tabIndex = -1;
  cell.element.tabIndex = 0;
}

function say(cell) {
  const working = data.cells[cell.address];
  const numbers = working && working[1].length > 1 ? working[1][working[1].length - 2] : null;
  const words = numbers ? `${make("span", line(numbers, working[2], new Map())).textContent} = ${figureOf(cell.address)}` : "";
  const said = [working?.[0], words].filter(Boolean).join(": ");
  document.getElementById("said").textContent = said.replaceAll("\u2212", "minus ");
}

function remembered(address, replace) {
  if (decodeURIComponent(location.hash.slice(1)) === address) return;
  try {
    history[replace ? "replaceState" : "pushState"](null, "", `#${address}`);
  } catch {
    // In the frame of a notebook there is no address to remember.
  }
}

function fromAddress() {
  let address = location.hash.slice(1);
  try { address = decodeURIComponent(address); } catch { /* not ours */ }
  if (cells.has(address)) choose(address, { remember: false, scroll: true });
  else choose(null, { remember: false });
}

// ------------------------------------------------------------------ practice: covered figures

function cover(cell) {
  if (!data.computed.includes(cell.figure.id)) return;
  if (!isCovered(cell)) cell.element.replaceChildren(make("span", [...cell.element.childNodes])); // out of sight
  cell.element.classList.add("covered");
  cell.element.setAttribute("aria-label", spoken(cell));
}

function uncover(cell) {
  if (!isCovered(cell)) return;
  cell.element.classList.remove("covered");
  cell.element.replaceChildren(...cell.element.firstChild.childNodes);
  cell.element.setAttribute("aria-label", spoken(cell));
}

document.getElementById("hide").onchange = (event) => {
  practice = event.target.checked;
  cells.forEach(practice ? cover : uncover);
  choose(null);
};

// ------------------------------------------------------------------ several steps

const slider = document.getElementById("step");

function goToStep(step) {
  if (!slider) return;
  slider.value = String(step);
  for (const each of all("[data-step]")) {
    if (each.matches("circle")) each.classList.toggle("current", Number(each.dataset.step) === step);
    else each.hidden = Number(each.dataset.step) !== step;
  }
  const heading = document.querySelector(`section[data-step="${step}"] h2`);
  document.getElementById("step-name").textContent = heading?.textContent ?? "";
  slider.setAttribute("aria-valuetext", heading?.textContent ?? String(step));
}

if (slider) slider.oninput = () => goToStep(Number(slider.value));

// ------------------------------------------------------------------ mouse, touch and keyboard

document.addEventListener("click", (event) => {
  const asked = event.target.closest(".ask");
  const followed = event.target.closest("a[href^='#']");
  if (followed) {
    event.preventDefault();
    const address = decodeURIComponent(followed.getAttribute("href").slice(1));
    choose(address, { scroll: true });
    cells.get(address)?.element.focus({ preventScroll: true });
  } else if (asked) {
    choose(asked.dataset.address, { scroll: true });
  }
});

// The cell next to one, in a direction of a table; what is left out of a matrix is jumped over.
function next(element, down, right) {
  let row = element.parentElement;
  let column = element.cellIndex;
  for (;;) {
    column += right;
    for (let i = 0; i < Math.abs(down) && row; i += 1) row = down > 0 ? row.nextElementSibling : row.previousElementSibling;
    const found = row?.cells[column];
    if (!found || column < 1) return null;
    if (found.dataset.address) return found;
  }
}

function keyTarget(element, key) {
  switch (key) {
    case "ArrowUp": return next(element, -1, 0);
    case "ArrowDown": return next(element, 1, 0);
    case "ArrowLeft": return next(element, 0, -1);
    case "ArrowRight": return next(element, 0, 1);
    case "Home": return element.parentElement.cells[1];
    case "End": return [...element.parentElement.cells].at(-1);
    default: return null;
  }
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const element = event.target.closest?.(".ask");
  if (event.key === "Escape" && chosen) {
    const before = chosen;
    if (!panel.contains(document.activeElement)) choose(null);
    before.element.focus();
  } else if (element && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    if (chosen?.element === element) (panel.querySelector("a") ?? panel.querySelector("button")).focus();
    else choose(element.dataset.address, { scroll: true });
  } else if (element?.matches("td")) {
    const target = keyTarget(element, event.key);
    if (event.key.startsWith("Arrow") || target) event.preventDefault();
    if (!target) return;
    element.tabIndex = -1;
    target.tabIndex = 0;
    target.focus();
    if (!practice) choose(target.dataset.address, { replace: true });
  }
});

addEventListener("popstate", fromAddress);

// ------------------------------------------------------------------ begin

for (const each of [panel, ...all(".tools")]) each.hidden = false;
goToStep(1);
if (location.hash) fromAddress();
else if (cells.has(data.start)) choose(data.start, { remember: false });
else choose(null, { remember: false });

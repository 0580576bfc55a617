
// The script of a page. It computes nothing about networks: it shows the working of the cell that is asked,
// marks the operands, and keeps address, picture and keyboard in step. The data are written by workings.py:
//   computed: the names of the matrices that were computed; the others were given
//   cells: by address such as "Delta1[2,1]": [meaning, lines, operands, remarks, lines in full]; a remark is a
//     list of words, and of names in lists of their own
// A line is a list of text, of operands by number (their names), ~number (their figures as on the page), or
// [number, figure]. Texts of files are only ever shown as text.
"use strict";
{
  const data = JSON.parse(document.getElementById("data").textContent);
  const page = document.body;
  const panel = document.getElementById("working");
  const cells = new Map(); // address -> {element, figure, indices, address}
  const users = new Map(); // address -> the addresses of the cells that use it
  const COLOURS = ["a", "b", "c"];
  const MANY = 12; // links in a row
  const HINT = "Choose a figure to see where it comes from. The arrow keys move within a matrix.";
  const LEFT_OUT = "This figure is not explained here, to keep the page small: mlpcalc explain explains it.";
  let chosen = null;
  let practice = false; // whether figures are covered until one asks for them

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

  // ------------------------------------------------------------------ the working

  function link(address, colour, text) {
    return make("a", text ?? label(address), { href: `#${address}`, ...(colour && { class: colour }) });
  }

  function line(pieces, operands, colours) {
    return pieces.map((piece) => {
      if (typeof piece === "string") return piece;
      const [number, figure] = Array.isArray(piece) ? piece : [piece < 0 ? ~piece : piece, null];
      const address = operands[number];
      const text = figure ?? (piece < 0 ? figureOf(address) : null);
      return cells.has(address)
        ? link(address, colours.get(matrixOf(address)), text ?? undefined)
        : make("span", text ?? label(address), { class: colours.get(matrixOf(address)) });
    });
  }

  // As many links as fit, and a button for the others.
  function chips(words, addresses, colours) {
    const paragraph = make("p", `${words} `, { class: "chips" });
    const add = (some) => some.forEach((each) => paragraph.append(link(each, colours?.get(matrixOf(each))), " "));
    add(addresses.slice(0, MANY));
    if (addresses.length > MANY) {
      const more = make("button", `and ${addresses.length - MANY} more`, { type: "button" });
      more.onclick = () => { more.remove(); add(addresses.slice(MANY)); };
      paragraph.append(more);
    }
    return paragraph;
  }

  function lines(cell, working, colours) {
    const [, short, operands, , full] = working;
    const grid = make("div", "", { class: "lines" });
    const formula = cell.figure.querySelector("math").cloneNode(true);
    const fill = (some) => {
      const result = short[short.length - 1];
      grid.replaceChildren(make("span"), make("span", [formula], { class: "scroll" }));
      for (const each of [...some, result]) {
        const style = each === result ? { class: "result" } : {};
        grid.append(make("span", "="), make("span", line(each, operands, colours), style));
      }
    };
    fill(short.slice(0, -1));
    if (!full) return [grid];
    const button = make("button", "show all terms", { type: "button", "aria-expanded": "false" });
    button.onclick = () => {
      const open = button.getAttribute("aria-expanded") === "true";
      fill(open ? short.slice(0, -1) : full);
      button.setAttribute("aria-expanded", String(!open));
      button.textContent = open ? "show all terms" : "show fewer terms";
    };
    return [grid, make("p", [button])];
  }

  function show(cell) {
    const working = data.cells[cell.address];
    const operands = working ? working[2].filter((each) => cells.has(each)) : [];
    const names = [...new Set(working ? working[2].map(matrixOf) : [])];
    const colours = new Map(names.map((name, i) => [name, COLOURS[i % COLOURS.length]]));
    const close = make("button", "\u00d7", { type: "button", "aria-label": "close" });
    close.onclick = () => { choose(null); cell.element.focus(); };
    const meaning = make("small", working ? working[0] : "");
    panel.replaceChildren(make("h2", [make("span", label(cell.address)), meaning, close]));
    if (working) {
      panel.append(...lines(cell, working, colours));
      const defined = cell.figure.querySelector("template");
      if (defined) panel.append(make("div", [defined.content.cloneNode(true)], { class: "defined" }));
      for (const remark of working[3]) {
        const words = remark.flatMap((each) => (typeof each === "string" ? each : lowered(each[0])));
        panel.append(make("p", words, { class: "remark" }));
      }
      if (operands.length) panel.append(chips("from", operands, colours));
    } else {
      panel.append(make("p", data.computed.includes(cell.figure.id) ? LEFT_OUT : `Given: ${figureOf(cell.address)}`));
    }
    const used = (users.get(cell.address) || []).filter((each) => cells.has(each));
    if (used.length) panel.append(chips("used in", used));
    return { operands, colours };
  }

  // ------------------------------------------------------------------ choosing a cell

  const MARKS = ["chosen", ...COLOURS];

  function choose(address, { remember = true, replace = false, scroll = false } = {}) {
    chosen = address === null ? null : cells.get(address) ?? null;
    for (const each of all(".chosen, .a, .b, .c")) each.classList.remove(...MARKS);
    page.classList.toggle("asked", chosen !== null);
    let shown = { operands: [], colours: new Map() };
    if (chosen === null) {
      panel.replaceChildren(make("p", HINT));
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
    for (const other of all("[tabindex='0']", cell.figure)) other.tabIndex = -1;
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
    cell.element.classList.add("covered");
    cell.element.setAttribute("aria-label", spoken(cell));
  }

  function uncover(cell) {
    if (!isCovered(cell)) return;
    cell.element.classList.remove("covered");
    cell.element.setAttribute("aria-label", spoken(cell));
  }

  document.getElementById("hide").onchange = (event) => {
    practice = event.target.checked;
    cells.forEach(practice ? cover : uncover);
    choose(null);
  };

  // ------------------------------------------------------------------ the pictures of the network

  // One picture, of one step. Its buttons choose the sample, and whether the units show what they pass on or
  // the error signals that come back to them.
  function picture(figure) {
    const drawing = figure.querySelector("svg");
    const units = all(".unit", drawing);
    const samples = figure.dataset.samples.split(" ");
    const inRows = "samplesInRows" in drawing.dataset;
    let sample = 1;
    let errors = false;

    const addressOf = (key, unit) => `${key}[${inRows ? [sample, unit] : [unit, sample]}]`;
    const keyOf = (unit) => (errors ? unit.dataset.errors : unit.dataset.values);
    const sampleOf = (cell) => cell.indices[inRows ? 0 : 1];
    const keys = new Set(units.flatMap((unit) => unit.dataset.keys.split(" ")));

    function unitsOf(address) {
      const [key, indices] = [matrixOf(address), indicesOf(address)];
      if (indices.length !== 2 || indices[inRows ? 0 : 1] !== sample) return [];
      const number = indices[inRows ? 1 : 0];
      return units.filter((unit) => unit.dataset.keys.split(" ").includes(key) && Number(unit.dataset.unit) === number);
    }

    function draw() {
      drawing.classList.toggle("errors", errors);
      for (const unit of units) {
        const cell = cells.get(addressOf(keyOf(unit), unit.dataset.unit));
        const figureText = !cell ? "" : isCovered(cell) ? "?" : cell.element.textContent.trim();
        const text = unit.querySelector("text");
        text.textContent = figureText;
        text.setAttribute("font-size", Math.min(11, 74 / Math.max(figureText.length, 1)).toFixed(1));
        unit.classList.toggle("off", figureText !== "" && Number(figureText.replace("\u2212", "-")) === 0);
      }
      for (const each of buttons.samples) each.setAttribute("aria-pressed", String(Number(each.value) === sample));
      if (buttons.select) buttons.select.value = String(sample);
      buttons.values?.setAttribute("aria-pressed", String(!errors));
      buttons.errors?.setAttribute("aria-pressed", String(errors));
      if (samples.length === 1) return;
      for (const cell of cells.values()) {
        if (keys.has(cell.figure.id)) cell.element.classList.toggle("sample", sampleOf(cell) === sample);
      }
    }

    function mark(cell, { operands, colours }) {
      if (cell && keys.has(cell.figure.id) && cell.indices.length === 2) sample = sampleOf(cell);
      draw();
      if (!cell) return;
      for (const [address, style] of [...operands.map((each) => [each, colours.get(matrixOf(each))]), [cell.address, "chosen"]]) {
        const edge = drawing.querySelector(`[data-cell="${CSS.escape(address)}"]`);
        for (const each of [...unitsOf(address), ...(edge ? [edge] : [])]) each.classList.add(style);
      }
    }

    function button(text, value, pressed, action) {
      const made = make("button", text, { type: "button", value, "aria-pressed": String(pressed) });
      made.onclick = () => { action(); draw(); };
      return made;
    }

    const buttons = { samples: [] };
    const tools = [make("span", "sample")];
    if (samples.length <= 6) {
      buttons.samples = samples.map((text, i) => button(text, i + 1, i === 0, () => { sample = i + 1; }));
      tools.push(...buttons.samples);
    } else {
      const options = samples.map((text, i) => make("option", text, { value: i + 1 }));
      buttons.select = make("select", options, { "aria-label": "sample" });
      buttons.select.onchange = () => { sample = Number(buttons.select.value); draw(); };
      tools.push(buttons.select);
    }
    if (units.some((unit) => unit.dataset.errors)) {
      buttons.values = button("values \u2192", "values", true, () => { errors = false; });
      buttons.errors = button("\u2190 errors", "errors", false, () => { errors = true; });
      tools.push(make("span", "", { class: "push" }), buttons.values, buttons.errors);
    }
    figure.querySelector("figcaption").replaceChildren(...tools);
    for (const unit of units) {
      unit.onclick = () => {
        const address = addressOf(keyOf(unit), unit.dataset.unit);
        if (cells.has(address)) choose(address, { scroll: true });
      };
    }
    return { mark };
  }

  const pictures = all(".network").map(picture);

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
      choose(null);
      before.element.focus();
    } else if (element && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      choose(element.dataset.address, { scroll: true });
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
}

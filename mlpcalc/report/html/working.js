// The working of a cell: its lines with linked operands, remarks, and where it comes from and goes.

const COLOURS = ["a", "b", "c"];
const MANY = 12; // links in a row, and a few more rather than a button
const NARROW = 34; // characters that fit on a line in every window
const LEFT_OUT = "This figure is not explained here, to keep the page small: mlpcalc explain explains it.";

function link(address, colour, text) {
  return make("a", text ?? label(address), { href: `#${address}`, ...(colour && { class: colour }) });
}

// Pieces of a line that is broken before its signs, and between factors only if they are too long for one line.
function brokenAtSigns(pieces) {
  const terms = pieces.map((each) => each.textContent ?? each).join("").split(/ [+\u2212] /);
  const short = terms.every((term) => term.length <= NARROW);
  const broken = (text) => (short ? text.replaceAll(" \u00b7 ", "\u00a0\u00b7\u00a0") : text).replace(/ ([+\u2212/]) /g, " $1\u00a0");
  return pieces.map((each) => (typeof each === "string" ? broken(each) : each));
}

function line(pieces, operands, colours) {
  return brokenAtSigns(pieces.map((piece) => {
    if (typeof piece === "string") return piece;
    const [number, figure] = Array.isArray(piece) ? piece : [piece < 0 ? ~piece : piece, null];
    const address = operands[number];
    const text = figure ?? (piece < 0 ? figureOf(address) : null);
    return cells.has(address)
      ? link(address, colours.get(matrixOf(address)), text ?? undefined)
      : make("span", text ?? label(address), { class: colours.get(matrixOf(address)) });
  }));
}

// As many links as fit, and a button for the others.
function chips(words, addresses, colours) {
  const paragraph = make("p", `${words} `, { class: "chips" });
  const add = (some) => some.forEach((each) => paragraph.append(link(each, colours?.get(matrixOf(each))), " "));
  const first = addresses.length > MANY + 4 ? MANY : addresses.length;
  add(addresses.slice(0, first));
  if (addresses.length > first) {
    const more = make("button", `and ${addresses.length - first} more`, { type: "button" });
    more.onclick = () => { more.remove(); add(addresses.slice(first)); };
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

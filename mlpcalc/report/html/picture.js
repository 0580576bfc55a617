// The pictures of the network: the values of a sample in the units, or its error signals.

// One picture, of one step. Its buttons choose the sample, and whether the units show what they pass on or
// the error signals that come back to them.
function picture(figure) {
  const drawing = figure.querySelector("svg");
  const scroll = drawing.parentElement;
  const units = all(".unit", drawing);
  const samples = figure.dataset.samples.split(" ");
  const inRows = "samplesInRows" in drawing.dataset;
  let sample = 1;
  let errors = false;
  let styles = []; // of the cells that are marked: [address, class]

  const addressOf = (key, unit) => `${key}[${inRows ? [sample, unit] : [unit, sample]}]`;
  const forward = new Set(units.flatMap((unit) => unit.dataset.keys.split(" ")));
  const backward = new Set(units.flatMap((unit) => unit.dataset.errorKeys?.split(" ") ?? []));
  const keysOf = (unit) => `${unit.dataset.keys} ${unit.dataset.errorKeys ?? ""}`.split(" ");
  const ofUnits = (cell) => forward.has(cell.figure.id) || backward.has(cell.figure.id);
  const keyOf = (unit) => (errors ? unit.dataset.errors : unit.dataset.values);
  const sampleOf = (cell) => cell.indices[inRows ? 0 : 1];

  function unitsOf(address) {
    const [key, indices] = [matrixOf(address), indicesOf(address)];
    if (indices.length !== 2 || indices[inRows ? 0 : 1] !== sample) return [];
    const number = indices[inRows ? 1 : 0];
    return units.filter((unit) => keysOf(unit).includes(key) && Number(unit.dataset.unit) === number);
  }

  function draw() {
    drawing.classList.toggle("errors", errors);
    for (const unit of units) {
      const cell = cells.get(addressOf(keyOf(unit), unit.dataset.unit));
      const figureText = !cell ? "" : isCovered(cell) ? "?" : cell.element.textContent.trim();
      const text = unit.querySelector("text");
      text.textContent = figureText;
      text.setAttribute("font-size", Math.min(drawing.dataset.font, drawing.dataset.figure / Math.max(figureText.length, 1)).toFixed(1));
      unit.classList.toggle("empty", figureText === "");
      unit.classList.toggle("off", figureText !== "" && Number(figureText.replace("\u2212", "-")) === 0);
    }
    for (const each of buttons.samples) each.setAttribute("aria-pressed", String(Number(each.value) === sample));
    if (buttons.select) buttons.select.value = String(sample);
    buttons.values?.setAttribute("aria-pressed", String(!errors));
    buttons.errors?.setAttribute("aria-pressed", String(errors));
    for (const each of all(".unit, .edge", drawing)) each.classList.remove(...COLOURS, "chosen");
    for (const [address, style] of styles) {
      const edge = drawing.querySelector(`[data-cell="${CSS.escape(address)}"]`);
      for (const each of [...unitsOf(address), ...(edge ? [edge] : [])]) each.classList.add(style);
    }
    if (samples.length === 1) return;
    for (const cell of cells.values()) {
      if (ofUnits(cell)) cell.element.classList.toggle("sample", sampleOf(cell) === sample);
    }
  }

  function mark(cell, { operands, colours }) {
    if (cell && ofUnits(cell)) {
      if (cell.indices.length === 2) sample = sampleOf(cell);
      errors = backward.has(cell.figure.id);
    }
    styles = operands.map((each) => [each, colours.get(matrixOf(each))]);
    if (cell) styles.push([cell.address, "chosen"]);
    draw();
    const found = drawing.querySelector(".unit.chosen");
    if (found) scroll.scrollLeft = found.getBBox().x - scroll.clientWidth / 2;
  }

  function button(text, value, pressed, action) {
    const made = make("button", text, { type: "button", value, "aria-pressed": String(pressed) });
    made.onclick = () => { action(); draw(); };
    return made;
  }

  const buttons = { samples: [] };
  const tools = [make("span", "sample")];
  if (samples.length === 1) {
    tools.push(make("span", samples));
  } else if (samples.length <= 6) {
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

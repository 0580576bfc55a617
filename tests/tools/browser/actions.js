// What one can do with a page, by mouse, touch and keyboard. Each function throws where something is wrong.
"use strict";
const assert = require("assert/strict");

const cell = (page, address) => page.locator(`[data-address="${address}"]`);
const panel = (page) => page.locator("#working");
const hash = (page) => decodeURIComponent(new URL(page.url()).hash);
const figure = async (locator) => (await locator.textContent()).trim();
const classes = async (locator) => ((await locator.getAttribute("class")) || "").split(/\s+/);

async function at(context, opened, name, address = "") {
  return opened(context, name, address && `#${address}`);
}

const SOLVED = "exercise2-0-solve";

// The working that is shown is that of the cell, and its operands are marked where they stand.
async function asked(page, address) {
  assert.equal(hash(page), `#${address}`);
  assert.ok((await classes(cell(page, address))).includes("chosen"));
  assert.equal(await figure(panel(page).locator(".result")), await figure(cell(page, address)));
  const links = await panel(page).locator(".chips").first().locator("a").all();
  assert.ok(links.length > 0);
  for (const link of links) {
    const operand = decodeURIComponent(await link.getAttribute("href")).slice(1);
    const [colour] = await classes(link);
    assert.ok(["a", "b", "c"].includes(colour));
    assert.ok((await classes(cell(page, operand))).includes(colour), `${operand} is not marked`);
  }
}

module.exports = {
  async "click on a cell of every stage"({ browser, opened, WIDE }) {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await at(context, opened, SOLVED);
    assert.match(await panel(page).textContent(), /^Choose a figure/);
    for (const address of ["S1[2,3]", "Z1[1,3]", "S2[1,2]", "Z2[1,4]", "loss", "Delta2[1,1]", "Delta1[2,1]", "dW2[1,3]",
      "dW1[3,1]", "W2_new[1,1]", "W1_new[3,2]", "S1_new[1,1]", "Z1_new[2,2]", "S2_new[1,1]", "loss_new"]) {
      await cell(page, address).click();
      await asked(page, address);
    }
    await cell(page, "W1[2,1]").click();
    assert.match(await panel(page).textContent(), /Given: 0\.7/);
    assert.match(await panel(page).textContent(), /used in S1\[2,1\]/);
    await context.close();
  },

  async "read the working of a cell"({ browser, opened, WIDE }) {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await at(context, opened, SOLVED, "Delta1[2,1]");
    await asked(page, "Delta1[2,1]");
    const spans = await panel(page).locator(".lines > :nth-child(even)").allTextContents();
    assert.deepEqual(spans.slice(1), [
      "W2[1,2] · Δ2[1,1] · relu'(S1[2,1])", "0.03 · (−0.2254) · relu'(0.8690)", "0.03 · (−0.2254) · 1", "−0.0068",
    ].map((each) => each.replaceAll(" · ", "\u00a0·\u00a0")));
    assert.match(await panel(page).textContent(), /unit 2, sample 1/);
    assert.match(await panel(page).textContent(), /S1\[2,1\] > 0: the unit passes the error on\./);
    assert.equal(await panel(page).locator(".chips a").count(), 5); // three operands, two uses
    await context.close();
  },

  async "follow the operands back to a given, and return"({ browser, opened, WIDE }) {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await at(context, opened, SOLVED, "W1_new[3,1]");
    for (const address of ["dW1[3,1]", "Delta1[3,1]", "Delta2[1,1]", "Z2[1,1]", "S2[1,1]", "Z1[1,1]", "S1[1,1]", "X[1,1]"]) {
      await panel(page).locator(`.lines a[href="#${address}"]`).first().click();
      assert.equal(hash(page), `#${address}`);
      assert.equal(await page.evaluate(() => document.activeElement.dataset.address), address);
    }
    assert.match(await panel(page).textContent(), /Given: 0\.75/);
    await page.goBack();
    await asked(page, "S1[1,1]");
    await page.goBack();
    await asked(page, "Z1[1,1]");
    await page.goForward();
    await asked(page, "S1[1,1]");
    await context.close();
  },

  async "move by keyboard"({ browser, opened, WIDE }) {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await at(context, opened, SOLVED, "Delta1[1,1]");
    await cell(page, "Delta1[1,1]").focus();
    const keys = [["ArrowDown", "Delta1[2,1]"], ["ArrowRight", "Delta1[2,2]"], ["End", "Delta1[2,4]"],
      ["ArrowRight", "Delta1[2,4]"], ["ArrowUp", "Delta1[1,4]"], ["Home", "Delta1[1,1]"], ["ArrowLeft", "Delta1[1,1]"]];
    for (const [key, address] of keys) {
      await page.keyboard.press(key);
      assert.equal(await page.evaluate(() => document.activeElement.dataset.address), address, key);
      await asked(page, address);
    }
    assert.equal(await cell(page, "Delta1[2,1]").getAttribute("aria-label"), "Δ1, row 2, column 1, −0.0068".replace("−", "minus "));
    assert.equal(await cell(page, "loss").getAttribute("aria-label"), "L, 0.4916");
    const stops = await page.locator("#Delta1 [tabindex='0']").count();
    assert.equal(stops, 1, "a matrix is one stop of the tabulator");
    await page.keyboard.press("Tab"); // to the next matrix, dW2
    const next = await page.evaluate(() => document.activeElement.dataset.address);
    assert.equal(next, "dW2[1,1]");
    await page.keyboard.press("Enter");
    await asked(page, "dW2[1,1]");
    await page.keyboard.press("Enter"); // to the working
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), "#Delta2[1,1]");
    await page.keyboard.press("Escape"); // and back
    await asked(page, "dW2[1,1]");
    assert.equal(await page.evaluate(() => document.activeElement.dataset.address), "dW2[1,1]");
    await page.keyboard.press("Escape");
    assert.match(await panel(page).textContent(), /^Choose a figure/);
    assert.equal(await page.locator(".chosen").count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.address), "dW2[1,1]");
    await context.close();
  },

  async "cover the figures and uncover one"({ browser, opened, WIDE }) {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await at(context, opened, SOLVED);
    await page.getByLabel("hide figures").check();
    const covered = () => page.locator(".covered").count();
    const all = await covered();
    assert.equal(all, await page.locator(".ask").count() - await page.locator("#X .ask, #T .ask, #W1 .ask, #W2 .ask").count());
    assert.equal(await cell(page, "S1[1,1]").getAttribute("aria-label"), "S1, row 1, column 1, covered");
    assert.equal(await page.locator(".unit text").nth(2).textContent(), "?");
    assert.equal(await cell(page, "S1[1,1]").innerText(), ""); // there is nothing to be read, or copied
    await cell(page, "S1[1,1]").focus();
    await page.keyboard.press("ArrowRight"); // moves, and uncovers nothing
    assert.equal(await covered(), all);
    await page.keyboard.press("Enter");
    assert.equal(await covered(), all - 1);
    assert.equal(await cell(page, "S1[1,2]").getAttribute("aria-label"), "S1, row 1, column 2, 0.1205");
    await cell(page, "loss").click();
    assert.equal(await covered(), all - 2);
    await page.getByLabel("hide figures").uncheck();
    assert.equal(await covered(), 0);
    await context.close();
  },

  async "choose samples and errors in the picture"({ browser, opened, WIDE }) {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await at(context, opened, SOLVED);
    const units = () => page.locator(".unit text").allTextContents();
    assert.deepEqual(await units(), ["0.75", "0.8", "0.4580", "0.8690", "0.7040", "0.0986"]);
    await page.getByRole("button", { name: "#3" }).click();
    assert.deepEqual(await units(), ["−0.75", "0.8", "0.0000", "0.0000", "0.7040", "0.0634"]);
    assert.equal(await page.locator(".unit.off").count(), 2);
    assert.ok((await classes(cell(page, "S1[1,3]"))).includes("sample"), "the column of the sample is tinted");
    await page.getByRole("button", { name: "errors" }).click();
    assert.deepEqual(await units(), ["", "", "0.0000", "0.0000", "0.0239", "0.2658"]);
    await cell(page, "Z1[2,1]").click(); // a value of another sample
    assert.deepEqual((await units()).slice(2), ["0.4580", "0.8690", "0.7040", "0.0986"]);
    await cell(page, "Delta1[2,1]").click(); // shows the errors
    assert.deepEqual((await units()).slice(2), ["−0.0045", "−0.0068", "−0.0203", "−0.2254"]);
    const marked = page.locator(".edge.a, .edge.b, .edge.c");
    assert.equal(await marked.count(), 1);
    assert.equal(await marked.getAttribute("data-cell"), "W2[1,2]");
    assert.equal(await page.locator(".unit.chosen").count(), 1);
    assert.equal(await page.locator(".unit.b").count(), 1); // Δ2
    await page.getByRole("button", { name: "#2" }).click(); // nothing of it is marked, but the weight
    assert.equal(await page.locator(".unit.chosen, .unit.b").count(), 0);
    assert.equal(await marked.count(), 1);
    await page.getByRole("button", { name: "#1" }).click();
    assert.equal(await page.locator(".unit.chosen").count(), 1);
    await page.locator(".unit").nth(5).click();
    await asked(page, "Delta2[1,1]");
    await context.close();
  },

  async "go through the steps"({ browser, opened, WIDE }) {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await at(context, opened, "steps");
    const shown = async () => {
      const visible = [];
      for (const each of await page.locator("section[data-step]").all()) {
        if (await each.isVisible()) visible.push(await each.getAttribute("data-step"));
      }
      return visible;
    };
    assert.deepEqual(await shown(), ["1"]);
    await page.locator("#step").focus();
    await page.keyboard.press("ArrowRight");
    assert.deepEqual(await shown(), ["2"]);
    assert.equal(await page.locator("#step-name").textContent(), "Step 2");
    assert.equal(await page.locator("figure.network:visible").getAttribute("data-step"), "2");
    assert.equal(await page.locator(".curve .current").getAttribute("data-step"), "2");
    await cell(page, "S1@2[1,1]").click();
    await asked(page, "S1@2[1,1]");
    await panel(page).locator(".chips").first().locator('a[href^="#W1_new"]').first().click();
    assert.deepEqual(await shown(), ["1"]); // where the weights come from
    await context.close();
    const again = await browser.newContext({ viewport: WIDE });
    const direct = await at(again, opened, "steps", "Delta1@3[2,1]");
    await asked(direct, "Delta1@3[2,1]");
    assert.equal(await direct.locator("#step").inputValue(), "3");
    await again.close();
  },

  async "tap on a phone"({ browser, opened, NARROW }) {
    const context = await browser.newContext({ viewport: NARROW, hasTouch: true, isMobile: true });
    const page = await at(context, opened, SOLVED);
    for (const address of ["S1[2,1]", "Delta1[3,4]", "W1_new[3,2]", "loss_new"]) {
      await cell(page, address).tap();
      await asked(page, address);
      await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished)));
      const sheet = await panel(page).boundingBox();
      const box = await cell(page, address).boundingBox();
      assert.ok(sheet.y + sheet.height <= NARROW.height + 1 && sheet.y > NARROW.height * 0.3, `${address}: the sheet is below`);
      assert.ok(box.y >= 0 && box.y + box.height <= sheet.y, `${address} stays in sight`);
    }
    await page.getByRole("button", { name: "close" }).tap();
    assert.equal(await page.locator(".chosen").count(), 0);
    await context.close();
  },

  async "keep each figure on a line, and the labels of rows in sight, on a phone"({ browser, opened, NARROW }) {
    const context = await browser.newContext({ viewport: NARROW });
    const page = await at(context, opened, "mazur-0-solve", "Delta1[2,1]");
    const lines = await panel(page).locator(".lines a").evaluateAll((links) => links.map((each) => each.getClientRects().length));
    assert.deepEqual(lines, Array(lines.length).fill(1));
    const large = await at(context, opened, "large", "S1[1,8]");
    const [left, label] = [await large.locator("#S1 .scroll").boundingBox(), await large.locator("#S1 tbody th").first().boundingBox()];
    assert.equal(label.x, left.x);
    await context.close();
  },

  async "scroll a wide matrix in itself"({ browser, opened, NARROW }) {
    const context = await browser.newContext({ viewport: NARROW });
    const page = await at(context, opened, "large", "S1[1,8]");
    const scroll = page.locator("#S1 .scroll");
    assert.ok(await scroll.evaluate((each) => each.scrollWidth > each.clientWidth));
    const box = await cell(page, "S1[1,8]").boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= NARROW.width, "the cell is scrolled into view");
    await context.close();
  },

  async "show all terms of a long sum"({ browser, opened, WIDE }) {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await at(context, opened, "large", "S1[1,2]");
    assert.match(await panel(page).textContent(), /… 16 terms …/);
    await page.getByRole("button", { name: "show all terms" }).click();
    assert.doesNotMatch(await panel(page).locator(".lines").textContent(), /terms/);
    assert.equal(await panel(page).locator(".lines a").count(), 80);
    await page.getByRole("button", { name: "show fewer terms" }).click();
    assert.match(await panel(page).textContent(), /… 16 terms …/);
    assert.match(await page.locator("main > .note").textContent(), /explains [\d,]+ of its [\d,]+ computed figures/);
    await cell(page, "S1[20,100]").click();
    assert.match(await panel(page).textContent(), /not explained here/);
    await context.close();
  },

  async "print"({ browser, opened, WIDE }) {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await at(context, opened, SOLVED, "Delta1[2,1]");
    assert.ok((await page.pdf({ format: "A4" })).length > 10_000);
    await page.emulateMedia({ media: "print" });
    for (const hidden of ["#working", ".tools", "button[value='2']", "button[value='values']"]) {
      assert.equal(await page.locator(hidden).first().isVisible(), false, hidden);
    }
    assert.match(await page.locator(".network figcaption").innerText(), /sample\s*#1\s*← errors/);
    for (const seen of ["#S1", "#Delta1", ".network svg"]) assert.ok(await page.locator(seen).isVisible());
    const colour = await cell(page, "Delta1[2,1]").evaluate((each) => getComputedStyle(each).backgroundColor);
    assert.equal(colour, "rgba(0, 0, 0, 0)");
    await context.close();
  },

  async "be dark where the system is"({ browser, opened, WIDE }) {
    const background = async (colorScheme) => {
      const context = await browser.newContext({ viewport: WIDE, colorScheme });
      const page = await at(context, opened, SOLVED);
      const colour = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      await context.close();
      return colour;
    };
    assert.equal(await background("light"), "rgb(255, 255, 255)");
    assert.equal(await background("dark"), "rgb(20, 24, 30)");
  },

  async "click in a notebook"({ browser, opened, WIDE }) {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await at(context, opened, "notebook");
    const before = page.url();
    assert.equal(await page.locator(".mlpcalc.part script").count(), 0);
    assert.equal(await page.locator("[id]").count(), 1); // that of the notebook itself
    const [, frame] = page.frames();
    await cell(frame, "Delta1[2,1]").click();
    assert.match(await panel(frame).textContent(), /0\.03\s·\s\(−0\.2254\)\s·\s1/);
    await panel(frame).locator('a[href="#W2[1,2]"]').first().click();
    assert.match(await panel(frame).textContent(), /Given: 0\.03/);
    await frame.locator("body").press("ArrowRight");
    assert.equal(page.url(), before);
    assert.equal(page.frames().length, 2);
    page.check();
    await context.close();
  },

  async "refuse what its policy does not name"({ browser, WIDE }) {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await context.newPage();
    await page.goto(`file://${process.cwd()}/pages/${SOLVED}.html`);
    const refused = await page.evaluate(async () => {
      const found = new Set();
      document.addEventListener("securitypolicyviolation", (event) => found.add(event.effectiveDirective));
      document.body.insertAdjacentHTML("beforeend", '<p id="styled" style="color: red">x</p><img src="x.png" alt="">'
        + '<button id="pressed" onclick="window.ran = true">x</button>');
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      document.getElementById("pressed").click();
      await new Promise((resolve) => { setTimeout(resolve, 200); });
      return { found: [...found].sort(), ran: window.ran, colour: getComputedStyle(document.getElementById("styled")).color };
    });
    assert.deepEqual(refused.found, ["img-src", "script-src-attr", "script-src-elem", "style-src-attr"]);
    assert.equal(refused.ran, undefined);
    assert.notEqual(refused.colour, "rgb(255, 0, 0)");
    await context.close();
  },
};

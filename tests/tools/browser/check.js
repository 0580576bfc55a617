// Runs in the folder of the pages: every page by itself, then what one can do with them.
"use strict";
const fs = require("fs");
const path = require("path");
const { chromium } = require("playwright-core");
const { HtmlValidate, StaticConfigLoader } = require("html-validate");
const actions = require("./actions.js");

const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const NAMES = JSON.parse(fs.readFileSync("pages.json", "utf8"));
const WIDE = { width: 1600, height: 1000 };
const NARROW = { width: 360, height: 740 };
const LOOKS = [[WIDE, "light"], [NARROW, "dark"]];
// Of the rows and the columns of a matrix some are enough for axe-core, which takes minutes for many.
const MORE = ".matrix tbody > tr:nth-child(n + 12), .matrix tr > :nth-child(n + 12)";
const AT_A_TIME = 2;
const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

let faults = 0;
const MOST = 60; // that are shown
function fault(name, text) {
  faults += 1;
  if (faults <= MOST) console.log(`${name}: ${text}`);
}
const address = (name) => `file://${path.resolve("pages", `${name}.html`)}`;

async function validated(validator, name) {
  const report = await validator.validateFile(`pages/${name}.html`);
  for (const { messages } of report.results) {
    for (const each of messages.slice(0, 5)) fault(name, `${each.line}:${each.column} ${each.ruleId} ${each.message}`);
  }
}

// A tab that is watched: what its pages request, say and open is a fault.
async function watched(context) {
  const page = await context.newPage();
  const requests = [];
  let name = "";
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => fault(name, `console: ${message.text()}`));
  page.on("pageerror", (error) => fault(name, `error: ${error.message}`));
  page.on("dialog", async (dialog) => { fault(name, `dialog: ${dialog.message()}`); await dialog.dismiss(); });
  page.open = async (next, hash = "") => {
    name = next;
    requests.length = 0;
    await page.goto(address(name) + hash);
  };
  page.check = () => {
    const others = requests.filter((url) => url !== "about:srcdoc" && !url.startsWith(address(name)));
    if (others.length) fault(name, `requests ${others}`);
  };
  return page;
}

async function opened(context, name, hash) {
  const page = await watched(context);
  await page.open(name, hash);
  return page;
}

async function fits(page, name, where) {
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  if (width[0] > width[1]) fault(name, `${width[0]} pixels wide in a window of ${width[1]}, ${where}`);
}

async function accessible(page, name, where) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  for (const each of violations) {
    const nodes = each.nodes.slice(0, 2).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary}`);
    fault(name, `axe-core, ${where}: ${each.id}: ${nodes.join(" | ").replace(/\s+/g, " ")}`);
  }
}

// What a page may look like after one has used it, from the way it was opened on.
const STATES = {
  "as opened": (page) => page.evaluate((more) => document.querySelectorAll(more).forEach((each) => each.remove()), MORE),
  "a cell of the last step chosen, and errors in the picture": (page) => page.evaluate((computed) => {
    const slider = document.getElementById("step");
    if (slider) { slider.value = slider.max; slider.dispatchEvent(new Event("input")); }
    const cells = [...document.querySelectorAll(computed)];
    cells[Math.floor(cells.length / 2)].click();
    [...document.querySelectorAll(".network button")].filter((each) => each.value === "errors").at(-1)?.click();
  }, "main section:not([hidden]) .ask"),
  "figures hidden": (page) => page.evaluate(() => document.getElementById("hide").click()),
};

async function alone({ page, bare }, name) {
  for (const [size, colorScheme] of LOOKS) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.open(name);
    const uses = await page.locator("#hide").count() ? STATES : { "as opened": STATES["as opened"] };
    for (const [state, bring] of Object.entries(uses)) {
      await fits(page, name, `${colorScheme}, before ${state}`);
      await bring(page);
      await fits(page, name, `${colorScheme}, ${state}`);
      await accessible(page, name, `${colorScheme}, ${state}`);
    }
    page.check();
  }
  await bare.open(name);
  if (!(await bare.locator("h1").isVisible())) fault(name, "no title without script");
  for (const each of await bare.locator(".tools, #working, .ask, [tabindex='-1']").all()) {
    if (await each.isVisible()) fault(name, "shows without script what needs it");
  }
  bare.check();
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ARGUMENTS });
  const validator = new HtmlValidate(new StaticConfigLoader({ root: true, extends: ["html-validate:standard"] }));
  const waiting = [...NAMES];
  const work = async () => {
    const page = await watched(await browser.newContext());
    const bare = await watched(await browser.newContext({ viewport: NARROW, javaScriptEnabled: false }));
    for (let name = waiting.shift(); name; name = waiting.shift()) {
      await validated(validator, name);
      await alone({ page, bare }, name);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  const done = Object.keys(actions);
  for (const action of done) {
    try {
      await actions[action]({ browser, opened, WIDE, NARROW });
    } catch (error) {
      fault(action, error.message);
    }
  }
  await browser.close();
  console.log(`${NAMES.length} pages in Chromium and ${done.length} ways to use them: ${faults} faults`);
  process.exit(faults || !NAMES.length ? 1 : 0);
})();

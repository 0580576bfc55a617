// Every page*.md of this folder: formulas render in KaTeX, come out of Markdown as they went in, and the
// title is shown letter by letter.
const fs = require("fs");
const katex = require("katex");
const markdown = require("markdown-it")({ html: true });

const decoded = (html) =>
  html.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"').replace(/&amp;/g, "&");
const titles = JSON.parse(fs.readFileSync("titles.json", "utf8"));
let formulas = 0;
let faults = 0;
// KaTeX has no measures for the letters of some alphabets, which browsers show all the same.
const strict = (code, message, token) => (/\p{L}/u.test(token?.text ?? message) ? "ignore" : "error");
const complain = (file, what) => {
  faults += 1;
  console.log(`${file}: ${what}`);
};

for (const [file, title] of Object.entries(titles)) {
  const text = fs.readFileSync(file, "utf8");
  const shown = decoded(markdown.render(text.split("\n")[0]).replace(/^<h1>|<\/h1>\n$/g, ""));
  if (title !== null && shown !== title) complain(file, `the title ${title} is shown as ${shown}`);
  const html = decoded(markdown.render(text));
  for (const [whole, display, inline] of text.matchAll(
    /^\$\$\n([^]*?)\n\$\$$|(?<!\\)\$([^$\n]+)(?<!\\)\$/gm,
  )) {
    formulas += 1;
    if (!html.includes(whole)) complain(file, `Markdown changes ${whole}`);
    try {
      katex.renderToString(display ?? inline, { displayMode: display !== undefined, throwOnError: true, strict });
    } catch (error) {
      complain(file, error.message);
    }
  }
}
console.log(`${formulas} formulas through Markdown and KaTeX: ${faults} faults`);
process.exit(faults || !formulas ? 1 : 0);

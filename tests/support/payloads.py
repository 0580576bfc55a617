"""Texts that mean something to a program that shows them, and must not in any output."""

PAYLOADS = (
    r"\input{/etc/passwd}",
    r"\end{document}",
    r"\\ $x_1$ & 50% #2 ~ ^ {",
    "$$ \\int $$",
    "<script>alert(1)</script>",
    "<!-- gone --> &lt; &amp;",
    "[link](https://example.org) ![image](x.png)",
    "*bold* __bold__ `code` ~~struck~~",
    "a | b | c",
    "# no heading",
    "1. no list",
    "- no list -- no dash",
    "=",
    "[bold]rich[/bold]",
    "?` !` ,, << >> '' ``",
)

KINDS = {
    "escapes": "\x1b[31mred\x1b[0m \x1b]0;title\x07\x9b31m \x08\x7f",
    "links": "\x1b]8;;https://example.org\x1b\\here\x1b]8;;\x1b\\",
    "direction": "\u202eevil\u2066 left\u2069\u200f",
    "rich": "[bold red]loud[/] [link=https://example.org]x[/link] :smile: [/bold]",
    "latex": r"\input{/etc/passwd} \end{document} $x_1$ 50% & #2 ~ ^^41 \write18{ls}",
    "html": "<script>alert(1)</script><img src=x onerror=y> &lt; <!-- x",
    "spreadsheet": '=HYPERLINK("https://example.org")',
    "wide formula": "＋1+1",
    "markdown": "![b](x.png) [a](https://example.org) *c* `d` | e | # f ~~g~~ <https://h>",
}

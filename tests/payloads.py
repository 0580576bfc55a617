"""Texts that mean something to LaTeX, Markdown, HTML or Rich, and must not in any output."""

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

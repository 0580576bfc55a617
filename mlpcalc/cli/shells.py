"""Completion scripts for bash, zsh and fish, and the answers they get.

The scripts run the program with `_MLPCALC_COMPLETE`, as Click has it, and the command line up to the cursor
in `COMP_WORDS`. A line of the answer is a kind, a value and a help text, separated by tabs. The kind `file`
stands for the files that the shell itself finds for the value. The shells quote what needs quotes.
"""

import os
import sys
from contextlib import redirect_stderr, suppress
from typing import NoReturn

import click
from click.shell_completion import ShellComplete, add_completion_class, split_arg_string

VARIABLE = "_MLPCALC_COMPLETE"
_ON_A_LINE = dict.fromkeys(map(ord, "\t\n\r"), " ")


def answer(cli: click.Command) -> NoReturn:
    """Print completions for a shell, and exit; errors print nothing."""
    for shell in (_Bash, _Zsh, _Fish):
        add_completion_class(shell)
    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stderr(nowhere), suppress(Exception):
        cli.main(prog_name="mlpcalc", complete_var=VARIABLE, standalone_mode=False)
    sys.exit(0)


class _Shell(ShellComplete):
    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor, and the incomplete word at it."""
        *words, last = split_arg_string(os.environ["COMP_WORDS"] + "x")  # a word even after a space
        return words[1:], last[:-1]

    def complete(self) -> str:
        """The answer, a completion on each line."""
        words, word = self.get_completion_args()
        items = self.get_completions(words, word)
        if word.startswith("--"):  # of --only=S1, shells replace the part after the sign
            word = word.partition("=")[2] or word
        known = len(word) - len(self.replaced(word))
        lines = [(item.type, (item.value or word)[known:], item.help or "") for item in items]
        text = "\n".join("\t".join(part.translate(_ON_A_LINE) for part in line) for line in lines)
        return text.encode(errors="replace").decode()  # names of files may be invalid Unicode

    def replaced(self, word: str) -> str:
        """The end of the word, which the shell replaces."""
        return word


class _Bash(_Shell):
    """Bash splits words at = and @, and passes the part it replaces; `filenames` makes it quote."""

    name = "bash"
    source_template = r"""
%(complete_func)s() {
    local kind value help
    COMPREPLY=()
    while IFS=$'\t' read -r kind value help; do
        if [[ $kind == file ]]; then
            compopt -o filenames 2>/dev/null
            while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$2")
        else
            [[ $value == *[^a-zA-Z0-9_.,@=-]* ]] && compopt -o filenames 2>/dev/null
            COMPREPLY+=("$value")
        fi
    done < <(env COMP_WORDS="${COMP_LINE:0:COMP_POINT}" COMP_REPLACED="$2" \
        %(complete_var)s=bash_complete "$1" 2>/dev/null)
}
complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null ||
    complete -F %(complete_func)s %(prog_name)s
""".lstrip()

    def replaced(self, word: str) -> str:
        """The end of the word, which the shell replaces."""
        parts = split_arg_string(os.environ.get("COMP_REPLACED", word))
        end = parts[0] if parts else ""
        return end if word.endswith(end) else word


class _Zsh(_Shell):
    name = "zsh"
    source_template = r"""
#compdef %(prog_name)s
%(complete_func)s() {
    local kind value help
    local -a plain described
    local -i files=0
    while IFS=$'\t' read -r kind value help; do
        if [[ $kind == file ]]; then files=1
        elif [[ -n $help ]]; then described+=("${value//:/\\:}:$help")
        else plain+=("$value")
        fi
    done < <(env COMP_WORDS="${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX" \
        %(complete_var)s=zsh_complete "${(Q)words[1]}" 2>/dev/null)
    compset -P '--[a-z-]##='
    (( $#described )) && _describe -V option described
    (( $#plain )) && compadd -V value -a plain
    (( files )) && _files
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
""".lstrip()


class _Fish(_Shell):
    name = "fish"
    source_template = r"""
function %(complete_func)s
    set -l option (string match -r -- '^--[a-z-]+=' (commandline -ct))
    set -l command (commandline -cpo)[1]
    env COMP_WORDS=(commandline -cp | string collect) %(complete_var)s=fish_complete $command 2>/dev/null |
        while read -l -d \t kind value help
            if test "$kind" = file
                set -l paths (__fish_complete_path "$value")
                test -n "$paths"; and string join \n -- "$option"$paths
            else
                string join \t -- "$option$value" $help
            end
        end
end
complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
""".lstrip()

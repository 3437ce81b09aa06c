"""`jmstui completion SHELL`: a completion script, generated from the argument parser itself."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import dataclass, field

EXAMPLE = """\
examples:
  source <(jmstui completion bash)
  jmstui completion zsh > ~/.zfunc/_jmstui      a directory of $fpath
  jmstui completion fish > ~/.config/fish/completions/jmstui.fish
"""


@dataclass(slots=True)
class Level:
    """What may follow at one place of the command line: a sub-command's words and flags."""

    path: tuple[str, ...]
    words: dict[str, str] = field(default_factory=dict)
    """Sub-commands, or the choices of a positional, with their help."""
    flags: dict[str, str] = field(default_factory=dict)
    takes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Flags with a value, and the values to offer; () is a free text or a file."""
    branches: bool = False
    """`words` are sub-commands."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The shell."""
    parser.epilog = EXAMPLE
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="for which shell")


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    print(script(args.shell), end="")
    return 0


def script(shell: str) -> str:
    """The completion script for "bash", "zsh" or "fish"."""
    from jmstui.cli.main import full_parser

    found = levels(full_parser())
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](found)


def levels(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> list[Level]:
    """Every place of the command line, the top first."""
    level = Level(path)
    found = [level]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            level.branches = True
            for name, below in action.choices.items():
                level.words[name] = helps.get(name, "")
                found += levels(below, (*path, name))
        elif action.option_strings:
            for flag in action.option_strings:
                level.flags[flag] = _one_line(action.help)
                if action.nargs is None:
                    level.takes[flag] = tuple(map(str, action.choices or ()))
        elif action.choices:
            level.words.update({str(choice): "" for choice in action.choices})
    return found


def _one_line(text: str | None) -> str:
    return "" if text in (None, argparse.SUPPRESS) else " ".join(str(text).split()).replace("%%", "%")


def _q(text: str) -> str:
    return shlex.quote(text)


def _bash(found: list[Level]) -> str:
    """One function: walks the words to the level, then offers its words, flags or a flag's values."""
    moves, words, flags, values = [], [], [], []
    takes: dict[str, tuple[str, ...]] = {}
    for level in found:
        name = " ".join(level.path)
        if level.branches:
            moves += [
                f"      {_q(f'{name}/{word}')}) at={_q(f'{name} {word}'.strip())} ;;" for word in level.words
            ]
        if level.words:
            words.append(f"    {_q(name)}) words={_q(' '.join(level.words))} ;;")
        flags.append(f"    {_q(name)}) flags={_q(' '.join(level.flags))} ;;")
        takes |= level.takes
    for flag, choices in takes.items():
        offer = (
            f'COMPREPLY=($(compgen -W {_q(" ".join(choices))} -- "$cur"))'
            if choices
            else (
                'COMPREPLY=($(compgen -f -- "$cur"))'
                if flag.endswith(("-file", "--config"))
                else "COMPREPLY=()"
            )
        )
        values.append(f"    {_q(flag)}) {offer}; return ;;")
    return "\n".join(
        [
            "# bash completion for jmstui: source <(jmstui completion bash)",
            "_jmstui() {",
            "  local cur=${COMP_WORDS[COMP_CWORD]} at= words= flags= word skip= i",
            "  for ((i = 1; i < COMP_CWORD; i++)); do",
            "    word=${COMP_WORDS[i]}",
            "    if [[ -n $skip ]]; then skip=; continue; fi",
            f"    case $word in {'|'.join(map(_q, takes))}) skip=1; continue ;; -*) continue ;; esac",
            "    case $at/$word in",
            *moves,
            "    esac",
            "  done",
            "  case ${COMP_WORDS[COMP_CWORD-1]} in",
            *values,
            "  esac",
            "  case $at in",
            *words,
            "  esac",
            "  case $at in",
            *flags,
            "  esac",
            "  if [[ $cur == -* ]]; then words=$flags; fi",
            '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
            "}",
            "complete -F _jmstui jmstui",
            "",
        ]
    )


def _zsh(found: list[Level]) -> str:
    """The same walk in zsh, with the help beside each word."""

    def described(pairs: dict[str, str]) -> str:
        return " ".join(
            _q(f"{word.replace(':', chr(92) + ':')}:{text}" if text else word) for word, text in pairs.items()
        )

    moves, words, flags, values = [], [], [], []
    takes: dict[str, tuple[str, ...]] = {}
    for level in found:
        name = " ".join(level.path)
        if level.branches:
            moves += [
                f"      {_q(f'{name}/{word}')}) at={_q(f'{name} {word}'.strip())} ;;" for word in level.words
            ]
        if level.words:
            words.append(f"    {_q(name)}) words=({described(level.words)}) ;;")
        flags.append(f"    {_q(name)}) flags=({described(level.flags)}) ;;")
        takes |= level.takes
    for flag, choices in takes.items():
        offer = (
            f"compadd -- {' '.join(map(_q, choices))}"
            if choices
            else "_files"
            if flag.endswith(("-file", "--config"))
            else ":"
        )
        values.append(f"    {_q(flag)}) {offer}; return ;;")
    return "\n".join(
        [
            "#compdef jmstui",
            "# zsh completion for jmstui: as _jmstui in a directory of $fpath, or sourced after compinit",
            "_jmstui() {",
            "  local at= word skip= i",
            "  local -a words_here flags words_typed",
            '  words_typed=("${words[@]}"); local current=$CURRENT',
            "  for ((i = 2; i < current; i++)); do",
            "    word=${words_typed[i]}",
            "    if [[ -n $skip ]]; then skip=; continue; fi",
            f"    case $word in {'|'.join(map(_q, takes))}) skip=1; continue ;; -*) continue ;; esac",
            "    case $at/$word in",
            *moves,
            "    esac",
            "  done",
            "  case ${words_typed[current-1]} in",
            *values,
            "  esac",
            "  case $at in",
            *(line.replace(") words=(", ") words_here=(") for line in words),
            "  esac",
            "  case $at in",
            *flags,
            "  esac",
            "  if [[ ${words_typed[current]} == -* ]]; then _describe flag flags",
            "  else _describe word words_here; fi",
            "}",
            'if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _jmstui "$@"',
            "else compdef _jmstui jmstui; fi",
            "",
        ]
    )


def _fish(found: list[Level]) -> str:
    """One `complete` line for each word and flag, under the condition that its sub-command was typed."""
    lines = ["# fish completion for jmstui", "complete -c jmstui -f"]
    for level in found:
        seen = " ".join(level.path)
        below = " ".join(level.words)
        if level.path:
            condition = " && ".join(f"__fish_seen_subcommand_from {word}" for word in level.path)
            words_condition = (
                f"{condition} && not __fish_seen_subcommand_from {below}" if below else condition
            )
        else:
            condition, words_condition = "", "__fish_use_subcommand"
        for word, text in level.words.items():
            lines.append(f"complete -c jmstui -n {_q(words_condition)} -a {_q(word)} -d {_q(text or seen)}")
        for flag, text in level.flags.items():
            kind = f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}"
            where = f" -n {_q(condition)}" if condition else ""
            value = ""
            if flag in level.takes:
                choices = level.takes[flag]
                value = (
                    f" -x -a {_q(' '.join(choices))}"
                    if choices
                    else " -r -F"
                    if flag.endswith(("-file", "--config"))
                    else " -x"
                )
            lines.append(f"complete -c jmstui{where} {kind}{value} -d {_q(text)}")
    return "\n".join(lines) + "\n"

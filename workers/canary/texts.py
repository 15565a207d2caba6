"""Bodies of planted files: plain programs and notes that resemble nothing else, nor each other."""

from __future__ import annotations

import textwrap
from typing import Final

from workers.canary import tokens

_VERBS: Final = (
    *("adjust", "balance", "collect", "divide", "enlarge", "filter", "gather", "halve"),
    *("invert", "join", "keep", "lower", "merge", "narrow", "order", "partition"),
)
_NOUNS: Final = (
    *("bucket", "cable", "drawer", "engine", "ferry", "grain", "hinge", "island"),
    *("jacket", "kettle", "ladder", "meadow", "needle", "orchard", "pillar", "quarry"),
    *("ribbon", "saddle", "tunnel", "umbrella", "valley", "wagon", "yarn", "zipper"),
)
_FORMS: Final = (
    "    {c} = [{a} * {n} + {m} for {a} in {b} if {a} > {k}]\n    return sum({c}) // {n}\n",
    "    if {a} > {n}:\n        return {b} - {m}\n    {c} = {b} * {k}\n    return {c}\n",
    "    {c} = {{}}\n    for {d} in {b}:\n        {c}[{d}] = {a} + {n} * {m}\n    return {c}\n",
    "    while {a} < {n}:\n        {a} += {b} % {m} + {k}\n    {d} = {a} * {a}\n    return {d}\n",
    "    {d} = sorted({b}, key=lambda {c}: ({c} % {m}, {c}))\n    return {d}[{k} : {n}] + [{a}]\n",
    "    {c}, {d} = divmod({a} * {m}, {b} + {n})\n    return {c} if {d} > {k} else {d} + {c}\n",
)
_PROSE: Final = (
    "The {a} is moved before the {b}, and each {c} waits for the {d}.",
    "A {c} that is too wide for its {a} leaves the {d} to the next {b}.",
    "When the {b} is full, {n} of {m} are put beside the {c}.",
    "Every {d} has a {a}; without a {c} the {b} stays where it is.",
)


def program(label: str, *inside: str, functions: int = 6) -> str:
    """Return a Python module whose functions follow from a label, with lines put between them."""
    drawn = iter(tokens.draw_bytes(label, 16 * functions))
    parts = []
    for number in range(functions):
        body, verb, *numbers = (next(drawn) for _ in range(5))
        nouns = _four_nouns([next(drawn) for _ in range(4)])
        names = dict(zip("abcd", nouns, strict=True))
        values = {key: 2 + value % 90 for key, value in zip("nmk", numbers, strict=True)}
        head = f"def {_VERBS[verb % len(_VERBS)]}_{nouns[3]}_{number}({nouns[0]}, {nouns[1]}):\n"
        parts.append(head + _FORMS[body % len(_FORMS)].format(**names, **values))
    for place, line in enumerate(inside):
        parts.insert(1 + place * 2, line + "\n")
    return "\n\n".join(parts)


def notes(label: str, *inside: str, sentences: int = 8) -> str:
    """Return prose that follows from a label, with lines put between its sentences."""
    drawn = iter(tokens.draw_bytes(label, 8 * sentences))
    parts = []
    for _ in range(sentences):
        form, n, m = (next(drawn) for _ in range(3))
        names = dict(zip("abcd", _four_nouns([next(drawn) for _ in range(4)]), strict=True))
        parts.append(_PROSE[form % len(_PROSE)].format(**names, n=n + 2, m=m + 300))
    for place, line in enumerate(inside):
        parts.insert(1 + place * 2, line)
    return "\n".join(parts) + "\n"


def limits(label: str, *inside: str, lines: int = 16) -> str:
    """Return a configuration that follows from a label, with more keys put at its end."""
    drawn = iter(tokens.draw_bytes(label, 3 * lines))
    keys = {}
    for _ in range(lines):
        verb, noun, value = (next(drawn) for _ in range(3))
        keys[f"{_VERBS[verb % len(_VERBS)]}_{_NOUNS[noun % len(_NOUNS)]}"] = 2 + value
    named = dict.fromkeys(inside, 2)
    return "limits:\n" + "".join(f"  {key}: {value}\n" for key, value in (keys | named).items())


def remark(text: str) -> str:
    """Return a text as comment lines of Python."""
    return textwrap.indent(text, "# ", lambda _: True)


def _four_nouns(numbers: list[int]) -> list[str]:
    """Return four different nouns."""
    left = list(_NOUNS)
    return [left.pop(number % len(left)) for number in numbers]

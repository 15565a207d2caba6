"""Personal values planted in comments, literals, configuration and data of many languages."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from benchmarks.accuracy.pii_values import makers
from ingest.domain.finding import Category


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One personal value; bytes of the text."""

    category: Category
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A text with everything personal in it labelled."""

    suffix: str
    data: bytes
    labels: tuple[Label, ...]
    kind: str = ""


COMMENTS: Final = {
    "py": "# {}\n",
    "js": "// {}\n",
    "ts": "/* {} */\n",
    "java": "    // {}\n",
    "go": "// {}\n",
    "c": "/* {} */\n",
    "rb": "# {}\n",
    "php": "    // {}\n",
    "sh": "# {}\n",
    "rs": "/// {}\n",
    "yaml": "# {}\n",
    "sql": "-- {}\n",
    "html": "<!-- {} -->\n",
    "md": "- {}\n",
}
LITERALS: Final = {
    "py": '{field} = "{value}"\n',
    "js": "const {field} = '{value}';\n",
    "ts": "  {field}: '{value}',\n",
    "java": '    String {field} = "{value}";\n',
    "go": '\t{field} := "{value}"\n',
    "c": 'static const char *{field} = "{value}";\n',
    "rb": "{field} = '{value}'\n",
    "php": "$this->{field} = '{value}';\n",
    "sh": 'export {field}="{value}"\n',
    "rs": '    let {field} = "{value}";\n',
    "yaml": "{field}: {value}\n",
    "toml": '{field} = "{value}"\n',
    "json": '{{"id": 7, "{field}": "{value}"}}\n',
    "sql": "INSERT INTO people (id, {field}) VALUES (7, '{value}');\n",
    "xml": "<row><id>7</id><{field}>{value}</{field}></row>\n",
    "csv": "id,{field},state\n7,{value},open\n",
    "properties": "app.{field}={value}\n",
    "env": "{field}={value}\n",
}
FRAMES: Final = {
    "py": ("def load(path, limit=10):\n    return open(path).read()[:limit]\n", "x = load('a')\n"),
    "js": ("function load(path) {\n  return fs.readFileSync(path);\n}\n", "load('a');\n"),
    "ts": ("export interface Row { id: number }\n", "export const rows: Row[] = [];\n"),
    "java": ("public class Loader {\n", "}\n"),
    "go": ("package loader\n\nfunc Load(path string) error {\n", "\treturn nil\n}\n"),
    "c": ("#include <stdio.h>\nint main(void) { return 0; }\n", "static int count = 3;\n"),
    "rb": ("class Loader\n  def run; end\nend\n", "Loader.new.run\n"),
    "php": ("<?php\nclass Loader { function run() {\n", "} }\n"),
    "sh": ("#!/bin/sh\nset -eu\n", 'echo "$1"\n'),
    "rs": ("fn main() {\n", "}\n"),
}
PHRASES: Final[dict[Category, tuple[str, ...]]] = {
    Category.PERSON: (
        "Author: {}",
        "@author {}",
        "written by {} in 2019",
        "Reported by {}",
        "thanks to {} for the patch",
        "ask {} before you change this",
        "{} owns this module",
        "Copyright (c) 2018 {}",
        "reviewed with {} last week",
        "maintainer: {}",
        "see the mail from {} about limits",
        "contact Mr. {} for access",
        "{} asked for this in the last review",
        "as {} noted, the cache is stale",
    ),
    Category.EMAIL_ADDRESS: ("contact {}", "mail {} on failure", "Bugs to <{}>", "see {}, please"),
    Category.IP_ADDRESS: ("server at {}", "seen from {}", "prod host {}", "allow {} only"),
    Category.PHONE_NUMBER: ("call {}", "phone: {}", "Tel. {}", "on-call mobile {}", "fax {}"),
    Category.CREDIT_CARD: ("card {}", "paid with {}", "credit card: {}", "PAN {} was declined"),
    Category.IBAN_CODE: ("transfer to {}", "IBAN {}", "account {} was used"),
    Category.US_SSN: ("ssn {}", "SSN: {}", "employee {} was moved", "social security number {}"),
}
FIELDS: Final[dict[Category, tuple[str, ...]]] = {
    Category.PERSON: (
        "name",
        "full_name",
        "customer",
        "author",
        "owner",
        "contact_name",
        "userName",
        "assignee",
        "expected",
        "result",
        "text",
    ),
    Category.EMAIL_ADDRESS: ("email", "contact", "owner_mail", "to", "value"),
    Category.IP_ADDRESS: ("ip", "host", "server", "remote_addr", "value", "peer"),
    Category.PHONE_NUMBER: ("phone", "mobile", "tel", "phoneNumber", "contact_phone", "fax"),
    Category.CREDIT_CARD: ("card", "card_number", "pan", "cc", "number", "value"),
    Category.IBAN_CODE: ("iban", "account", "bank_account", "value"),
    Category.US_SSN: ("ssn", "social_security", "value", "tax_id"),
}
_FORMATS: Final = tuple(LITERALS)


def planted(count: int, seed: int = 7) -> Iterator[Case]:
    """Yield `count` cases of every type: one value each, in the middle of a small file."""
    rng = random.Random(seed)
    for category, make in makers(seed).items():
        for number in range(count):
            value = make(rng)
            in_comment = number % 2 == 0 or (category is Category.PERSON and number % 3 == 0)
            if in_comment:
                suffix = rng.choice(tuple(COMMENTS))
                line = COMMENTS[suffix].format(rng.choice(PHRASES[category]))
            else:
                suffix = rng.choice(_FORMATS)
                field = rng.choice(FIELDS[category])
                line = LITERALS[suffix].format(field=field, value="{}")
                line = line.replace("{{", "{").replace("}}", "}") if suffix == "json" else line
            kind = "comment" if in_comment else "literal"
            yield _case(suffix, line, value, category, kind)


def _case(suffix: str, line: str, value: str, category: Category, kind: str) -> Case:
    before, _, after = line.partition("{}")
    head, tail = FRAMES.get(suffix, ("", ""))
    if suffix in {"csv", "json", "xml"}:
        head = tail = ""
    start = len((head + before).encode())
    end = start + len(value.encode())
    return Case(
        suffix=suffix,
        data=(head + before + value + after + tail).encode(),
        labels=(Label(category=category, start=start, end=end),),
        kind=kind,
    )

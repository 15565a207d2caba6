"""The canary corpus: every planted file, by what has to stop it."""

from __future__ import annotations

import base64
import gzip
import json
import string
import textwrap
from collections.abc import Iterator
from typing import Final

from ingest.domain.finding import Family
from workers.canary import tokens
from workers.canary.plants import SILENT, Draw, Plant, PlantKind, Terms
from workers.canary.texts import limits, notes, program, remark

_DECODING: Final = "decoding of what stands encoded"
_SECRETS: Final = "detector of secrets"
_PII: Final = "detector of personal data"
_CONFIDENTIAL: Final = "detector of confidential names"
_LICENSING: Final = "detector of licenses"
_PROVENANCE: Final = "provenance over the tree"
_COPIES: Final = "comparison of copies"
_KNOWN: Final = "search for known values"

_GPL: Final = """\
This program is free software: you can redistribute it and/or modify it under the terms of the GNU
General Public License as published by the Free Software Foundation, either version 3 of the
License, or (at your option) any later version.

This program is distributed in the hope that it will be useful, but WITHOUT ANY WARRANTY; without
even the implied warranty of MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE. See the GNU
General Public License for more details."""


def plant_files(draw: Draw, terms: Terms) -> list[Plant]:
    """Return every planted file, sorted by repository and path."""
    plants = [
        *_controls(draw),
        *_plain_secrets(draw),
        *_wrapped_secrets(draw),
        *_people(draw),
        *_internal_names(draw, terms),
        *_licensed(draw),
        *_vendored(draw),
        *_unsettled(draw),
    ]
    return sorted(plants, key=lambda plant: (plant.repository, plant.path))


def _controls(draw: Draw) -> Iterator[Plant]:
    """Yield clean files: if these do not arrive, that others do not arrive proves nothing."""
    head = "SPDX-License-Identifier: " + "MIT\nCopyright (c) 2021 The Pebble Sorting Project"
    texts = {
        b"src/control_program.py": program(draw.label("control 1"), _function(draw, "control 1")),
        b"config/control.yaml": limits(draw.label("control 2"), draw.mark("control 2")),
        b"src/control_licensed.py": remark(head)
        + "\n\n"
        + program(draw.label("control 3"), _function(draw, "control 3")),
    }
    names = ("own program", "own configuration", "program under a permissive license")
    for number, (name, (path, text)) in enumerate(zip(names, texts.items(), strict=True), 1):
        yield Plant(
            name=name,
            kind=PlantKind.CONTROL,
            layer="",
            path=path,
            data=text.encode(),
            needles=(draw.mark(f"control {number}").encode(),),
            license="MIT" if "licensed" in path.decode() else "",
        )


def _function(draw: Draw, name: str) -> str:
    """Return a function whose name stands in one file only."""
    return f"def {draw.mark(name)}(given):\n    return given"


def _secret(name: str, path: str, text: str, *needles: str, layer: str = _SECRETS) -> Plant:
    return Plant(
        name=name,
        kind=PlantKind.SECRET,
        layer=layer,
        path=path.encode(),
        data=text.encode(),
        needles=tuple(needle.encode() for needle in needles),
        family=Family.SECRETS if layer != _KNOWN else None,
    )


def _plain_secrets(draw: Draw) -> Iterator[Plant]:
    def body(name: str, line: str) -> str:
        return program(draw.label(name), line)

    github = tokens.github_token(draw.label("github"))
    yield _secret("GitHub token", "src/fetch.py", body("s1", f'TOKEN = "{github}"'), github)
    access, secret = (f(draw.label("aws")) for f in (tokens.aws_key_id, tokens.aws_secret_key))
    lines = f"[default]\naws_access_key_id = {access}\naws_secret_access_key = {secret}\n"
    yield _secret("AWS key pair", "deploy/credentials.ini", lines, access, secret)
    pem = tokens.rsa_private_key(draw.label("pem"))
    yield _secret("private key", "deploy/signing.pem", pem + "\n", *pem.splitlines()[1:-1])
    hook = tokens.slack_webhook(draw.label("hook"))
    text = body("s4", f'ALERTS = "{hook}"')
    yield _secret("webhook address", "src/alerts.py", text, hook.rpartition("/")[2])
    known = _password(draw, "uri")
    uri = "post" + f"gresql://ledger:{known}@{draw.word('db host')}.example.cloud:5432/ledger"
    yield _secret("password in an address", "src/store.py", body("s5", f'URL = "{uri}"'), known)
    text = notes(draw.label("s6"), f"In those days it was {known} for all of us.")
    yield _secret("value known from an address", "docs/history.md", text, known, layer=_KNOWN)
    password = _password(draw, "yaml")
    text = f"database:\n  user: ledger\n  db_password: {password}\n  pool: 8\n"
    yield _secret("password beside its key word", "deploy/ledger.yaml", text, password)


def _password(draw: Draw, name: str) -> str:
    return draw.text(f"password {name}", string.ascii_letters + "23456789", 18) + "7q"


def _wrapped_secrets(draw: Draw) -> Iterator[Plant]:
    key = tokens.google_api_key(draw.label("google"))
    coded = base64.b64encode(key.encode()).decode()
    text = "apiVersion: v1\nkind: Sec" + f"ret\nmetadata:\n  name: maps\ndata:\n  key: {coded}\n"
    yield _secret("key in base 64", "deploy/maps.yaml", text, key, coded, layer=_DECODING)
    key = tokens.stripe_key(draw.label("stripe"))
    lines = ["import billing\n", f'billing.key = "{key}"\n', "billing.list_invoices()\n"]
    yield _secret("key in a notebook", "notebooks/invoices.ipynb", _notebook(lines), key)
    token = tokens.slack_bot_token(draw.label("bot"))
    packed = gzip.compress(program(draw.label("s11"), f'BOT = "{token}"').encode(), mtime=0)
    lines = textwrap.wrap(base64.b64encode(packed).decode(), 76)
    text = "begin-base64 644 bundle.py.gz\n" + "\n".join(lines) + "\n====\n"
    yield _secret(
        "token in a compressed member",
        "deploy/bundle.txt",
        text,
        token,
        *lines[:-1],
        layer=_DECODING,
    )
    web = tokens.json_web_token(draw.label("jwt"))
    coded = json.dumps({"session": web})
    text = json.dumps({"request": coded, "status": 200}, indent=1) + "\n"
    yield _secret("session in a string of JSON", "tests/recorded.json", text, web, layer=_DECODING)


def _notebook(lines: list[str]) -> str:
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": []}
    book = {"cells": [cell | {"source": lines}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1) + "\n"


def _people(draw: Draw) -> Iterator[Plant]:
    def person(name: str, path: str, text: str, *needles: str) -> Plant:
        return Plant(
            name=name,
            kind=PlantKind.PERSON,
            layer=_PII,
            path=path.encode(),
            data=text.encode(),
            needles=tuple(needle.encode() for needle in needles),
            family=Family.PII,
        )

    full = " ".join(draw.person("author"))
    mail = draw.mail("author mail")
    text = program(draw.label("p1"), f'"""Keeps the order.\n\n@author {full} <{mail}>\n"""')
    yield person("author tag", "src/order.py", text, full, mail)
    mail = draw.mail("escalation")
    text = notes(draw.label("p2"), f"Write to {mail} when it stops.")
    yield person("e-mail address in prose", "docs/escalation.md", text, mail)
    phone = draw.phone("phone")
    text = program(draw.label("p3"), f"# phone of the night shift: {phone}")
    yield person("telephone number", "src/shift.py", text, phone)
    iban = draw.iban("iban")
    text = program(draw.label("p4"), f'IBAN = "{iban}"')
    yield person("bank account", "src/payout.py", text, iban)
    card = draw.card("card")
    text = program(draw.label("p5"), f'CREDIT_CARD_NUMBER = "{card}"')
    yield person("card number", "src/checkout.py", text, card)


def _internal_names(draw: Draw, terms: Terms) -> Iterator[Plant]:
    def internal(name: str, path: str, text: str, needle: str) -> Plant:
        return Plant(
            name=name,
            kind=PlantKind.INTERNAL,
            layer=_CONFIDENTIAL,
            path=path.encode(),
            data=text.encode(),
            needles=(needle.encode(),),
            family=Family.CONFIDENTIAL,
        )

    near = draw.word("i1")
    line = f"# {near} waits for {terms.codename}"
    text = program(draw.label("i1"), line)
    yield internal("code name in a comment", "src/waiting.py", text, line)
    name = f"{draw.word('i2')}{terms.codename[0].upper()}{terms.codename[1:].lower()}Count"
    text = program(draw.label("i2"), f"{name} = 12")
    yield internal("code name inside an identifier", "src/counting.py", text, name)
    line = f"The customer {terms.customer} asked for {draw.word('i3')}."
    text = notes(draw.label("i3"), line)
    yield internal("customer in prose", "docs/wishes.md", text, line)
    host = f"{draw.word('i4')}.{draw.word('i4 zone')}.internal"
    text = program(draw.label("i4"), f'STORE = "https://{host}/files"')
    yield internal("internal host", "src/files.py", text, host)
    path = f"src/{draw.word('i5')}_{terms.codename.lower()}.py"
    yield internal("code name in a path", path, program(draw.label("i5")), path)


def _licensed(draw: Draw) -> Iterator[Plant]:
    heads = {
        "copyleft notice": (PlantKind.COPYLEFT, f"Copyright (C) 2019 The Grain Project\n\n{_GPL}"),
        "copyleft identifier": (
            PlantKind.COPYLEFT,
            "SPDX-License-Identifier: " + "AGPL-3.0-only\nCopyright (C) 2020 Open Kettle Authors",
        ),
        "weak copyleft identifier": (
            PlantKind.COPYLEFT,
            "SPDX-License-Identifier: " + "LGPL-2.1-only\nCopyright (C) 2020 Open Hinge Authors",
        ),
        "proprietary notice of others": (
            PlantKind.PROPRIETARY,
            (
                "Copyright (c) 2018 Brindle Systems GmbH. All rights reserved.\nConfidential and "
                "proprietary. Unauthorized copying of this file is strictly prohibited."
            ),
        ),
        "copyright of others without a license": (
            PlantKind.PROPRIETARY,
            "Copyright (c) 2017 Fernhollow Instruments Ltd.",
        ),
        "license that forbids training": (
            PlantKind.PROPRIETARY,
            (
                "Copyright (c) 2023 Netherwyke Labs Inc.\nPermission is granted to use this file, "
                "except that it may not be used to train\nmachine learning models."
            ),
        ),
    }
    for number, (name, (kind, head)) in enumerate(heads.items()):
        mark = f"license {number}"
        text = remark(head) + "\n\n" + program(draw.label(mark), _function(draw, mark))
        yield Plant(
            name=name,
            kind=kind,
            layer=_LICENSING,
            path=f"src/taken_{number}.py".encode(),
            data=text.encode(),
            needles=(draw.mark(mark).encode(),),
        )


def _vendored(draw: Draw) -> Iterator[Plant]:
    """Yield a copyleft package whose files say nothing themselves, and copies of one of them."""
    library = program(draw.label("vendored"), _function(draw, "vendored"), functions=12)
    near = library.replace(draw.mark("vendored"), draw.mark("near copy"))

    def plant(name: str, path: str, text: str, mark: str, layer: str) -> Plant:
        return Plant(
            name=name,
            kind=PlantKind.COPYLEFT,
            layer=layer,
            path=path.encode(),
            data=text.encode(),
            needles=(mark.encode(),),
        )

    notice = (
        f"Grain Library\nCopyright (C) 2019 The Grain Project\n\n{_GPL}\n\n{draw.mark('notice')}\n"
    )
    yield plant(
        "license of a copyleft package",
        "third_party/grain/LICENSE",
        notice,
        draw.mark("notice"),
        _LICENSING,
    )
    silent = program(draw.label("silent"), _function(draw, "silent"))
    yield plant(
        "silent file of a copyleft package",
        "third_party/grain/silent.py",
        silent,
        draw.mark("silent"),
        _PROVENANCE,
    )
    yield plant(
        "origin of a copy",
        "third_party/grain/sorting.py",
        library,
        draw.mark("vendored"),
        _PROVENANCE,
    )
    yield plant(
        "exact copy of a copyleft file", "src/sorting.py", library, draw.mark("vendored"), _COPIES
    )
    yield plant(
        "near copy of a copyleft file", "src/sorting_own.py", near, draw.mark("near copy"), _COPIES
    )


def _unsettled(draw: Draw) -> Iterator[Plant]:
    """Yield what nobody agreed to, and what was not looked at."""
    yield Plant(
        name="file without consent",
        kind=PlantKind.CONSENT,
        layer="consent of the owner",
        path=b"src/unasked.py",
        data=_marked(draw, "unasked"),
        needles=(draw.mark("unasked").encode(),),
        repository=SILENT,
    )
    yield Plant(
        name="file whose scan was lost",
        kind=PlantKind.UNSCANNED,
        layer="rule for what was not scanned",
        path=b"src/unscanned.py",
        data=_marked(draw, "unscanned"),
        needles=(draw.mark("unscanned").encode(),),
        is_scanned=False,
    )
    yield Plant(
        name="bytes that are no text",
        kind=PlantKind.UNSCANNED,
        layer="reading of text",
        path=b"src/broken.py",
        data=_marked(draw, "broken") + b"\x00\xff\xfe\x81" * 9,
        needles=(draw.mark("broken").encode(),),
    )


def _marked(draw: Draw, name: str) -> bytes:
    return program(draw.label(name), _function(draw, name)).encode()

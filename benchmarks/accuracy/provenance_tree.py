"""An invented company repository: its own code, packages it vendored, files it copied in.

Texts come from what is installed at run time (Python packages, the license texts that the system
keeps in ``/usr/share/common-licenses``), so nothing of them stands in this repository.
"""

from __future__ import annotations

import json
import random
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from benchmarks.accuracy.provenance_texts import (
    DEBIAN,
    EULA,
    GPL_HEADER,
    MIT,
    NON_COMMERCIAL,
    OWN_FILES,
    REFERENCE,
    REUSE,
)

COMPANY = "Acme Rockets"
_SEED = 20240711
_COMMON = Path("/usr/share/common-licenses")
_SITE = Path(sysconfig.get_paths()["purelib"])
_WORDS = ("copyright", "licen", "reserved", "(c)", "\xa9", "proprietary", "confidential", "author")
_PEOPLE = ("Ada Quill", "Bo Marsh", "Cleo Vance", "Dmitri Oak", "Erin Stone")
_FOREIGN = (
    "Initech Systems GmbH",
    "Umbrella Analytics, Inc.",
    "Hooli LLC",
    "Jane Q. Roe",
    "ETH Labs",
)
_VENDOR_ROOTS = ("third_party", "vendor", "external", "src/third-party", "lib/vendor", "deps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One file with what it is; `group` names the row that it counts in, "" for none."""

    path: str
    data: bytes
    group: str
    is_restricted: bool


def comment(text: str) -> str:
    """Return text as a Python comment."""
    return "".join(f"# {line}".rstrip() + "\n" for line in text.rstrip("\n").split("\n"))


class CompanyTree:
    """Generates the cases; the same seed and the same installed packages give the same tree."""

    def __init__(self, *, seed: int = _SEED, has_root_license: bool = True) -> None:
        """Find the bodies to use."""
        self._random = random.Random(seed)
        self._has_root_license = has_root_license
        self._bodies = self._find_bodies()

    def cases(self) -> list[Case]:
        """Return every file of the tree."""
        found: list[Case] = []
        for part in (
            self._first_party(),
            self._vendored_restricted(),
            self._vendored_permissive(),
            self._node_modules(),
            self._site_packages(),
            self._copied_with_notice(),
        ):
            found += part
        found += list(self._copied_without_notice([c for c in found if c.group == _RESTRICTED]))
        return found

    def _find_bodies(self) -> list[str]:
        """Return source texts without any word of license or holder."""
        found = []
        for path in sorted(_SITE.glob("*/**/*.py")):
            if not 900 <= path.stat().st_size <= 12_000 or "test" in path.name:
                continue
            text = path.read_text("utf-8", "replace")
            if not any(word in text.lower() for word in _WORDS):
                found.append(text)
            if len(found) >= 6000:
                break
        self._random.shuffle(found)
        return found

    def _body(self) -> str:
        return self._bodies.pop()

    def _holder(self) -> str:
        return self._random.choice(_FOREIGN)

    # --- the company's own ----------------------------------------------------------------

    def _first_party(self) -> Iterator[Case]:
        if self._has_root_license:
            text = f"Copyright (c) 2019-2024 {COMPANY}, Inc. All rights reserved.\n\nProprietary.\n"
            yield Case(path="LICENSE", data=text.encode(), group="", is_restricted=False)
        for number in range(360):
            header = self._own_header(number)
            text = header + self._own_source(number)
            path = f"services/{_NAMES[number % 12]}/{_NAMES[number % 7]}_{number}.py"
            yield self._own(path, text)
        for name, text in OWN_FILES.items():
            yield self._own(name, text)

    @staticmethod
    def _own(path: str, text: str) -> Case:
        return Case(path=path, data=text.encode(), group="first-party", is_restricted=False)

    def _own_header(self, number: int) -> str:
        person = self._random.choice(_PEOPLE)
        login = person.split()[0].lower()
        headers = (
            "",
            "",
            "",
            f"# Copyright {2018 + number % 7} {COMPANY}\n",
            f"# Copyright (c) 2020-2024 {COMPANY}, Inc. All rights reserved.\n",
            f"# (c) {COMPANY} 2023. Proprietary and confidential.\n",
            f'"""Orders.\n\n:author: {person}\n"""\n',
            f"# @author {person} <{login}@acme.example>\n",
            f"# TODO({login}): the GPL version of this library is slower; we wrote our own\n",
            "# Not a copy of the GNU tool of that name; see docs/licensing.md for what is fine.\n",
            f"# SPDX-FileCopyrightText: 2024 {COMPANY}, Inc.\n{REFERENCE}",
        )
        return headers[number % len(headers)]

    def _own_source(self, number: int) -> str:
        rng = self._random
        words = [rng.choice(_NAMES) for _ in range(8)]
        lines = [
            "from __future__ import annotations",
            "",
            f"LIMIT_{number} = {rng.randint(2, 9999)}",
            "",
        ]
        for index in range(rng.randint(3, 12)):
            a, b, c = (f"{rng.choice(words)}_{rng.randint(1, 99)}" for _ in range(3))
            lines += [
                f"def {rng.choice(words)}_{index}_{number}({a}, {b}={rng.randint(0, 500)}):",
                f'    """Return the {a} of a {c}."""',
                f"    {c} = {a} * {rng.randint(2, 90)} + {b}",
                f"    if {c} > LIMIT_{number}:",
                f"        return {c} - {rng.randint(1, 50)}",
                f"    return {c}",
                "",
            ]
        return "\n".join(lines)

    # --- vendored -------------------------------------------------------------------------

    def _package(self, root: str, name: str, files: int) -> Iterator[tuple[str, str]]:
        for number in range(files):
            yield f"{root}/{name}/{'src/' if number % 2 else ''}m{number}.py", self._body()

    def _vendored_restricted(self) -> Iterator[Case]:
        for number in range(24):
            root = _VENDOR_ROOTS[number % len(_VENDOR_ROOTS)]
            name = f"{_NAMES[number % 12]}lib{number}"
            for path, text in self._restricted_notices(f"{root}/{name}", number):
                yield Case(path=path, data=text.encode(), group="", is_restricted=True)
            for index, (path, text) in enumerate(self._package(root, name, 6)):
                header = comment(GPL_HEADER.format(version=2)) if index == 3 else ""
                yield Case(
                    path=path, data=(header + text).encode(), group=_RESTRICTED, is_restricted=True
                )

    def _restricted_notices(self, place: str, number: int) -> Iterator[tuple[str, str]]:
        kinds = ("GPL-2", "GPL-3", "LGPL-2.1", "LGPL-3", "MPL-2.0", "eula", "manifest", "disagree",
                 "none", "pair", "debian", "nc")  # fmt: skip
        kind = kinds[number % len(kinds)]
        if kind in {"GPL-2", "GPL-3", "LGPL-2.1", "LGPL-3", "MPL-2.0"}:
            name = ("COPYING", "LICENSE", "LICENSE.txt", "COPYING.LESSER")[number % 4]
            yield f"{place}/{name}", (_COMMON / kind).read_text("utf-8")
        elif kind == "eula":
            yield f"{place}/LICENSE", EULA.format(year=2020, holder=self._holder())
        elif kind == "manifest":
            yield f"{place}/package.json", json.dumps({"name": "x", "license": "AGPL-3.0-only"})
        elif kind == "disagree":
            yield f"{place}/LICENSE", MIT.format(year=2019, holder=self._holder())
            yield f"{place}/package.json", json.dumps({"name": "x", "license": "GPL-3.0-or-later"})
        elif kind == "pair":
            yield f"{place}/LICENSE.MIT", MIT.format(year=2019, holder=self._holder())
            yield f"{place}/COPYING", (_COMMON / "GPL-2").read_text("utf-8")
        elif kind == "debian":
            yield f"{place}/debian/copyright", DEBIAN.format(license="GPL-2+")
        elif kind == "nc":
            text = MIT.format(year=2021, holder=self._holder())
            yield (
                f"{place}/LICENSE",
                text + "\nThe Software may not be used for commercial purposes.\n",
            )

    def _vendored_permissive(self) -> Iterator[Case]:
        for number in range(24):
            root = _VENDOR_ROOTS[number % len(_VENDOR_ROOTS)]
            name = f"{_NAMES[number % 12]}kit{number}"
            for path, text in self._permissive_notices(f"{root}/{name}", number):
                yield Case(path=path, data=text.encode(), group="", is_restricted=False)
            for index, (path, text) in enumerate(self._package(root, name, 6)):
                header = f"# Copyright 2018 {self._holder()}\n" if index == 2 else ""
                yield Case(
                    path=path, data=(header + text).encode(), group=_PERMISSIVE, is_restricted=False
                )

    def _permissive_notices(self, place: str, number: int) -> Iterator[tuple[str, str]]:
        kinds = ("MIT", "Apache", "BSD", "manifest", "both", "dual", "debian", "reuse")
        kind = kinds[number % len(kinds)]
        mit = MIT.format(year=2019, holder=self._holder())
        if kind == "MIT":
            yield f"{place}/LICENSE", mit
        elif kind == "Apache":
            yield f"{place}/LICENSE.txt", (_COMMON / "Apache-2.0").read_text("utf-8")
        elif kind == "BSD":
            yield f"{place}/COPYING", (_COMMON / "BSD").read_text("utf-8")
        elif kind == "manifest":
            yield f"{place}/package.json", json.dumps({"name": "x", "license": "ISC"})
        elif kind == "both":
            yield f"{place}/LICENSE", mit
            yield f"{place}/pyproject.toml", '[project]\nname = "x"\nlicense = "MIT"\n'
        elif kind == "dual":
            yield f"{place}/LICENSE-MIT", mit
            yield f"{place}/LICENSE-APACHE", (_COMMON / "Apache-2.0").read_text("utf-8")
            yield f"{place}/Cargo.toml", '[package]\nname = "x"\nlicense = "MIT OR Apache-2.0"\n'
        elif kind == "debian":
            yield f"{place}/debian/copyright", DEBIAN.format(license="Expat")
        elif kind == "reuse":
            yield f"{place}/REUSE.toml", REUSE

    def _node_modules(self) -> Iterator[Case]:
        for number in range(34):
            place = f"web/node_modules/{_NAMES[number % 12]}-{number}"
            license_id = ("MIT", "ISC", "BSD-2-Clause", "Apache-2.0", "MIT")[number % 5]
            manifest = json.dumps(
                {"name": "x", "version": "1.0.0", "license": license_id}, indent=2
            )
            yield Case(
                path=f"{place}/package.json", data=manifest.encode(), group="", is_restricted=False
            )
            for index in range(3):
                text = "// " + self._body().replace("\n", "\n// ")
                yield Case(
                    path=f"{place}/lib/{index}.js",
                    data=text.encode(),
                    group="node_modules",
                    is_restricted=False,
                )

    def _site_packages(self) -> Iterator[Case]:
        """Yield real installed packages as somebody's committed virtual environment."""
        base = "tools/env/lib/python3.11/site-packages"
        yield Case(
            path="tools/env/pyvenv.cfg", data=b"home = /usr\n", group="", is_restricted=False
        )
        taken = 0
        for metadata in sorted(_SITE.glob("*.dist-info/METADATA")):
            license_id = _declared(metadata)
            if license_id is None or taken >= 24:
                continue
            record = metadata.parent / "RECORD"
            names = [line.split(",")[0] for line in record.read_text("utf-8").splitlines()]
            sources = [n for n in names if n.endswith(".py") and _is_full(_SITE / n)][:5]
            if not sources:
                continue
            taken += 1
            for name in ("METADATA", "RECORD", "LICENSE", "licenses/LICENSE"):
                path = metadata.parent / name
                if path.is_file():
                    yield Case(
                        path=f"{base}/{path.relative_to(_SITE)}", data=path.read_bytes(), group="",
                        is_restricted=False,
                    )  # fmt: skip
            is_restricted = license_id not in _PERMISSIVE_IDS
            for name in sources:
                group = "site-packages, restricted" if is_restricted else "site-packages"
                yield Case(
                    path=f"{base}/{name}",
                    data=(_SITE / name).read_bytes(),
                    group=group,
                    is_restricted=is_restricted,
                )

    # --- copied in ------------------------------------------------------------------------

    def _copied_with_notice(self) -> Iterator[Case]:
        for number in range(220):
            holder = self._holder()
            headers = (
                comment(f"Copyright (C) 2011 {holder}\n\n" + GPL_HEADER.format(version=3)),
                "# SPDX-License-Identifier: LGPL-2.1-or-later\n",
                comment(GPL_HEADER.format(version=2)),
                f"# Copyright (c) 2009-2014 {holder}\n",
                f"# Copyright {holder}, all rights reserved.\n",
                f"# This file is part of a product of {holder}.\n# (c) 2015 {holder}\n",
                comment(EULA.format(year=2016, holder=holder)),
                "# This file is licensed under the terms of the GNU GPL, version 3.\n",
                f'"""Helpers.\n\nCopyright (C) 2012, {holder}\n"""\n',
                f"# SPDX-FileCopyrightText: 2020 {holder}\n{NON_COMMERCIAL}",
            )
            place = ("services", "packages/open")[number % 3 == 0]
            yield Case(
                path=f"{place}/{_NAMES[number % 12]}/util_{number}.py",
                data=(headers[number % len(headers)] + self._body()).encode(),
                group="copied, notice or holder", is_restricted=True,
            )  # fmt: skip

    def _copied_without_notice(self, restricted: list[Case]) -> Iterator[Case]:
        for number, case in enumerate(restricted):
            text = case.data.decode()
            body = _without_header(text)
            kinds = {
                "exact": text,
                "line ends": body.replace("\n", "\r\n"),
                "white space": body.replace("    ", "\t").rstrip() + "\n\n",
                "header stripped": body.lstrip("\n"),
                "header replaced": f"# Copyright 2024 {COMPANY}\n" + body,
                "edited": "import logging\n\nlog = logging.getLogger(__name__)\n" + body,
            }
            kind = list(kinds)[number % len(kinds)]
            if kind == "exact" and body != text:
                kind = "header stripped"
            yield Case(
                path=f"services/{_NAMES[number % 12]}/borrowed_{number}.py",
                data=kinds[kind].encode(), group=f"copied, no notice: {kind}", is_restricted=True,
            )  # fmt: skip


_RESTRICTED = "vendored, restricted"
_PERMISSIVE = "vendored, permissive"
_PERMISSIVE_IDS = frozenset({"MIT", "BSD-3-Clause", "BSD-2-Clause", "Apache-2.0", "ISC", "PSF-2.0"})
_NAMES = (
    *("orders", "billing", "ledger", "router", "fleet", "sensor"),
    *("planner", "quota", "search", "payout", "beacon", "depot"),
)


def _without_header(text: str) -> str:
    lines = text.split("\n")
    while lines and lines[0].startswith("#"):
        lines.pop(0)
    return "\n".join(lines)


def _is_full(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _declared(metadata: Path) -> str | None:
    headers = HeaderParser().parsestr(metadata.read_text("utf-8", "replace"))
    value = headers.get("License-Expression") or headers.get("License") or ""
    is_plain = value in _PERMISSIVE_IDS or value in {"LGPL-3.0-only", "MPL-2.0"}
    return value if is_plain else None

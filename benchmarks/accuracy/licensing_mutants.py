"""Permissive texts that somebody turned into something else, and files that only talk of licenses.

A mutant is a permissive text with one more condition at its beginning, in the middle or at its
end. Hard negatives name licenses and grant nothing.
"""

from __future__ import annotations

import random
import re
from typing import Final

from benchmarks.accuracy.licensing_cases import (
    LICENSEDB,
    SEED,
    VARIANTS,
    Case,
    algebra,
    five,
    is_held_out,
    parsed,
)

CLAUSES: Final[dict[str, tuple[str, ...]]] = {
    "non-commercial": (
        "The Software may be used for non-commercial purposes only.",
        "Commercial use of this software requires a separate license from the author.",
        "You may not use this work for profit or in any product that is sold.",
        "This permission does not extend to companies or other for-profit organizations.",
        "Free for personal and educational use; businesses need to buy a license.",
    ),
    "military": (
        "The Software may not be used by any military organization or for weapons.",
        "Use in connection with warfare, nuclear arms or arms manufacture is forbidden.",
    ),
    "training": (
        "The Software may not be used to train machine learning models.",
        "Use of this code as training data for artificial intelligence is prohibited.",
        "No part of this repository shall be included in a data set for large language models.",
        "Permission is not granted for text and data mining or for AI training.",
    ),
    "field of use": (
        "The Software may only be used on hardware made by Widget Works GmbH.",
        "Use of the Software in medical devices is not permitted.",
        "The Software may only be run together with the Widget database.",
    ),
    "share changes": (
        "Anyone who modifies the Software must publish all changes under this same license.",
        "Modified versions must be sent back to the authors within thirty days.",
        "If you run a modified version as a network service, you must offer its source to users.",
    ),
    "advertising": (
        "All advertising materials that mention this software must show the name of its author.",
        "Every product that contains the Software must display the Widget logo on its start page.",
    ),
    "revocable": (
        "The author may revoke this permission at any time.",
        "This license is revocable and ends automatically after one year.",
    ),
    "selling": (
        "This license does not grant you the right to sell the Software.",
        "The Software may not be sold, alone or as part of a larger work.",
        "Neither the Software nor derivatives may be offered as a hosted service to third parties.",
    ),
    "permission": (
        "Redistribution requires prior written permission of the copyright holder.",
        "You may not distribute modified versions without the consent of the author.",
    ),
    "size": (
        "Companies with more than 100 employees must obtain a commercial license.",
        "If your products have more than one million monthly users, you must ask for a license.",
    ),
    "ethics": (
        "The Software shall be used for Good, not Evil.",
        "The Software may not be used to violate human rights or to harm the environment.",
        "Licensees must comply with all labor laws and may not force anyone to work overtime.",
        "The Software must not be used by law enforcement for mass surveillance.",
    ),
    "internal": (
        "The Software is for internal use within your organization only.",
        "This copy is for evaluation purposes only and must be deleted after 30 days.",
        "You may not disclose or transfer the Software to third parties.",
    ),
}
BASES: Final = [
    "mit",
    "bsd-new",
    "bsd-simplified",
    "isc",
    "apache-2.0",
    "zlib",
    "boost-1.0",
    "x11",
    "uoi-ncsa",
    "bsd-zero",
]
PLAIN: Final = (
    "Please see our website for more information about this project.",
    "Thanks to all the people who have helped with patches and reports.",
    "Widget is a registered trademark of Widget Works GmbH.",
    "The authors would be happy to hear how you use the software.",
    "Third party libraries are listed in the file CREDITS.",
    "This is a permissive free software license that is compatible with the GNU GPL.",
    "For questions write to legal@widget.example.",
)


def _base(name: str) -> str:
    return parsed(LICENSEDB / "licenses" / f"{name}.LICENSE")[1]


def _inserted(text: str, clause: str, place: str) -> str:
    parts = re.split(r"\n\s*\n", text)
    at = {"beginning": 0, "middle": (len(parts) + 1) // 2, "end": len(parts)}[place]
    return "\n\n".join([*parts[:at], clause, *parts[at:]]) + "\n"


def _inline(text: str, clause: str) -> str:
    """Return the text with the clause right behind its first sentence that ends in a line."""
    match = re.search(r"[.:]\s", text[len(text) // 3 :])
    at = len(text) // 3 + (match.end() if match else 0)
    return f"{text[:at]}{clause} {text[at:]}\n"


def _changed(text: str, clause: str, place: str) -> str:
    return _inline(text, clause) if place == "inline" else _inserted(text, clause, place)


def mutant_cases() -> list[Case]:
    """Return every clause in permissive texts, at four places, in files of different kinds."""
    chosen = random.Random(SEED)
    cases = []
    for kind, clauses in CLAUSES.items():
        for number, clause in enumerate(clauses):
            for place in ("beginning", "middle", "end", "inline"):
                for base in chosen.sample(BASES, 3):
                    text = _changed(_base(base), clause, place)
                    suffix, change = VARIANTS[chosen.choice(("plain", "headed", "star comment"))]
                    cases.append(
                        Case(
                            name=f"{base}:{kind}{number}:{place}",
                            data=change(text).encode(),
                            suffix=suffix,
                            ids=frozenset(),
                            category="proprietary",
                            kind=kind,
                        )
                    )
    return cases


def harmless_cases() -> list[Case]:
    """Return permissive texts with a remark that restricts nothing."""
    chosen = random.Random(SEED + 1)
    cases = []
    for base in BASES:
        for remark in PLAIN:
            for place in ("beginning", "end"):
                suffix, change = VARIANTS[chosen.choice(("plain", "headed", "star comment"))]
                cases.append(
                    Case(
                        name=f"{base}:{place}:{remark[:20]}",
                        data=change(_inserted(_base(base), remark, place)).encode(),
                        suffix=suffix,
                        ids=frozenset(),
                        category="permissive",
                        kind="remark",
                    )
                )
    return cases


MENTIONS: Final = (
    ("py", "def is_gpl(name):\n    return name in ALLOWED or name.startswith('LGPL')\n"),
    ("py", "# The solver compares the license field of both records.\nlicense = row['license']\n"),
    ("js", "const licenseKey = process.env.LICENSE_KEY;\nif (!licenseKey) throw new Error('x');\n"),
    ("go", "// parseLicense reads the license plate of a car.\nfunc parseLicense(s string) {}\n"),
    ("py", "# This code is not derived from any GPL software.\nx = 1\n"),
    ("c", "/* Unlike the GPL'd readline, this editor is small. */\nint x;\n"),
    ("md", "# Widget\n\nWhy not the GPL? Because we wanted something simpler.\n"),
    ("py", "# checks that the copyright year in the header is current\nYEAR = 2024\n"),
    ("java", "// train the model on the confidential flag of every record\nint x;\n"),
    ("sql", "-- add column is_commercial to table customers\nSELECT 1;\n"),
    ("yaml", "rules:\n  - no-proprietary-imports: true\n  - license-check: off\n"),
    ("rs", "// military time, 24 hours\nfn clock() {}\n"),
    ("ts", "// Formats a confidential score for display.\nexport const f = 1;\n"),
)


REFERENCES: Final = (
    "# see LICENSE for details\nx = 1\n",
    "# This file is distributed under the same license as the widget package.\nx = 1\n",
    "# Copying is governed by the COPYING file in the root of this repository.\nx = 1\n",
)


def mention_cases() -> list[Case]:
    """Return files that speak of licenses and are under none by their own words."""
    cases = [
        Case(
            name=f"mention{number}",
            data=text.encode(),
            suffix=suffix,
            ids=frozenset(),
            category="none",
            kind="mention",
        )
        for number, (suffix, text) in enumerate(MENTIONS)
    ]
    # With nothing above it nobody can tell what such a file is under.
    cases += [
        Case(
            name=f"reference{number}",
            data=text.encode(),
            suffix="py",
            ids=frozenset(),
            category="unknown",
            kind="reference",
        )
        for number, text in enumerate(REFERENCES)
    ]
    ids = "MIT Apache-2.0 GPL-2.0-only GPL-3.0-only MPL-2.0 ISC Zlib EPL-2.0 0BSD NCSA X11 CC0-1.0"
    table = "LICENSES = [\n" + "".join(f"    '{name}',\n" for name in ids.split()) + "]\n"
    cases.append(
        Case(
            name="table", data=table.encode(), suffix="py", ids=frozenset(), category="none",
            kind="table",
        )
    )  # fmt: skip
    return cases


def tag_cases() -> list[Case]:
    """Return SPDX tags in comments of all kinds, with expressions and what stands around them."""
    tag = "SPDX-License-" + "Identifier: "
    expressions = {
        "MIT": "MIT",
        "apache-2.0": "Apache-2.0",
        "GPL-2.0": "GPL-2.0-only",
        "GPL-2.0+": "GPL-2.0-or-later",
        "(MIT OR Apache-2.0)": "Apache-2.0 OR MIT",
        "GPL-2.0-only WITH Classpath-exception-2.0": "GPL-2.0-only WITH Classpath-exception-2.0",
        "BSD-3-Clause AND (MIT OR Zlib)": "BSD-3-Clause AND (MIT OR Zlib)",
        "LicenseRef-Widget": "LicenseRef-Widget",
        "GPL-2.0-with-classpath-exception": "GPL-2.0-only WITH Classpath-exception-2.0",
        "MPL-2.0 OR LGPL-2.1-or-later": "LGPL-2.1-or-later OR MPL-2.0",
    }
    frames = (
        ("py", "# {}\nx = 1\n"),
        ("c", "/* {} */\nint x;\n"),
        ("c", "// {}\nint x;\n"),
        ("h", "/*\n * Copyright 2020 Widget\n *\n * {}\n */\n"),
        ("html", "<!-- {} -->\n<p>x</p>\n"),
        ("hs", "{{- {} -}}\nmodule X where\n"),
        ("lua", "--[[ {} ]]\nlocal x = 1\n"),
        ("sql", "-- {}\nSELECT 1;\n"),
        ("el", ";; {}\n(x)\n"),
        ("tex", "% {}\n\\x\n"),
        ("rst", ".. {}\n\ntext\n"),
        ("ml", "(* {} *)\nlet x = 1\n"),
        ("bat", "REM {}\necho x\n"),
        ("vim", '" {}\nset x\n'),
        ("f90", "! {}\nend\n"),
        ("m4", "dnl {}\nAC_INIT\n"),
        ("py", '"""Module.\n\n{}\n"""\n'),
        ("js", "'use strict'; // {}\r\nlet x;\r\n"),
        ("json", '{{"_comment": "{}"}}\n'),
        ("xml", '<x note="{}"/>\n'),
        ("py", "x = 1\n" * 9000 + "# {}\n" + "y = 2\n" * 9000),
        ("jinja", "{{# {} #}}\n<p>\n"),
        ("erb", "<%# {} %>\n<p>\n"),
        ("man", '.\\" {}\n.TH X\n'),
    )
    cases = []
    for text, expected in expressions.items():
        terms = algebra().read(expected)
        for number, (suffix, frame) in enumerate(frames):
            cases.append(
                Case(
                    name=f"{text}:{number}",
                    data=frame.format(tag + text).encode(),
                    suffix=suffix,
                    ids=terms.ids,
                    category=five(terms.category),
                    kind=suffix,
                )
            )
    return cases


def free_cases(*, held_out: bool) -> list[Case]:
    """Return common permissive license texts, each as it is published."""
    names = sorted((LICENSEDB / "licenses").glob("*.LICENSE"))
    return [
        Case(
            name=path.stem,
            data=parsed(path)[1].encode(),
            suffix="license",
            ids=frozenset(),
            category="permissive",
        )
        for path in names
        if is_held_out(path.name) == held_out and "category: Permissive" in parsed(path)[0]
    ]

"""License texts and files of the invented company."""

from __future__ import annotations

import json

MIT = """MIT License

Copyright (c) {year} {holder}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""
EULA = """SOFTWARE LICENSE AGREEMENT

Copyright (c) {year} {holder}. All rights reserved.

This software is the confidential and proprietary information of {holder}. It is licensed,
not sold. You may not copy, modify, distribute or sublicense the software without a signed
agreement with {holder}.
"""
GPL_HEADER = """This program is free software; you can redistribute it and/or modify it
under the terms of the GNU General Public License as published by the
Free Software Foundation; either version {version} of the License, or (at your
option) any later version.

This program is distributed in the hope that it will be useful, but WITHOUT
ANY WARRANTY; without even the implied warranty of MERCHANTABILITY or FITNESS
FOR A PARTICULAR PURPOSE.  See the GNU General Public License for more details.
"""
REFERENCE = "# SPDX-License-Identifier: LicenseRef-Acme-Internal\n"
NON_COMMERCIAL = "# SPDX-License-Identifier: CC-BY-NC-4.0\n"
DEBIAN = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: thing

Files: *
Copyright: 2010-2015 Jane Q. Roe
License: {license}

Files: debian/*
Copyright: 2016 Packager
License: {license}
"""
REUSE = """version = 1

[[annotations]]
path = "**"
SPDX-FileCopyrightText = "2020 Jane Q. Roe"
SPDX-License-Identifier = "MIT"
"""
OWN_FILES = {
    "README.md": "# Rockets\n\n![License: MIT](badges/license-MIT-green)\n\nUses Redis (BSD) and "
    "Postgres.\nNothing here is under the GPL.\n",
    "web/package.json": json.dumps({"name": "@acme/web", "private": True, "license": "UNLICENSED"}),
    "web/src/app.js": "export const start = () => fetchOrders().then(render);\n",
    "requirements/deps/mock.txt": "mock>=1.3\n",
    "requirements/default.txt": "kombu>=5\nvine>=5\n",
    "services/api/deps/__init__.py": "def current_user(token):\n    return lookup(token)\n",
    "services/api/deps/database.py": "def session():\n    yield connect()\n",
    "k8s/pods/worker.yaml": "kind: Pod\nmetadata:\n  name: worker\n",
    "docs/licensing.md": "# Licensing\n\nWe may use MIT, BSD and Apache code. GPL, AGPL and SSPL "
    "need a word from legal first.\n",
    "scripts/check_licenses.py": 'ALLOWED = {"MIT", "BSD-3-Clause", "Apache-2.0"}\nDENIED = '
    '{"GPL-3.0-only", "AGPL-3.0-only"}\n\n\ndef is_allowed(name):\n    return name in ALLOWED\n',
    "src/license.py": "def read_license(key):\n    return LICENSES.get(key)\n",
    "packages/open/package.json": json.dumps({"name": "@acme/open", "license": "MIT"}),
    "packages/open/index.js": "export const version = () => 3;\n",
    "Makefile": "test:\n\tpython -m pytest\n",
}

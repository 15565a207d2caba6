"""``shardgate scan`` as a process: the contract of its lines, its formats, its exit codes."""

from __future__ import annotations

import json
import os
import random
import signal
import string
import subprocess
import time
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support.commands import ROOT, run_shardgate, shardgate_argv, user_environment
from tests.support.gitrepo import Commit, build_repository, git
from workers.keys import load_identity_key

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(900),
]
_RANDOM = random.Random(7)
_ALNUM = string.ascii_letters + string.digits


def token() -> str:
    """A value in the form of a provider's token; never a live one."""
    return "ghp" + "_" + "".join(_RANDOM.choices(_ALNUM, k=36))


PLAIN, WIDE, ZIPPED, BINARY, OLD = (token() for _ in range(5))
MAIL = "jane.doe" + "@" + "acme-widgets.com"
CANARIES = (PLAIN, WIDE, ZIPPED, BINARY, OLD, MAIL)

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
FINDING = Draft202012Validator(
    {
        "type": "object",
        "properties": {
            "path": _TEXT,
            "line": {"type": "integer", "minimum": 1},
            "start": _COUNT,
            "end": {"type": "integer", "minimum": 1},
            "family": {"enum": ["secrets", "pii", "confidential"]},
            "rule_id": _TEXT,
            "type": {"type": "string", "pattern": "^[A-Z_]+$"},
            "confidence": {"enum": ["low", "medium", "high"]},
            "preview": {"type": "string", "maxLength": 8},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "views": {"type": "array", "items": _TEXT},
            "in_path": {"const": True},
        },
        "required": [
            *("path", "line", "start", "end", "family", "rule_id", "type", "confidence"),
            *("preview", "fingerprint", "views"),
        ],
        "additionalProperties": False,
    }
)
VERDICT = Draft202012Validator(
    {
        "type": "object",
        "properties": {
            "path": _TEXT,
            "family": {"const": "licensing"},
            "license_expression": {"type": ["string", "null"]},
            "category": {"enum": ["permissive", "copyleft", "proprietary", "unknown", "none"]},
            "eligibility": {"enum": ["releasable", "held"]},
            "evidence": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["kind", "spdx", "line", "start", "end", "score"],
                    "additionalProperties": False,
                    "properties": {
                        "kind": _TEXT,
                        "spdx": {"type": "string"},
                        "line": {"type": "integer", "minimum": 1},
                        "start": _COUNT,
                        "end": _COUNT,
                        "score": {"type": "number", "minimum": 0, "maximum": 1},
                    },
                },
            },
            "reasons": {"type": "array", "items": _TEXT},
            "provenance": {"enum": ["first_party", "third_party", "mixed", "unknown"]},
            "provenance_evidence": {"type": "array", "items": _TEXT},
            "license_source": _TEXT,
            "copy_of": _TEXT,
        },
        "required": [
            *("path", "family", "license_expression", "category", "eligibility", "evidence"),
            *("reasons", "provenance"),
        ],
        "additionalProperties": False,
    }
)
UNSCANNED = Draft202012Validator(
    {
        "type": "object",
        "properties": {
            "path": _TEXT,
            "status": {"const": "unscanned"},
            "reason": _TEXT,
            "family": {"type": ["string", "null"]},
            "detail": _TEXT,
            "in_path": {"const": True},
            "blob": _TEXT,
        },
        "required": ["path", "status", "reason", "family"],
        "additionalProperties": False,
    }
)


@dataclass(frozen=True)
class Run:
    """How one process ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's cache; compiled rules are shared by all tests."""
    return tmp_path_factory.mktemp("user")


def environment(cache: Path) -> dict[str, str]:
    return user_environment(
        HOME=str(cache),
        XDG_CACHE_HOME=str(cache),
        SHARDGATE_HOME=str(cache / "no-home"),
    )


def command(*arguments: str) -> list[str]:
    return shardgate_argv("scan", *arguments)


def scan(cache: Path, *arguments: str, cwd: Path = ROOT) -> Run:
    done = run_shardgate("scan", *arguments, env=environment(cache), cwd=cwd)
    return Run(code=done.returncode, out=done.stdout, err=done.stderr)


def fill(root: Path) -> None:
    (root / "src").mkdir(parents=True)
    (root / "src" / "app.py").write_text(f'TOKEN = "{PLAIN}"\n# mail {MAIL}\n')
    (root / "src" / "gpl.c").write_text("/* SPDX-License-Identifier: GPL-3.0-only */\nint x;\n")
    (root / "wide.txt").write_bytes(f"größe = 1\ntoken = {WIDE}\n".encode("utf-16"))
    with zipfile.ZipFile(root / "kept.zip", "w") as archive:
        archive.writestr("inside.env", f"GITHUB_TOKEN={ZIPPED}\n")
    (root / "dump.bin").write_bytes(bytes(range(32)) * 9 + f"token={BINARY}\n".encode() + b"\0" * 9)
    (root / "empty.py").touch()
    (root / "lonely").mkdir()
    (root / "lonely" / "LICENSE").touch()
    (root / "large.txt").write_bytes(b"word\n" * 60_000)
    (root / "link.py").symlink_to("src/app.py")
    os.mkfifo(root / "pipe")
    (root / MAIL).write_text("x = 1\n")
    (root / os.fsdecode(b"odd-\xff.py")).write_bytes(b"y = 2\n")
    git(root, "init", "--quiet", ".")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("scanned") / "tree"
    fill(root)
    return root


@pytest.fixture(scope="module")
def whole(cache: Path, tree: Path) -> Run:
    """All families over the tree, once."""
    return scan(cache, str(tree), "--format", "jsonl", "--max-bytes", "200000", "--jobs", "2")


def of_kind(run: Run) -> dict[str, list[dict[str, Any]]]:
    kinds: dict[str, list[dict[str, Any]]] = {"finding": [], "verdict": [], "unscanned": []}
    for line in run.lines:
        kind = "unscanned" if "status" in line else "verdict" if "category" in line else "finding"
        kinds[kind].append(line)
    return kinds


def test_every_line_keeps_the_contract(whole: Run) -> None:
    assert (whole.code, "Traceback" in whole.err) == (0, False), whole.err
    kinds = of_kind(whole)
    for kind, check in (("finding", FINDING), ("verdict", VERDICT), ("unscanned", UNSCANNED)):
        assert kinds[kind]
        for line in kinds[kind]:
            check.validate(line)


def test_every_entry_has_a_verdict_or_a_reason_and_never_both(whole: Run, tree: Path) -> None:
    seen = {
        os.path.relpath(Path(folder, name), tree)
        for folder, folders, names in os.walk(tree)
        for name in names
        if ".git" not in Path(folder).parts
    } | {".git"}
    kinds = of_kind(whole)
    fates = Counter(line["path"] for line in kinds["verdict"])
    fates.update(line["path"] for line in kinds["unscanned"] if line["family"] is None)
    assert fates == Counter(seen)
    assert f"{len(seen)} seen" in whole.err


def test_what_is_not_scanned_says_why(whole: Run) -> None:
    reasons = {line["path"]: line["reason"] for line in of_kind(whole)["unscanned"]}
    assert reasons == {
        ".git": "git-directory",
        "dump.bin": "binary",
        "kept.zip": "binary",
        "large.txt": "too_large",
        "link.py": "symlink",
        "lonely/LICENSE": "empty",
        "pipe": "special",
    }


def test_spans_are_of_the_stored_bytes(whole: Run, tree: Path) -> None:
    found = {
        (line["path"], line["type"]): line
        for line in of_kind(whole)["finding"]
        if not line.get("in_path") and line["type"] in {"PROVIDER_TOKEN", "EMAIL_ADDRESS"}
    }
    plain = found["src/app.py", "PROVIDER_TOKEN"]
    stored = (tree / "src" / "app.py").read_bytes()
    assert stored[plain["start"] : plain["end"]].decode() == PLAIN
    mail = found["src/app.py", "EMAIL_ADDRESS"]
    assert (stored[mail["start"] : mail["end"]].decode(), mail["line"]) == (MAIL, 2)
    wide = found["wide.txt", "PROVIDER_TOKEN"]
    stored = (tree / "wide.txt").read_bytes()
    assert stored[wide["start"] : wide["end"]].decode("utf-16-le") == WIDE
    assert wide["line"] == 2
    binary = found["dump.bin", "PROVIDER_TOKEN"]
    stored = (tree / "dump.bin").read_bytes()
    assert stored[binary["start"] : binary["end"]].decode() == BINARY
    zipped = found["kept.zip", "PROVIDER_TOKEN"]
    assert zipped["views"][0].startswith("zip")
    assert 0 <= zipped["start"] < zipped["end"] <= (tree / "kept.zip").stat().st_size


def test_a_value_in_a_path_is_found_there(whole: Run) -> None:
    (line,) = [f for f in of_kind(whole)["finding"] if f["path"] == MAIL]
    assert (line["in_path"], line["line"], line["type"]) == (True, 1, "EMAIL_ADDRESS")
    assert MAIL.encode()[line["start"] : line["end"]].decode() == MAIL


def test_licenses_have_a_verdict(whole: Run) -> None:
    verdicts = {line["path"]: line for line in of_kind(whole)["verdict"]}
    copyleft = verdicts["src/gpl.c"]
    assert (copyleft["license_expression"], copyleft["category"]) == ("GPL-3.0-only", "copyleft")
    assert copyleft["eligibility"] == "held"
    assert "LICENSE_COPYLEFT" in copyleft["reasons"]
    assert verdicts["empty.py"]["category"] == "none"


def test_lines_come_in_the_order_of_paths_and_undecodable_bytes_come_back(whole: Run) -> None:
    paths = [os.fsencode(line["path"]) for line in whole.lines]
    assert paths == sorted(paths)
    assert b"odd-\xff.py" in paths


def without_values(text: str) -> None:
    for canary in CANARIES:
        assert canary not in text
        assert canary[:12] not in text.replace(f'"path":"{MAIL}"', "")


@pytest.mark.parametrize("form", ["table", "sarif", "html"])
def test_no_format_shows_a_value(cache: Path, tree: Path, form: str, tmp_path: Path) -> None:
    clean = tmp_path / "tree"
    fill(clean)
    (clean / MAIL).unlink()  # paths are shown; a value in one is shown with it
    output = tmp_path / "out"
    run = scan(cache, str(clean), "--format", form, "--output", str(output))
    assert run.code == 0, run.err
    text = output.read_text()
    without_values(text + run.out + run.err)
    assert "LICENSE_COPYLEFT" in text
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    if form == "sarif":
        check_sarif(json.loads(text))
    if form == "html":
        assert "<script" not in text
        assert "http" not in text.replace("http-equiv", "")


def check_sarif(log: dict[str, Any]) -> None:
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (log["version"], driver["name"]) == ("2.1.0", "shardgate")
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert all(result["partialFingerprints"].values())
        for location in result["locations"]:
            physical = location["physicalLocation"]
            assert physical["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
            region = physical.get("region", {"startLine": 1, "byteOffset": 0, "byteLength": 0})
            assert region["startLine"] >= 1
            assert min(region["byteOffset"], region["byteLength"]) >= 0
    (invocation,) = run["invocations"]
    notes = invocation["toolExecutionNotifications"]
    declared = [note["id"] for note in driver["notifications"]]
    assert {declared[note["descriptor"]["index"]] for note in notes} == set(declared)
    assert {note["descriptor"]["id"] for note in notes} >= {"unscanned/binary", "unscanned/symlink"}


def test_lines_show_no_value_but_in_a_path(whole: Run) -> None:
    lines = [line for line in whole.out.splitlines() if json.loads(line)["path"] != MAIL]
    without_values("\n".join(lines) + whole.err)


def test_only_the_families_asked_for_run(cache: Path, tree: Path) -> None:
    run = scan(cache, str(tree / "src"), "--families", "secrets", "--format", "jsonl")
    assert {line["family"] for line in run.lines} == {"secrets"}
    assert [line["path"] for line in run.lines] == ["app.py"]


def test_a_file_is_scanned_by_its_name_and_fingerprints_stay_from_run_to_run(
    cache: Path, tree: Path, whole: Run
) -> None:
    one = scan(cache, str(tree / "src" / "app.py"), "--families=secrets", "--format=jsonl")
    (line,) = one.lines
    (same,) = [
        f
        for f in of_kind(whole)["finding"]
        if f["path"] == "src/app.py" and f["family"] == "secrets"
    ]
    assert (line["path"], line["fingerprint"]) == ("app.py", same["fingerprint"])


def test_an_output_that_is_a_link_or_a_pipe_stays_one(
    cache: Path, tree: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("before")
    (tmp_path / "link").symlink_to("file")
    arguments = (str(tree / "src"), "--families=secrets", "--format=jsonl")
    run = scan(cache, *arguments, f"--output={tmp_path / 'link'}")
    assert (run.code, run.out) == (0, ""), run.err
    assert (tmp_path / "link").is_symlink()
    assert "fingerprint" in (tmp_path / "file").read_text()
    bad = scan(cache, *arguments, f"--output={tmp_path / 'no-folder' / 'out'}")
    assert bad.code == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--fail-on=findings",), 3),
        (("--fail-on=unscanned",), 0),
        (("--fail-on=held,findings",), 3),
    ],
)
def test_a_gate_is_asked_for(
    cache: Path, tree: Path, arguments: tuple[str, ...], code: int
) -> None:
    run = scan(cache, str(tree / "src"), "--families=secrets", "--format=jsonl", *arguments)
    assert run.code == code
    assert run.lines


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-folder",),
        (".", "--families=weather"),
        (".", "--fail-on=rain"),
        (".", "--company=no-such-file.yaml"),
        (".", "--history", "--families=pii"),
        (".", "--format=xml"),
        (".", "--jobs=-1"),
        ("https://user:" + "pw@git.example/x",),
        ("ext::sh -c true",),
        ("http://git.example/x",),
    ],
)
def test_input_that_must_be_mended_ends_with_2(
    cache: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    run = scan(cache, *arguments, cwd=tmp_path)
    assert (run.code, run.out) == (2, ""), run.err
    assert "Traceback" not in run.err
    assert "pw@" not in run.err


def test_a_tree_that_brings_an_installation_along_has_no_say(cache: Path, tmp_path: Path) -> None:
    load_identity_key(tmp_path / ".shardgate" / "keys")
    (tmp_path / ".shardgate" / "company.yaml").write_text("no: such key\n")
    (tmp_path / "f.txt").write_text("x\n")
    arguments = ("--families=confidential", "--format=jsonl", "--home=.shardgate")
    run = scan(cache, ".", *arguments, cwd=tmp_path)
    assert run.code == 0, run.err
    assert "is not used: it is in what is scanned" in run.err
    output = tmp_path / "out.jsonl"
    assert scan(cache, ".", *arguments, f"--output={output}", cwd=tmp_path).code == 0
    assert output.stat().st_mode & 0o777 == 0o600


def test_a_folder_without_repository_has_no_history(cache: Path, tmp_path: Path) -> None:
    run = scan(cache, str(tmp_path), "--history")
    assert run.code == 2
    assert "no git repository" in run.err


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A bare repository whose history holds what HEAD does not."""
    path = tmp_path_factory.mktemp("past") / "repo.git"
    return build_repository(
        path,
        [
            Commit(files={b"a.env": f"GITHUB_TOKEN={OLD}\n".encode(), b"b.py": b"x = 1\n"}),
            Commit(files={b"b.py": f'TOKEN = "{PLAIN}"\n'.encode()}),
            Commit(files={b"a.env": None}),
            Commit(files={b"side.py": f'TOKEN = "{WIDE}"\n'.encode()}, branch="side", parent=2),
            Commit(files={b"c.py": b"y = 2\n"}),
        ],
    )


def test_a_history_tells_the_life_of_each_secret(cache: Path, past: Any) -> None:
    run = scan(cache, str(past.path), "--history", "--format", "jsonl")
    assert run.code == 0, run.err
    without_values(run.out + run.err)
    by_path = {line["paths"][0]: line for line in run.lines}
    commits = past.commits
    old, head, side = by_path["a.env"], by_path["b.py"], by_path["side.py"]
    assert (old["first_commit"], old["last_commit"]) == (commits[0], commits[1])
    assert (old["removed_commit"], old["at_head"], old["at_refs"]) == (commits[2], False, [])
    assert old["first_date"] == "2023-11-14T22:14:20Z"
    assert (head["first_commit"], head["last_commit"]) == (commits[1], commits[4])
    assert (head["at_head"], head["removed_commit"]) == (True, None)
    assert (side["last_commit"], side["at_head"]) == (commits[3], False)
    assert side["at_refs"] == ["refs/heads/side"]
    assert {line["rotation"] for line in run.lines} == {"unknown"}
    assert {line["blobs"] for line in run.lines} == {1}
    assert not list((cache / "shardgate" / "scans").iterdir())


def test_a_bare_repository_and_a_url_are_read_at_head(cache: Path, past: Any) -> None:
    arguments = ("--families=secrets", "--format=jsonl")
    bare, url = scan(cache, str(past.path), *arguments), scan(cache, past.url, *arguments)
    assert bare.lines == url.lines
    assert [line["path"] for line in bare.lines] == ["b.py"]
    assert not list((cache / "shardgate" / "scans").iterdir())


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_scan_that_is_stopped_leaves_nothing_behind(
    cache: Path, past: Any, number: signal.Signals, code: int
) -> None:
    scans = cache / "shardgate" / "scans"
    argv = command(str(past.path), "--history", "--format=jsonl")
    with subprocess.Popen(
        argv, cwd=ROOT, env=environment(cache), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        while running.poll() is None and not list(scans.glob("*/repo_*")):
            time.sleep(0.01)
        running.send_signal(number)
        out, errors = running.communicate(timeout=300)
    assert (running.returncode, out) == (code, b"")
    assert b"Traceback" not in errors
    assert list(scans.iterdir()) == []

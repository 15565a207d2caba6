from __future__ import annotations

import ast
import base64
import json
import re
import string
import subprocess
import time
import zlib
from collections.abc import Mapping
from difflib import SequenceMatcher
from pathlib import Path

import pytest
import yaml

from cli import samples
from cli.samples import PlantKind, Sample, planted, write_samples
from cli.samples.canaries import canaries
from ingest.domain.company import CompanyProfile
from ingest.domain.repository import RightsBasis
from ingest.errors import ConfigurationError
from workers.canary.tokens import rsa_private_key

SOURCES = Path(samples.__file__).parent
HEADS = {
    "harbor-billing": "dea7354",
    "harbor-gateway": "ea4619d",
    "harbor-internal-tools": "c09f296",
}


def git(path: Path, *arguments: str) -> bytes:
    command = ["git", f"--git-dir={path}", *arguments]
    return subprocess.run(command, capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sample]:
    return {sample.name: sample for sample in write_samples(tmp_path_factory.mktemp("samples"))}


def entries(path: Path) -> dict[str, tuple[str, str]]:
    """Return mode and object id by path of the HEAD tree."""
    lines = git(path, "ls-tree", "-r", "-z", "HEAD").decode().split("\0")[:-1]
    heads = {line.split("\t", 1)[1]: line.split("\t", 1)[0].split(" ") for line in lines}
    return {name: (head[0], head[2]) for name, head in heads.items()}


def blobs(path: Path) -> dict[str, bytes]:
    """Return what stands at every path of the HEAD tree, but for submodules."""
    return {
        name: git(path, "cat-file", "blob", object_id)
        for name, (mode, object_id) in entries(path).items()
        if mode != "160000"
    }


@pytest.fixture(scope="module")
def contents(written: Mapping[str, Sample]) -> dict[str, dict[str, bytes]]:
    return {name: blobs(sample.path) for name, sample in written.items()}


def as_text(data: bytes) -> str:
    if data.startswith(b"\xff\xfe"):
        return data.decode("utf-16")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


# --- repositories -------------------------------------------------------------------------------


def test_the_ids_are_the_same_in_another_folder_and_at_another_time(
    written: Mapping[str, Sample], tmp_path: Path
) -> None:
    again = {sample.name: sample.path for sample in write_samples(tmp_path / "a b" / "ü")}
    refs = {name: git(path, "for-each-ref") for name, path in again.items()}
    assert refs == {name: git(sample.path, "for-each-ref") for name, sample in written.items()}


def test_the_ids_are_those_of_every_other_machine(written: Mapping[str, Sample]) -> None:
    found = {n: git(s.path, "rev-parse", "HEAD").decode()[:7] for n, s in written.items()}
    assert found == HEADS


def test_the_caller_s_git_configuration_and_environment_have_no_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitconfig").write_text("[init]\n\tdefaultBranch = odd\n[broken\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody")
    found = write_samples(tmp_path)
    monkeypatch.undo()
    assert {s.name: git(s.path, "rev-parse", "HEAD").decode()[:7] for s in found} == HEADS


def test_writing_twice_leaves_what_is_there_alone(tmp_path: Path) -> None:
    first = write_samples(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert write_samples(tmp_path) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_sample_whose_refs_were_moved_is_written_anew(tmp_path: Path) -> None:
    path = write_samples(tmp_path)[0].path
    good = git(path, "for-each-ref")
    git(path, "update-ref", "refs/heads/main", "feature/quarters")
    write_samples(tmp_path)
    assert git(path, "for-each-ref") == good


def test_something_else_under_the_name_of_a_sample_is_not_touched(tmp_path: Path) -> None:
    taken = tmp_path / "harbor-gateway.git"
    taken.mkdir()
    (taken / "work.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match="is no sample"):
        write_samples(tmp_path)
    assert (taken / "work.txt").read_text() == "mine"


def test_nothing_but_the_repositories_is_left_behind(tmp_path: Path) -> None:
    found = write_samples(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(sample.path for sample in found)


def test_repositories_are_bare_sound_and_without_hooks(written: Mapping[str, Sample]) -> None:
    for sample in written.values():
        assert git(sample.path, "rev-parse", "--is-bare-repository") == b"true\n"
        assert git(sample.path, "fsck", "--strict", "--no-progress") == b""
        assert not (sample.path / "hooks").exists()


def test_each_has_commits_a_second_branch_and_a_tag(written: Mapping[str, Sample]) -> None:
    for sample in written.values():
        refs = git(sample.path, "for-each-ref", "--format=%(refname)").decode().split()
        assert "refs/heads/main" in refs
        assert len([ref for ref in refs if ref.startswith("refs/heads/")]) == 2
        assert len([ref for ref in refs if ref.startswith("refs/tags/")]) == 1
        assert int(git(sample.path, "rev-list", "--count", "HEAD")) in {2, 3}


def test_all_are_written_within_a_second(tmp_path: Path) -> None:
    seconds = []
    for attempt in range(3):
        started = time.perf_counter()
        write_samples(tmp_path / str(attempt))
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 1


def test_rights_are_those_that_the_registry_asks_for(written: Mapping[str, Sample]) -> None:
    consent = {name: sample.release_consent for name, sample in written.items()}
    assert consent == {
        "harbor-billing": True,
        "harbor-gateway": True,
        "harbor-internal-tools": False,
    }
    assert written["harbor-gateway"].rights_basis is RightsBasis.CONTRACT
    for sample in written.values():
        assert sample.path.is_absolute()
        assert sample.owner
        assert sample.license
        assert sample.evidence
        assert sample.note


# --- what is in the trees -----------------------------------------------------------------------


def test_trees_hold_between_a_dozen_and_25_entries(written: Mapping[str, Sample]) -> None:
    assert all(12 <= len(entries(sample.path)) <= 25 for sample in written.values())


def test_the_gateway_holds_every_odd_kind_of_entry(
    written: Mapping[str, Sample], contents: Mapping[str, Mapping[str, bytes]]
) -> None:
    modes = {name: mode for name, (mode, _) in entries(written["harbor-gateway"].path).items()}
    files = contents["harbor-gateway"]
    assert modes["config/current.yaml"] == "120000"
    assert "config/" + files["config/current.yaml"].decode() in files
    assert modes["firmware"] == "160000"
    assert files["models/drift.onnx"].startswith(b"version https://git-lfs.github.com/spec/v1\n")
    assert files["web/public/beacon.png"].startswith(b"\x89PNG\r\n\x1a\n\0")
    assert files["docs/site notes.txt"].startswith(b"\xff\xfe")
    assert files["web/public/.gitkeep"] == b""
    assert b"DO NOT EDIT" in files["gen/reading_pb2.py"]
    assert {"docs/Fühler Übersicht.md", "docs/<img src=x onerror=alert(1)>.md"} <= set(files)
    with pytest.raises(UnicodeDecodeError):
        files["docs/sensor-units.txt"].decode()


def test_the_bundle_is_one_long_line(contents: Mapping[str, Mapping[str, bytes]]) -> None:
    bundle = contents["harbor-gateway"]["web/dist/dashboard.min.js"]
    assert bundle.count(b"\n") == 1
    assert len(bundle) > 5_000


def test_json_yaml_and_python_files_are_well_formed(
    contents: Mapping[str, Mapping[str, bytes]],
) -> None:
    for files in contents.values():
        for path, data in files.items():
            if path.endswith((".json", ".ipynb")):
                assert json.loads(data)
            elif path.endswith(".yaml") and b"\n" in data:
                assert yaml.safe_load(data)
            elif path.endswith(".py"):
                ast.parse(data)


def test_a_file_of_billing_has_a_twin_in_the_repository_without_consent(
    contents: Mapping[str, Mapping[str, bytes]],
) -> None:
    original = contents["harbor-billing"]["src/harbor_billing/rounding.py"]
    assert contents["harbor-internal-tools"]["tools/rounding.py"] == original


def test_a_file_of_billing_has_a_near_copy_in_the_repository_without_consent(
    contents: Mapping[str, Mapping[str, bytes]],
) -> None:
    original = as_text(contents["harbor-billing"]["src/harbor_billing/ledger.py"]).splitlines()
    copy = as_text(contents["harbor-internal-tools"]["tools/ledger_check.py"]).splitlines()
    matching = SequenceMatcher(None, original, copy, autojunk=False).ratio()
    assert len(copy) >= 60
    assert 0.9 < matching < 1


@pytest.mark.parametrize("repository", ["harbor-billing", "harbor-gateway"])
def test_files_without_any_plant_are_many_in_what_may_be_released(
    contents: Mapping[str, Mapping[str, bytes]], repository: str
) -> None:
    stained = {plant.path for plant in planted() if plant.repository == repository}
    clean = [
        path
        for path, data in contents[repository].items()
        if path not in stained and b"\0" not in data and not path.startswith("third_party/")
    ]
    code = [path for path in clean if path.endswith((".py", ".ts", ".tsx", ".go", ".java", ".sql"))]
    assert len(clean) > len(stained)
    assert len(clean) >= 8
    assert len(code) >= 5


# --- what is planted ----------------------------------------------------------------------------


def test_every_planted_value_stands_in_its_file(
    contents: Mapping[str, Mapping[str, bytes]],
) -> None:
    missing = [
        (plant.kind, plant.path)
        for plant in planted()
        if plant.value not in as_text(contents[plant.repository][plant.path])
    ]
    assert not missing


def test_a_planted_value_is_listed_at_every_file_in_which_it_stands(
    contents: Mapping[str, Mapping[str, bytes]],
) -> None:
    listed = {(plant.repository, plant.path, plant.value) for plant in planted()}
    unlisted = [
        (repository, path, name)
        for repository, files in contents.items()
        for path, data in files.items()
        for name, canary in canaries().items()
        for value in canary.values
        if re.search(rf"(?<![\w.]){re.escape(value)}(?![\w])", as_text(data))
        and (repository, path, value) not in listed
    ]
    assert not unlisted


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        # what stands between a colon and an at sign is a password
        (PlantKind.EMAIL, r"(?<![\w.:])[\w.]+@[\w.-]+\.(?:internal|cloud)\b"),
        (PlantKind.INTERNAL_HOST, r"[\w-]+(?:\.[\w-]+)*\.lumenharbor\.internal\b"),
        (PlantKind.TICKET, r"\b(?:LHB|HGW)-\d+"),
        (PlantKind.PRIVATE_IP, r"\b(?:10|172|192)\.\d+\.\d+\.\d+\b"),
        (PlantKind.PHONE, r"\+\d[\d ]{8,}\d"),
        (PlantKind.LOGIN, r"(?<=TODO\()\w+"),
        (PlantKind.CUSTOMER, r"(?i:fernwick)|Quellberg Logistik"),
        (PlantKind.CODENAME, r"(?i:kittiwake)"),
    ],
)
def test_nothing_of_a_kind_stands_in_a_tree_unlisted(
    contents: Mapping[str, Mapping[str, bytes]], kind: PlantKind, pattern: str
) -> None:
    listed = {(p.repository, p.path, p.value) for p in planted() if p.kind is kind}
    found = {
        (repository, path, match)
        for repository, files in contents.items()
        for path, data in files.items()
        for match in re.findall(pattern, as_text(data))
    }
    assert found
    assert found <= listed


def test_every_canary_is_planted_and_every_kind_occurs() -> None:
    values = {plant.value for plant in planted()}
    assert all(set(canary.values) <= values for canary in canaries().values())
    assert {plant.kind for plant in planted()} == set(PlantKind)


def test_a_key_block_is_listed_line_by_line() -> None:
    lines = [p.value for p in planted() if p.path.endswith(".pem")]
    assert len(lines) > 20
    assert all(set(line) <= set(string.ascii_letters + string.digits + "+/=") for line in lines)


def test_no_planted_secret_stands_in_our_own_sources() -> None:
    paths = [path for path in SOURCES.iterdir() if path.suffix in {".py", ".yaml"}]
    sources = {path.name: path.read_text(encoding="utf-8") for path in [*paths, Path(__file__)]}
    assert {"canaries.py", "harbor-billing.yaml", Path(__file__).name} <= set(sources)
    leaked = [
        (name, plant.path)
        for name, text in sources.items()
        for plant in planted()
        if plant.kind is PlantKind.SECRET and plant.value in text
    ]
    assert not leaked


def test_no_placeholder_is_left_in_a_tree(contents: Mapping[str, Mapping[str, bytes]]) -> None:
    assert not [p for files in contents.values() for p, d in files.items() if "@{" in as_text(d)]


def test_commits_are_signed_only_with_names_that_are_listed(written: Mapping[str, Sample]) -> None:
    listed = {plant.value for plant in planted()}
    for sample in written.values():
        log = git(sample.path, "log", "--all", "--format=%an%n%ae%n%cn%n%ce").decode().split("\n")
        assert set(log[:-1]) <= listed


def test_the_company_profile_has_the_keys_of_the_noun_and_the_planted_terms() -> None:
    profile = CompanyProfile(
        **{
            key: tuple(terms)
            for key, terms in yaml.safe_load(samples.company_profile_yaml()).items()
        }
    )
    by_kind = _values_by_kind()
    assert by_kind[PlantKind.LOGIN] == set(profile.logins)
    assert {v.lower() for v in by_kind[PlantKind.CODENAME]} == _lower(profile.codenames)
    assert {v.lower() for v in by_kind[PlantKind.CUSTOMER]} == _lower(profile.customers)
    assert all(v.split("-")[0] in profile.ticket_prefixes for v in by_kind[PlantKind.TICKET])
    assert all(v.endswith(profile.internal_suffixes) for v in by_kind[PlantKind.INTERNAL_HOST])


def _values_by_kind() -> dict[PlantKind, set[str]]:
    return {kind: {p.value for p in planted() if p.kind is kind} for kind in PlantKind}


def _lower(terms: tuple[str, ...]) -> set[str]:
    return {term.lower() for term in terms}


# --- formats of the made-up credentials ---------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("aws_key_id", "AK" + "IA[A-Z2-7]{16}"),
        ("aws_secret", r"[A-Za-z0-9+/]{40}"),
        ("github_token", "gh" + r"p_[A-Za-z0-9]{36}"),
        ("google_key", "AI" + r"za[\w-]{35}"),
        ("hf_token", r"hf_[A-Za-z]{34}"),
        ("jwt", r"ey[\w-]+\.ey[\w-]+\.[\w-]{43}"),
        ("slack_bot", r"xox" + r"b-\d{12}-\d{13}-[A-Za-z0-9]{24}"),
        ("slack_webhook", r"https://hooks\.slack\.com/services/T\w{9}/B\w{9}/[A-Za-z0-9]{24}"),
        ("stripe_key", r"sk_" + r"live_[A-Za-z0-9]{99}"),
    ],
)
def test_a_credential_has_the_form_of_its_vendor(name: str, pattern: str) -> None:
    assert re.fullmatch(pattern, canaries()[name].text)


def test_a_github_token_ends_in_the_checksum_of_its_body() -> None:
    token = canaries()["github_token"].text
    alphabet = string.digits + string.ascii_uppercase + string.ascii_lowercase
    checksum = 0
    for digit in token[-6:]:
        checksum = checksum * 62 + alphabet.index(digit)
    assert checksum == zlib.crc32(token[4:-6].encode())


def test_a_key_block_is_der_whose_length_agrees() -> None:
    body = "".join(rsa_private_key("x").splitlines()[1:-1])
    der = base64.b64decode(body, validate=True)
    assert der[:2] == b"\x30\x82"
    assert int.from_bytes(der[2:4], "big") == len(der) - 4

"""Parity: behind the funnel, the plugins of detect-secrets find what they find without it."""

from __future__ import annotations

import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.filters.heuristic import is_potential_uuid, is_sequential_string
from detect_secrets.plugins.high_entropy_strings import HighEntropyStringsPlugin
from detect_secrets.settings import get_settings, transient_settings

from ingest.detect.secrets import plugins as ours
from ingest.detect.secrets.lines import LineEngine
from ingest.detect.secrets.placeholders import (
    is_alphabet,
    is_filler,
    is_no_value,
    is_placeholder,
)
from ingest.detect.secrets.rules import PLUGIN_RULES
from ingest.detect.secrets.windows import WINDOW_BYTES

SAMPLE_BYTES = 1_000_000
SUFFIXES = (".py", ".pyi", ".js", ".json", ".toml", ".cfg", ".ini", ".yaml", ".yml", ".go", ".txt")
FOREIGN = {"IPPublicDetector"}

ALNUM = "a8Bd9Kq2Lm3NzX7qR5tYu8Wv4EoP6iHg1Jf0CsZk" * 4
HEX = "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 4
PAYLOADS = {
    "ArtifactoryDetector": ['x = "AK' + f'C{ALNUM[:12]}"', 'x = "AP' + f'9{ALNUM[:12]}"'],
    "AWSKeyDetector": ["AK" + "IAQ3EGPVXH7T2JWK5M", f"aws_secret_key = '{ALNUM[:40]}'"],
    "AzureStorageKeyDetector": ["AccountKey" + f"={ALNUM[:88]}"],
    "BasicAuthDetector": ["x://bob:" + "hunté2@host", "x://ü:" + "pw@h"],
    "CloudantDetector": ["cloudant_pass" + f"word = '{HEX[:64]}'", f"CL-TOKEN: {'q' * 23}w"],
    "DiscordBotTokenDetector": [f"M{ALNUM[:23]}.{ALNUM[3:9]}.{ALNUM[:27]}"],
    "GitHubTokenDetector": ["gh" + f"o_{ALNUM[:36]}"],
    "GitLabTokenDetector": ["gl" + f"pat-{ALNUM[:20]}", "GR134" + f"8941{ALNUM[:20]}"],
    "IbmCloudIamDetector": [f"iam-api-key: {ALNUM[:44]}", f"['key'] => '{ALNUM[:44]}'"],
    "IbmCosHmacDetector": [f"cos_secret_access_key={HEX[:48]}", f"SECRET-KEY: {HEX[:48]}"],
    "JwtTokenDetector": ["ey" + "JhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiJhIn0." + ALNUM[:43]],
    "MailchimpDetector": [f"{HEX[:32]}-us12"],
    "NpmDetector": ["//registry.test/:_auth" + f"Token=np{'m_'}{ALNUM[:36]}"],
    "OpenAIDetector": ["sk" + f"-proj-{ALNUM[:20]}T3Blbk" + f"FJ{ALNUM[:20]}"],
    "PrivateKeyDetector": ["-----BEGIN EC PRIVATE" + " KEY-----", "PuTTY-User-Key" + "-File-2: x"],
    "PypiTokenDetector": ["py" + f"pi-AgEIcHlwaS5vcmc{ALNUM[:72]}"],
    "SendGridDetector": ["S" + f"G.{ALNUM[:22]}.{ALNUM[:43]}"],
    "SlackDetector": [
        "xox" + "B-1234-5678-abcdef",
        "https://hooks.slack.com" + "/services/T00/B00/abc",
    ],
    "SoftlayerDetector": [
        f"softlayer_api_key = '{HEX[:64]}'",
        "SL-pass" + f"word: {HEX[:64]}",
        f"https://api.softlayer.com/soap/v3/{HEX[:64]}",
    ],
    "SquareOAuthDetector": ["sq0" + f"csp-{ALNUM[:43]}"],
    "StripeDetector": ["rk" + f"_live_{ALNUM[:24]}"],
    "TelegramBotTokenDetector": [f"12345678:{ALNUM[:35]}", f"١٢٣٤٥٦٧٨:{ALNUM[:35]}"],
    "TwilioKeyDetector": ["A" + f"C{HEX[:32]}", "S" + f"K{HEX[:32]}"],
    "KeywordDetector": [
        "pass" + "word = 'ab1!'",
        "PASS" + 'WORD: "ab1!"',
        "if 'ab1!' == db_pass" + "word:",
        "private_key 'ab1!';",
        "contraseña = 'ab1!'",
        "CONTRASEÑA => 'ab1!'",
        "api\u212aey = 'ab1!'",
        "pa\u017fsword = 'ab1!'",
        "ap\u0131_key = 'ab1!'",
    ],
    "Base64HighEntropyString": [f"x = '{ALNUM[:40]}'", f'x = "{ALNUM[5:40]}=="'],
    "HexHighEntropyString": [f"api_key('{HEX[:32]}')", 'token, "0123f5689abcd"'],
}


@pytest.fixture(scope="module")
def reference() -> Iterator[list[Any]]:
    """All plugins of detect-secrets, no filter, no verification."""
    classes: list[Any] = list(get_mapping_from_secret_type_to_class().values())
    with transient_settings({"plugins_used": [], "filters_used": []}):
        get_settings().filters.clear()
        yield [cls() for cls in classes if cls.__name__ not in FOREIGN]


def reference_values(plugins: list[Any], line: str, suffix: str) -> Iterator[tuple[str, str]]:
    """Yield (plugin, value) of one line, less what the documented filters leave out."""
    is_hash = not ours._SECRET_WORD.search(line) and ours._HASH_CONTEXT.search(line)
    for plugin in plugins:
        name = type(plugin).__name__
        for secret in plugin.analyze_line(filename=f"f{suffix}", line=line, line_number=1):
            value = secret.secret_value
            if isinstance(plugin, HighEntropyStringsPlugin):
                is_bare_hex = name.startswith("Hex") and not ours._SECRET_WORD.search(line)
                if is_hash or is_bare_hex or is_alphabet(value):
                    continue
                if is_potential_uuid(value) or is_sequential_string(value):
                    continue
            elif (
                is_placeholder(value.strip())
                or is_filler(value.encode())
                or (is_no_value(value.strip()) and name == "KeywordDetector")
            ):
                continue
            yield name, value


def lost_values(
    engine: LineEngine, plugins: list[Any], data: bytes, suffix: str
) -> list[tuple[int, str]]:
    """Return (line, plugin) of every finding of the reference that the engine lacks."""
    matches, _markers = engine.scan(data, suffix.lstrip("."))
    by_line: dict[int, list[str]] = {}
    for match in matches:
        line = data.count(b"\n", 0, match.start)
        by_line.setdefault(line, []).append(data[match.start : match.end].decode())
    lost = []
    for number, raw in enumerate(data.decode().split("\n")):
        for name, value in reference_values(plugins, raw.rstrip(), suffix):
            ours_here = by_line.get(number, [])
            trimmed = value.strip('=:" \t')
            if not any(trimmed in one for one in ours_here):
                lost.append((number, name))
    return lost


def sample(*words: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield (suffix, text) of installed packages, spread evenly, the same every time.

    With words, only of files that hold one of them.
    """
    root = Path(sysconfig.get_paths()["purelib"])
    files = sorted(p for p in root.rglob("*") if p.suffix in SUFFIXES and p.is_file())
    size = 0
    for path in files if words else files[:: max(1, len(files) // 150)]:
        data = path.read_bytes()
        longest = max((len(line) for line in data.split(b"\n")), default=0)
        # The reference takes minutes on long lines, and is not asked in windows.
        if len(data) > 60_000 or longest > WINDOW_BYTES or b"\r" in data:
            continue
        if words and not any(word in data for word in words):
            continue
        try:
            data.decode()
        except UnicodeDecodeError:
            continue
        size += len(data)
        if size > SAMPLE_BYTES:
            return
        yield path.suffix, data


@pytest.mark.parametrize(
    ("words", "fewest"), [((), 0), ((b"password =", b'password"', b"secret", b"://user"), 30)]
)
def test_the_funnel_loses_no_finding_in_installed_source(
    words: tuple[bytes, ...], fewest: int, line_engine: LineEngine, reference: list[Any]
) -> None:
    scanned, expected, lost = 0, 0, []
    for suffix, data in sample(*words):
        scanned += len(data)
        lost += lost_values(line_engine, reference, data, suffix)
        if fewest:
            lines = data.decode().split("\n")
            expected += sum(1 for n in lines for _ in reference_values(reference, n, suffix))
    assert scanned > SAMPLE_BYTES // 4
    assert expected >= fewest
    assert lost == []


@pytest.mark.parametrize("suffix", [".py", ".yaml", ".ini", ".go", ".c", ".cpp", ".json"])
def test_the_funnel_loses_no_finding_in_planted_lines(
    suffix: str, line_engine: LineEngine, reference: list[Any]
) -> None:
    shapes = ("{}", "x = '{}'", '  "a": "{}",', "# é {} ü", "run(a, `{}`);", "a={}\r")
    lines = [
        shape.format(text) for texts in PAYLOADS.values() for text in texts for shape in shapes
    ]
    assert lost_values(line_engine, reference, "\n".join(lines).encode(), suffix) == []


@pytest.mark.parametrize("plugin", sorted(PAYLOADS))
def test_each_plugin_finds_its_payloads(
    plugin: str, line_engine: LineEngine, reference: list[Any]
) -> None:
    (instance,) = [p for p in reference if type(p).__name__ == plugin]
    for text in PAYLOADS[plugin]:
        assert list(reference_values([instance], text, ".py"))
        assert lost_values(line_engine, [instance], text.encode(), ".py") == []


def test_every_plugin_is_either_taken_or_left_out_by_name(reference: list[Any]) -> None:
    taken = {rule.plugin for rule in PLUGIN_RULES} | {
        "KeywordDetector",
        "Base64HighEntropyString",
        "HexHighEntropyString",
    }
    assert {type(plugin).__name__ for plugin in reference} == taken == set(PAYLOADS)


@pytest.mark.parametrize(
    ("plugin", "text", "value"),
    [
        ("github", f"a {PAYLOADS['GitHubTokenDetector'][0]} b", PAYLOADS["GitHubTokenDetector"][0]),
        ("gitlab", f"a {PAYLOADS['GitLabTokenDetector'][0]} b", PAYLOADS["GitLabTokenDetector"][0]),
        ("jwt", f"a {PAYLOADS['JwtTokenDetector'][0]} b", PAYLOADS["JwtTokenDetector"][0]),
    ],
)
def test_a_span_covers_the_whole_value_where_the_plugin_names_a_part(
    plugin: str, text: str, value: str, line_engine: LineEngine
) -> None:
    matches, _ = line_engine.scan(text.encode(), "")
    spans = {text[m.start : m.end] for m in matches if m.rule_id.startswith(plugin)}
    assert spans == {value}

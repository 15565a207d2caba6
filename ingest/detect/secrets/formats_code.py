"""Heads of tokens of services for developers; `formats` tells how they are read."""

from __future__ import annotations

from typing import Final

from ingest.detect.secrets.format import HEX, URL_SAFE, UUID_HEAD, WORD, Format

_GITHUB: Final = "docs.github.com/authentication/keeping-your-account-and-data-secure"
_GITLAB: Final = "docs.gitlab.com/security/tokens"
_ATLASSIAN: Final = "support.atlassian.com/atlassian-account/docs"
_LAUNCH: Final = "launchdarkly.com/docs/home/account/api"

ROWS: Final = (
    Format("github", _GITHUB, b"gh[pousr]_", WORD, 36, 255),
    Format("github", _GITHUB, b"github_pat_", rb"\w", 50, 255),
    Format(
        "gitlab",
        _GITLAB,
        b"gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|oas|soat|ffct|wt)-",
        rb"[A-Za-z0-9_.=-]",
        20,
        320,
    ),
    Format("atlassian", _ATLASSIAN, b"AT(?:ATT|CTT)3", rb"[A-Za-z0-9_=-]", 100, 260),
    Format("bitbucket", _ATLASSIAN, b"ATBB", WORD, 32, 32),
    Format(
        "npm",
        "github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format",
        b"npm_",
        WORD,
        36,
        36,
    ),
    Format("pypi", "warehouse.pypa.io/api-reference", b"pypi-AgE[IN]", URL_SAFE, 50, 1000),
    Format("rubygems", "github.com/rubygems/guides", b"rubygems_", HEX, 48, 48),
    Format("docker", "docs.docker.com/security/access-tokens", b"dckr_[po]at_", URL_SAFE, 27, 40),
    Format("packagist", "getcomposer.org/doc", b"packagist_[a-z]{3}_", WORD, 24, 120),
    Format("clojars", "github.com/clojars/clojars-web/wiki", b"CLOJARS_", rb"[0-9a-z]", 60, 60),
    Format("circleci", "circleci.com/docs/api-developers-guide", b"CCIP(?:AT|RJ)_", rb"\w", 50, 90),
    Format("buildkite", "buildkite.com/docs/apis", b"bkua_", HEX, 40, 40),
    Format("sonarqube", "docs.sonarsource.com/sonarqube", b"sq[pua]_", HEX, 40, 40),
    Format(
        "sourcegraph", "sourcegraph.com/docs/cli", b"sgp_(?:[0-9a-f]{16}_|local_)?", HEX, 40, 40
    ),
    Format("sentry", "docs.sentry.io/api/auth", b"sntry[us]_", rb"[A-Za-z0-9+/=_]", 64, 300),
    Format("grafana", "grafana.com/docs/grafana", b"glsa_", rb"\w", 40, 48),
    Format("grafana", "grafana.com/docs/grafana-cloud", b"glc_", rb"[A-Za-z0-9+/=]", 40, 250),
    Format("postman", "learning.postman.com/docs", b"PMA[KT]-", rb"[0-9a-fA-F-]", 24, 64),
    Format("linear", "linear.app/developers", b"lin_(?:api|oauth)_", WORD, 40, 64),
    Format("figma", "figma.com/developers/api", b"fig[dorun]{1,2}_", URL_SAFE, 40, 50),
    Format("notion", "developers.notion.com", b"(?:ntn_[0-9]{11}|secret_)", WORD, 35, 43),
    Format("new-relic", "docs.newrelic.com/docs/apis", b"NR(?:AK|AA|RA)-", rb"[A-Za-z0-9]", 27, 32),
    Format("new-relic", "docs.newrelic.com/docs/apis", b"NRI[IQ]-", URL_SAFE, 32, 32),
    Format("new-relic", "docs.newrelic.com/docs/apis", rb"[0-9A-Za-z]{36}NRA", b"L", 1, 1),
    Format("launchdarkly", _LAUNCH, b"(?:api|sdk)-" + UUID_HEAD, HEX, 12, 12),
    Format("prefect", "docs.prefect.io", b"(?:pnu|pnb)_", WORD, 36, 36),
    Format("posthog", "posthog.com/docs/api", b"ph[xs]_", URL_SAFE, 40, 50),
    Format("typeform", "typeform.com/developers", b"tfp_", URL_SAFE, 40, 70),
    Format("airtable", "airtable.com/developers/web/api", rb"pat[A-Za-z0-9]{14}\.", HEX, 64, 64),
    Format("asana", "developers.asana.com/docs", rb"[0-2]/[0-9]{16}(?:/[0-9]{16})?:", HEX, 32, 32),
    Format("1password", "developer.1password.com/docs", b"ops_eyJ", rb"[A-Za-z0-9+/=_-]", 80, 2000),
)
"""Formats of services for developers."""

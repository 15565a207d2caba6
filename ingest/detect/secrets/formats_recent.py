"""Heads of tokens that the rule packs do not know, or refuse when they are weak or stand bare."""

from __future__ import annotations

from typing import Final

from ingest.detect.secrets.format import (
    BASE64,
    HEX,
    UPPER,
    URL_SAFE,
    UUID_HEAD,
    WORD,
    Format,
)

_APART: Final = rb"(?![A-Za-z0-9])"
_GOOGLE: Final = "cloud.google.com/storage/docs/authentication/hmackeys"
_AZURE: Final = "learn.microsoft.com/azure/azure-functions/function-keys-how-to"
_DATABRICKS: Final = "docs.databricks.com/dev-tools/auth"
_AMAZON: Final = "developer.amazon.com/docs/login-with-amazon"

_MODELS: Final = (
    Format("kaggle", "kaggle.com/docs/api", b"KGAT_", HEX, 32, 32),
    Format("gemini", "ai.google.dev/gemini-api/docs", rb"AQ\.Ab8", URL_SAFE, 40, 60),
    Format("fireworks", "docs.fireworks.ai", b"fw_", WORD, 22, 24, _APART),
    Format("tavily", "docs.tavily.com", b"tvly-(?:dev-|prod-)?", WORD, 32, 40),
    Format("langfuse", "langfuse.com/docs", b"sk-lf-" + UUID_HEAD, HEX, 12, 12),
    Format("jina", "jina.ai/embeddings", b"jina_", URL_SAFE, 60, 70),
    Format("firecrawl", "docs.firecrawl.dev", b"fc-", HEX, 32, 32, _APART),
    Format("e2b", "e2b.dev/docs", b"e2b_", HEX, 40, 40),
    Format("deepseek", "api-docs.deepseek.com", b"sk-", HEX, 32, 32, _APART),
    Format("browserbase", "docs.browserbase.com", b"bb_live_", URL_SAFE, 24, 32),
    Format("mem0", "docs.mem0.ai", b"m0-", WORD, 40, 40),
    Format("helicone", "docs.helicone.ai", b"sk-helicone-(?:[a-z0-9]{2}-)?", rb"[a-z0-9-]", 31, 40),
    Format("cursor", "docs.cursor.com", b"(?:key|crsr)_", HEX, 64, 64),
    Format("runpod", "docs.runpod.io", b"rpa_", WORD, 40, 48),
    Format("modal", "modal.com/docs/reference", b"a[ks]-", WORD, 22, 22, _APART),
    Format("anyscale", "docs.anyscale.com", b"(?:esecret|aph0)_", WORD, 28, 60),
    Format("llama-cloud", "docs.cloud.llamaindex.ai", b"llx-", WORD, 48, 48),
    Format("logfire", "logfire.pydantic.dev/docs", b"pylf_v[0-9]_[a-z]{2}_", WORD, 40, 48),
    Format("context7", "context7.com/docs", b"ctx7sk-" + UUID_HEAD, HEX, 12, 12),
    Format("brave", "api-dashboard.search.brave.com", b"BSA", URL_SAFE, 27, 28, _APART),
    Format("cartesia", "docs.cartesia.ai", b"sk_car_", WORD, 20, 32),
    Format("portkey", "portkey.ai/docs", b"pk-live-", BASE64, 27, 28),
    Format("posit", "docs.posit.co", b"pcc_", WORD, 40, 60),
)
_CLOUDS: Final = (
    Format("google-hmac", _GOOGLE, b"GOOG1[A-Z]", UPPER, 55, 56),
    Format("azure-key", _AZURE, URL_SAFE + b"{44}AzFu", URL_SAFE, 5, 6, b"={0,2}"),
    Format("databricks", _DATABRICKS, b"(?:dose|dkea|ddp|dsapi)", HEX, 32, 40, _APART),
    Format("amazon-mws", _AMAZON, rb"amzn\.mws\." + UUID_HEAD, HEX, 12, 12),
    Format("amazon-login", _AMAZON, rb"amzn1\.oa2-cs\.v1\.", HEX, 64, 64),
    Format(
        "aws-session", "docs.aws.amazon.com/STS", b"(?:FwoG|IQoJ)", rb"[A-Za-z0-9+/=]", 200, 2000
    ),
    Format("baidu", "cloud.baidu.com/doc", b"bce-v3/ALTAK-[A-Za-z0-9]{8,32}/", HEX, 40, 40),
    Format("vk", "dev.vk.com/api/access-token", rb"vk1\.a\.", URL_SAFE, 60, 400),
    Format(
        "yandex-iam", "yandex.cloud/docs/iam", rb"t1\.[A-Z0-9a-z_-]{20,300}\.", URL_SAFE, 60, 120
    ),
    Format("exoscale", "community.exoscale.com", b"EXO", HEX, 24, 24, _APART),
    Format("honeycomb", "docs.honeycomb.io", b"hc[a-z]{2}k_", rb"[a-z0-9]", 58, 58),
    Format("trigger", "trigger.dev/docs", b"tr_(?:prod|dev|stg|preview)_", WORD, 20, 32),
    Format("retool", "docs.retool.com", b"retool_", rb"[a-z0-9]", 26, 26, _APART),
    Format("deno", "docs.deno.com/deploy", b"dd[pow]_", WORD, 36, 40),
    Format("inngest", "inngest.com/docs", b"signkey-(?:prod|test|branch|staging)-", HEX, 32, 64),
    Format("polar", "docs.polar.sh", b"polar_[a-z]{2,4}_", WORD, 40, 64),
    Format("vercel-blob", "vercel.com/docs/vercel-blob", b"vercel_blob_rw_", rb"\w", 40, 60),
    Format("tinybird", "tinybird.co/docs", rb"p\.eyJ[A-Za-z0-9_-]{20,300}\.", URL_SAFE, 40, 48),
    Format("cockroach", "cockroachlabs.com/docs", b"CCDB1_[A-Za-z0-9]{22}_", WORD, 40, 40),
    Format("clickhouse", "clickhouse.com/docs/cloud", b"4b1d", WORD, 38, 38, _APART),
    Format("defined", "docs.defined.net", b"dnkey-", rb"[A-Z0-9-]", 60, 80),
    Format(
        "infisical",
        "infisical.com/docs",
        rb"st\.[0-9a-f]{8}[0-9a-f-]{16,28}\.[0-9a-f]{32}\.",
        HEX,
        32,
        32,
    ),
    Format("openshift", "docs.openshift.com", b"sha256~", URL_SAFE, 43, 43),
    Format("docker-swarm", "docs.docker.com/engine/swarm", b"SWMTKN-1-[a-z0-9]{50}-", WORD, 25, 25),
    Format("rancher-k3s", "docs.k3s.io/cli/token", b"K10[0-9a-f]{64}::", rb"[\w:-]", 16, 120),
    Format("elastic", "elastic.co/docs", b"essu_", rb"[A-Za-z0-9+/=]", 60, 120),
    Format("axiom", "axiom.co/docs", b"xa[ap]t-" + UUID_HEAD, HEX, 12, 12),
    Format("coralogix", "coralogix.com/docs", b"cx[tu]p_", WORD, 30, 40),
    Format("checkly", "checklyhq.com/docs", b"cu_", HEX, 32, 32, _APART),
    Format("new-relic", "docs.newrelic.com", b"NRJS-", HEX, 19, 19, _APART),
    Format("netbird", "docs.netbird.io", b"nbp_", WORD, 36, 40),
    Format("rootly", "docs.rootly.com", b"rootly_", HEX, 64, 64),
)
_SERVICES: Final = (
    Format("adyen", "docs.adyen.com", b"AQE[a-z]hm[a-z]", rb"[A-Za-z0-9+/=-]", 90, 260),
    Format("azure-openai", _AZURE, WORD + rb"{52}JQQJ99", WORD, 22, 26),
    Format("endor", "docs.endorlabs.com", rb"endr\+", WORD, 16, 16),
    Format("liveblocks", "liveblocks.io/docs", b"sk_(?:prod|dev)_", URL_SAFE, 40, 70),
    Format(
        "twitter", "docs.x.com/fundamentals/authentication", b"A{19,22}", rb"[A-Za-z0-9%]", 60, 100
    ),
    Format("facebook", "developers.facebook.com/docs/facebook-login", b"EAA", WORD, 120, 400),
    Format("facebook-app", "developers.facebook.com/docs", rb"[0-9]{14,17}\|", URL_SAFE, 27, 27),
    Format(
        "instagram", "developers.facebook.com/docs/instagram", b"IG[QA][A-Z]", URL_SAFE, 90, 300
    ),
    Format("imagekit", "imagekit.io/docs", b"private_", BASE64, 27, 27, b"="),
    Format("clickup", "developer.clickup.com", b"pk_[0-9]{5,10}_", UPPER, 32, 32),
    Format("klaviyo", "developers.klaviyo.com", b"pk_", HEX, 34, 34, _APART),
    Format("mollie", "docs.mollie.com", b"(?:live|test)_", WORD, 30, 30, rb"(?![A-Za-z0-9_-])"),
    Format("paddle", "developer.paddle.com", b"pdl_(?:live|sdbx)_apikey_", rb"\w", 50, 80),
    Format(
        "plaid",
        "plaid.com/docs",
        b"access-(?:production|sandbox|development)-" + UUID_HEAD,
        HEX,
        12,
        12,
    ),
    Format("xendit", "docs.xendit.co", b"xnd_(?:production|development)_", WORD, 40, 80),
    Format("midtrans", "docs.midtrans.com", b"Mid-server-", URL_SAFE, 20, 40),
    Format("stytch", "stytch.com/docs", b"secret-(?:live|test)-", URL_SAFE, 36, 60),
    Format("statsig", "docs.statsig.com", b"secret-", WORD, 40, 48, _APART),
    Format("ory", "ory.sh/docs", b"ory_(?:pat|at|st|rt)_", URL_SAFE, 30, 120),
    Format(
        "persona",
        "docs.withpersona.com",
        b"persona_(?:production|sandbox)_" + UUID_HEAD,
        HEX,
        12,
        12,
    ),
    Format("trello", "developer.atlassian.com/cloud/trello", b"ATTA", rb"[0-9a-fA-F]", 72, 72),
    Format("riot", "developer.riotgames.com", b"RGAPI-" + UUID_HEAD, HEX, 12, 12),
    Format("lichess", "lichess.org/api", b"lip_", WORD, 20, 24),
    Format("octopus", "octopus.com/docs", b"API-", UPPER, 26, 34, _APART),
    Format("telnyx", "developers.telnyx.com", b"KEY0[0-9A-F]{31}_", WORD, 22, 22),
    Format("mailersend", r"developers.mailersend.com", rb"mlsn\.", HEX, 64, 64),
    Format("mandrill", "mailchimp.com/developer/transactional", b"md-", URL_SAFE, 22, 22, _APART),
    Format("samsara", "developers.samsara.com", b"samsara_api_", WORD, 30, 30),
    Format("intra-42", "api.intra.42.fr/apidoc", b"s-s4t2(?:ud|af)-", HEX, 64, 64),
    Format(
        "bitwarden",
        "bitwarden.com/help",
        rb"0\." + UUID_HEAD + rb"[0-9a-f]{12}\.",
        rb"[A-Za-z0-9:+/]",
        50,
        54,
        b"={0,2}",
    ),
    Format(
        "1password", "support.1password.com/secret-key", b"A3-[A-Z0-9]{6}-", rb"[A-Z0-9-]", 25, 30
    ),
    Format("dbt", "docs.getdbt.com", b"dbt[cu]_", URL_SAFE, 36, 48),
    Format(
        "configcat", "configcat.com/docs", b"configcat-sdk-1/[A-Za-z0-9_-]{22}/", URL_SAFE, 22, 22
    ),
    Format(
        "harness",
        "developer.harness.io",
        rb"[ps]at\.[A-Za-z0-9_-]{22}\.[0-9a-f]{24}\.",
        WORD,
        20,
        20,
    ),
    Format("buildkite", "buildkite.com/docs", b"bk[a-z]{2,3}_", URL_SAFE, 36, 64),
    Format("jsr", "jsr.io/docs", b"jsr[pd]_", WORD, 30, 40),
    Format("open-vsx", "github.com/eclipse/openvsx/wiki", b"ovsx[ap]t_" + UUID_HEAD, HEX, 12, 12),
    Format("snyk", "docs.snyk.io", b"snyk_[a-z]{3}_", rb"[\w.-]", 36, 120),
    Format("ramp", "docs.ramp.com", b"ramp_sec_", WORD, 40, 60),
    Format(
        "teams",
        "learn.microsoft.com/microsoftteams",
        rb"webhook\.office\.com/webhookb2/" + UUID_HEAD,
        rb"[A-Za-z0-9@/-]",
        90,
        180,
    ),
)

ROWS: Final = (*_MODELS, *_CLOUDS, *_SERVICES)
"""Formats of 2024 to 2026, and older ones of which only strong tokens were told."""

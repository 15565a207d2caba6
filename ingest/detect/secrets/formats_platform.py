"""Heads of tokens of AI services and clouds; `formats` tells how they are read."""

from __future__ import annotations

from typing import Final

from ingest.detect.secrets.format import BASE64, HEX, UPPER, URL_SAFE, WORD, Format

_AWS: Final = "docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"
_AZURE: Final = "learn.microsoft.com/purview/sit-azure-storage-account-key"

ROWS: Final = (
    Format("openai", "platform.openai.com/docs/api-reference", b"sk-", WORD, 48, 48),
    Format(
        "openai",
        "platform.openai.com/docs/api-reference",
        b"sk-(?:proj|svcacct|admin|None)-",
        URL_SAFE,
        40,
        200,
    ),
    Format(
        "anthropic", "docs.anthropic.com/en/api", rb"sk-ant-[a-z]{2,8}[0-9]{2}-", URL_SAFE, 60, 140
    ),
    Format("openrouter", "openrouter.ai/docs/api-reference", b"sk-or-v1-", HEX, 64, 64),
    Format("groq", "console.groq.com/docs", b"gsk_", WORD, 40, 60),
    Format("xai", "docs.x.ai/docs/overview", b"xai-", WORD, 60, 90),
    Format("perplexity", "docs.perplexity.ai", b"pplx-", WORD, 40, 60),
    Format(
        "hugging-face", "huggingface.co/docs/hub/security-tokens", b"(?:hf|api_org)_", WORD, 30, 40
    ),
    Format("replicate", "replicate.com/docs/reference/http", b"r8_", WORD, 37, 40),
    Format("cerebras", "inference-docs.cerebras.ai", b"csk-", WORD, 40, 60),
    Format("nvidia", "docs.nvidia.com/nim", b"nvapi-", URL_SAFE, 50, 80),
    Format("together", "docs.together.ai", b"tgp_v1_", URL_SAFE, 40, 50),
    Format("pinecone", "docs.pinecone.io", b"pcsk_", rb"[A-Za-z0-9_]", 50, 80),
    Format("langsmith", "docs.smith.langchain.com", b"lsv2_(?:pt|sk)_", rb"[0-9a-f_]", 40, 50),
    Format("elevenlabs", "elevenlabs.io/docs/api-reference", b"sk_", rb"[0-9a-f]", 48, 48),
    Format("weights-and-biases", "docs.wandb.ai", b"wandb_v1_", rb"[A-Za-z0-9_-]", 60, 100),
    Format("aws", _AWS, b"(?:AKIA|ASIA|ABIA|ACCA)", UPPER, 16, 16, rb"(?![A-Za-z0-9])"),
    Format("aws-bedrock", _AWS, b"(?:ABSK|bedrock-api-key-)", rb"[A-Za-z0-9+/=]", 100, 280),
    Format(
        "azure-key", _AZURE, BASE64 + rb"{76}(?:\+ASt|\+AB[a]|\+AMC|ACDb)", BASE64, 5, 6, b"={1,2}"
    ),
    Format(
        "azure-key",
        _AZURE,
        BASE64 + rb"{33}(?:\+ASb|\+AEh|\+ARm|AIoT|AzCa|ADMb)",
        BASE64,
        5,
        6,
        b"=",
    ),
    Format("azure-key", _AZURE, WORD + rb"{42}(?:AzSe|AzFu|\+ACR)", BASE64, 5, 6, b"={0,2}"),
    Format("azure-devops", _AZURE, WORD + b"{76}AZDO", WORD, 4, 4),
    Format("alibaba", "alibabacloud.com/help/ram", b"LTAI", WORD, 16, 20, rb"(?![A-Za-z0-9])"),
    Format(
        "tencent",
        "cloud.tencent.com/document/product/598",
        b"AKID",
        WORD,
        32,
        40,
        rb"(?![A-Za-z0-9])",
    ),
    Format(
        "yandex",
        "yandex.cloud/docs/iam/concepts",
        b"(?:AQVN|YCAJE|YCM[A-Za-z0-9])",
        URL_SAFE,
        20,
        40,
    ),
    Format("yandex-oauth", "yandex.com/dev/id/doc", b"y[0-3]_", URL_SAFE, 55, 60),
    Format("scaleway", "scaleway.com/docs/iam", b"SCW", UPPER, 17, 17, rb"(?![A-Za-z0-9])"),
    Format("digitalocean", "docs.digitalocean.com/reference/api", b"do[opr]_v1_", HEX, 64, 64),
    Format("fly", "fly.io/docs/security/tokens", rb"fm[12][ar]?_", rb"[A-Za-z0-9+/=,_-]", 80, 2000),
    Format("fly", "fly.io/docs/security/tokens", rb"f[o]1_", URL_SAFE, 43, 43),
    Format(
        "cloudflare",
        "developers.cloudflare.com/fundamentals/api",
        rb"v1\.0-[0-9a-f]{24}-",
        HEX,
        146,
        146,
    ),
    Format("netlify", "docs.netlify.com/api", b"nf[a-z]_", WORD, 36, 40),
    Format("vercel", "vercel.com/docs/rest-api", b"vc[a-z]_", WORD, 56, 56),
    Format("render", "render.com/docs/api", b"rnd_", WORD, 28, 32),
    Format("heroku", "devcenter.heroku.com/articles/authentication", b"HRKU-", URL_SAFE, 36, 70),
    Format("aiven", "aiven.io/docs", b"AVNS_", URL_SAFE, 19, 24),
    Format("mongodb-atlas", "mongodb.com/docs/atlas/api", b"mdb_sa_sk_", URL_SAFE, 32, 60),
    Format("planetscale", "planetscale.com/docs", b"pscale_(?:tkn|pw|oauth)_", rb"[\w=.-]", 32, 64),
    Format("neon", "neon.tech/docs/manage/api-keys", b"napi_", WORD, 60, 70),
    Format(
        "supabase",
        "supabase.com/docs/guides/api",
        b"(?:sbp_[a-z0-9]{8}|sb_secret_)",
        URL_SAFE,
        22,
        60,
    ),
    Format(
        "databricks",
        "docs.databricks.com/dev-tools/auth",
        b"dapi",
        rb"[0-9a-f]",
        32,
        32,
        b"(?:-[0-9])?",
    ),
    Format(
        "tailscale", "tailscale.com/kb/1101/api", b"tskey-[a-z]{2,12}-", rb"[A-Za-z0-9-]", 20, 80
    ),
    Format(
        "vault",
        "developer.hashicorp.com/vault/docs/concepts/tokens",
        rb"hv[sbr]\.",
        URL_SAFE,
        24,
        300,
    ),
    Format(
        "terraform",
        "developer.hashicorp.com/terraform/cloud-docs",
        WORD + rb"{14}\.atlasv1\.",
        URL_SAFE,
        60,
        70,
    ),
    Format("pulumi", "pulumi.com/docs/pulumi-cloud", b"pul-", HEX, 40, 40),
    Format(
        "doppler",
        "docs.doppler.com/reference",
        rb"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?",
        WORD,
        40,
        44,
    ),
)
"""Formats of AI services and clouds."""

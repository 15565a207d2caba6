"""Heads of tokens of messages, payment and the rest; `formats` tells how they are read."""

from __future__ import annotations

from typing import Final

from ingest.detect.secrets.format import (
    BASE32,
    BASE64,
    HEX,
    UPPER,
    URL_SAFE,
    UUID_HEAD,
    WORD,
    Format,
)

_SLACK: Final = "api.slack.com/concepts/token-types"
_DISCORD: Final = "discord.com/developers/docs"
_STRIPE: Final = "docs.stripe.com/keys"
_BRAINTREE: Final = "developer.paypal.com/braintree/docs"
_GOOGLE: Final = "cloud.google.com/docs/authentication"
_SALESFORCE: Final = "help.salesforce.com/articleView?id=connected_app_create.htm"

ROWS: Final = (
    Format("adafruit", "io.adafruit.com/api/docs", b"aio_", WORD, 28, 28),
    Format("slack", _SLACK, rb"xox[a-z](?:\.xox[bp])?-", rb"[A-Za-z0-9-]", 24, 260),
    Format("slack", _SLACK, b"xapp-[0-9]-", rb"[A-Za-z0-9-]", 40, 120),
    Format(
        "slack-webhook",
        _SLACK,
        rb"(?:https://)?hooks\.slack\.com/(?:services|workflows|triggers)/T",
        rb"[A-Za-z0-9/_]",
        30,
        90,
    ),
    Format(
        "discord", _DISCORD, rb"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.", URL_SAFE, 27, 40
    ),
    Format(
        "discord-webhook",
        _DISCORD,
        rb"(?:https://(?:\w{2,8}\.)?)?discord(?:app)?\.com/api/(?:v[0-9]+/)?webhooks/[0-9]{16,20}/",
        URL_SAFE,
        60,
        80,
    ),
    Format("telegram", "core.telegram.org/bots/api", rb"[0-9]{8,10}:AA", URL_SAFE, 32, 33),
    Format(
        "twilio", "twilio.com/docs/iam/api-keys", b"SK", rb"[0-9a-f]", 32, 32, rb"(?![A-Za-z0-9])"
    ),
    Format(
        "sendgrid",
        "docs.sendgrid.com/ui/account-and-settings",
        rb"SG\.[A-Za-z0-9_-]{16,24}\.",
        URL_SAFE,
        38,
        50,
    ),
    Format("mailgun", "documentation.mailgun.com", b"key-", HEX, 32, 32, rb"(?![A-Za-z0-9])"),
    Format("mailchimp", "mailchimp.com/developer", rb"[0-9a-f]{32}-us", b"[0-9]", 1, 2),
    Format("brevo", "developers.brevo.com", b"x(?:keysib|smtpsib)-", rb"[A-Za-z0-9-]", 64, 90),
    Format("resend", "resend.com/docs/api-reference", b"re_[A-Za-z0-9]{8}_", WORD, 24, 24),
    Format("twitch", "dev.twitch.tv/docs", b"live_[0-9]{6,12}_", WORD, 30, 32),
    Format("stripe", _STRIPE, b"[rs]k_(?:live|test|prod)_", WORD, 16, 250),
    Format("stripe-webhook", _STRIPE, b"whsec_", BASE64, 32, 64),
    Format("square", "developer.squareup.com/docs", b"sq0(?:atp|csp|csb)-", URL_SAFE, 22, 50),
    Format("square", "developer.squareup.com/docs", b"EAAA", rb"[A-Za-z0-9_=-]", 60, 64),
    Format("shopify", "shopify.dev/docs/apps/auth", b"shp(?:at|ca|pa|ss|tka)_", HEX, 32, 64),
    Format(
        "braintree",
        _BRAINTREE,
        rb"access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$",
        HEX,
        32,
        32,
    ),
    Format("razorpay", "razorpay.com/docs/api", b"rzp_(?:live|test)_", WORD, 14, 24),
    Format("easypost", "docs.easypost.com", b"EZ[AT]K", WORD, 54, 54),
    Format("shippo", "docs.goshippo.com", b"shippo_(?:live|test)_", HEX, 40, 40),
    Format("duffel", "duffel.com/docs/api", b"duffel_(?:live|test)_", URL_SAFE, 40, 50),
    Format("gocardless", "developer.gocardless.com", b"(?:live|sandbox)_", URL_SAFE, 40, 44),
    Format("lob", "docs.lob.com", b"(?:live|test)_", HEX, 35, 37, rb"(?![A-Za-z0-9_-])"),
    Format(
        "flutterwave",
        "developer.flutterwave.com/docs",
        b"FLWSECK(?:_TEST)?-",
        rb"[A-Za-z0-9]",
        12,
        40,
        b"(?:-X)?",
    ),
    Format("google-api-key", _GOOGLE, b"AIza", URL_SAFE, 35, 35),
    Format("google-secret", _GOOGLE, b"GOCSPX-", URL_SAFE, 28, 28),
    Format("google-access", _GOOGLE, rb"ya29\.", rb"[A-Za-z0-9_.-]", 40, 2000),
    Format("google-refresh", _GOOGLE, rb"1//0", URL_SAFE, 40, 120),
    Format("facebook", "developers.facebook.com/docs/facebook-login", b"EAA[A-Z]", WORD, 80, 400),
    Format(
        "dropbox", "dropbox.com/developers/documentation", rb"sl\.(?:u\.)?", URL_SAFE, 130, 1500
    ),
    Format("salesforce", _SALESFORCE, b"3MVG", rb"[A-Za-z0-9._]", 45, 120),
    Format("salesforce", _SALESFORCE, b"00D[A-Za-z0-9]{12,15}!", rb"[A-Za-z0-9._]", 80, 120),
    Format(
        "hubspot",
        "developers.hubspot.com/docs",
        b"pat-(?:na|eu|ap)[0-9]-" + UUID_HEAD,
        HEX,
        12,
        12,
    ),
    Format("contentful", "contentful.com/developers/docs", b"CFPAT-", URL_SAFE, 43, 43),
    Format(
        "mapbox",
        "docs.mapbox.com/api/overview",
        rb"sk\.eyJ[A-Za-z0-9_-]{20,300}\.",
        URL_SAFE,
        20,
        60,
    ),
    Format("age", "age-encryption.org/v1", b"AGE-SECRET-KEY-1", UPPER, 50, 60),
    Format("dynatrace", "docs.dynatrace.com", rb"dt0[a-z][0-9]{2}\.[A-Z0-9]{24}\.", UPPER, 64, 64),
    Format("artifactory", "jfrog.com/help", b"(?:AKC[A-Za-z0-9]{7}|cmVmdGtu)", WORD, 55, 75),
    Format(
        "azure-ad",
        "learn.microsoft.com/entra",
        rb"[A-Za-z0-9_~.-]{3}[0-9]Q~",
        rb"[A-Za-z0-9_~.-]",
        31,
        34,
    ),
    Format("nuget", "learn.microsoft.com/nuget", b"oy2", rb"[a-z0-9]", 43, 43, rb"(?![A-Za-z0-9])"),
    Format("frame-io", "developer.frame.io", b"fio-u-", URL_SAFE, 64, 64),
    Format("okta", "developer.okta.com/docs", b"SSWS ", URL_SAFE, 42, 42),
    Format(
        "nkey-seed",
        "docs.nats.io/using-nats/nats-tools/nk",
        b"S[AOUNCX]",
        BASE32,
        56,
        56,
        rb"(?![A-Za-z0-9])",
    ),
    Format("readme", "docs.readme.com", b"rdme_", rb"[a-z0-9]", 60, 80),
)
"""Formats of messages, payment and other services."""

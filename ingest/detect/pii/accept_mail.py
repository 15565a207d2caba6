"""Acceptance of mail addresses."""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.pii.addresses import respell_email
from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.place import Place, Verdict, drop, first_reason
from ingest.domain.finding import Confidence

_MAX_LOCAL: Final = 64  # RFC 5321, 4.5.3.1.1

_LOCAL_TAIL: Final = re.compile(r"[^=/?{}|^~`&#$*!%\"\\]*$")
_PLAIN_LOCAL: Final = re.compile(r"[A-Za-z0-9_][\w.+-]*")
_STRING_PREFIX: Final = re.compile(r"^(?:.*[^A-Za-z])?(?:[fFrRbBuU]{1,2})?'(?=[^']*$)")
_USERINFO_BEFORE: Final = re.compile(r"[a-zA-Z][\w+.-]*://[^\s/\"'<>]*$")
_SCP_AFTER: Final = re.compile(r":(?!//)[\w.~-]*/")
_RETINA_DOMAIN: Final = re.compile(r"\dx\.")
_VERSION_DOMAIN: Final = re.compile(r"v?\d+(?:\.\d+)*(?:[.-]|$)")
_FILE_ENDINGS: Final = (".py", ".so", ".zip", ".mov", ".sh", ".ps", ".rs")
_DIGIT_PROVIDER: Final = re.compile(
    r"(?:163|126|139|188|189|263|2980)\.(?:com|net|cn)", re.IGNORECASE
)
"""163.com, 126.com and 189.cn are among the largest mail providers; no version ends so."""
_HASH_DOMAIN: Final = re.compile(r"[0-9a-f]{5,16}\.")
_IP: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_MAIL_WORD: Final = re.compile(r"mail|smtp|contact|<$|\bto\b|from", re.IGNORECASE)
_ESCAPE_LETTERS: Final = "abfnrtv0"


def judge_email(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept an address without what code put before it; role mailboxes with a lower confidence."""
    local, _, domain = place.value.rpartition("@")
    kept = _trim_local(local, place.before(1))
    before = place.before() + local[: len(local) - len(kept)]
    reason = _email_shape_reason(kept, domain, before, place.after())
    if domain[:1] == "[" or domain[-1:].isdigit():
        reason = reason or _literal_reason(kept.lower(), domain, before, exclusions)
    else:
        reason = reason or exclusions.email_reason(kept.lower(), domain.lower())
    if reason:
        return drop(reason)
    skip = len(local.encode("utf-8", "surrogateescape")) - len(
        kept.encode("utf-8", "surrogateescape")
    )
    if exclusions.has("email", "role_mailbox", kept.lower()):
        return place.accept(confidence=Confidence.MEDIUM, evidence="role_mailbox", skip=skip)
    return place.accept(confidence=Confidence.HIGH, evidence="known_suffix", skip=skip)


def _trim_local(local: str, previous: str) -> str:
    r"""Return the local part without what code put before it: ``key='``, ``path/``, ``\n``."""
    if _PLAIN_LOCAL.fullmatch(local) and previous not in {"%", "\\"}:
        return local
    match = _LOCAL_TAIL.search(local)
    kept = match.group() if match else local
    cut = local[: len(local) - len(kept)] or previous
    if cut.endswith("%") and re.match(r"[0-9A-Fa-f]{2}", kept):
        kept = kept[2:]
    elif cut.endswith("\\") and kept[:1] in _ESCAPE_LETTERS:
        kept = kept[1:]
    return _STRING_PREFIX.sub("", kept).lstrip("'.-+")


def _is_written_as_mail(before: str, after: str) -> bool:
    """Tell whether brackets or ``mailto:`` say that no file is meant: ``.rs`` is Serbia too."""
    return (before.endswith("<") and after.startswith(">")) or before.lower().endswith("mailto:")


def _email_shape_reason(local: str, domain: str, before: str, after: str) -> str:
    reason = first_reason(
        (
            ("template", not local or before.endswith(("%", "$", "}"))),
            ("too_long", len(local) > _MAX_LOCAL),
            ("url_userinfo", "://" in before and _USERINFO_BEFORE.search(before)),
            ("call", after.startswith("(")),
            ("scp_path", after.startswith(":") and _SCP_AFTER.match(after)),
            (
                "file_name",
                domain.endswith(_FILE_ENDINGS)
                and domain.count(".") == 1
                and not _is_written_as_mail(before, after),
            ),
        )
    )
    if reason or domain[0] not in "0123456789abcdefv":
        return reason
    return first_reason(
        (
            ("retina_scale", _RETINA_DOMAIN.match(domain)),
            (
                "package_version",
                _VERSION_DOMAIN.match(domain)
                and not _IP.fullmatch(domain)
                and not (_DIGIT_PROVIDER.fullmatch(domain) and len(set(local.lower())) > 1),
            ),
            ("object_hash", _HASH_DOMAIN.match(domain) and "." in local and local != local.lower()),
        )
    )


def _literal_reason(local: str, domain: str, before: str, exclusions: Exclusions) -> str:
    """Return why an address at an IP literal is nobody's: most of them are targets of ssh."""
    text = domain.strip("[]").removeprefix("IPv6:")
    is_bare = not domain.startswith("[")
    if exclusions.has("email", "transport_user", local) or not local:
        return "transport_user"
    if is_bare and not _MAIL_WORD.search(before):
        return "login_at_host"
    if _IP.fullmatch(text):
        return exclusions.ipv4_reason(tuple(min(int(part), 255) for part in text.split(".")))
    return ""


def judge_spelled_email(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept an address whose signs are written as words."""
    local, domain = respell_email(place.value)
    reason = exclusions.email_reason(local.lower(), domain.lower())
    if reason:
        return drop(reason)
    return place.accept(confidence=Confidence.MEDIUM, evidence="spelled")

from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.domain.finding import Category, Finding

Find = Callable[..., list[tuple[str, str]]]
DOMAIN = "kestrel" + "works.io"


def mail(local: str, domain: str = DOMAIN) -> str:
    return f"{local}@{domain}"


@pytest.mark.parametrize(
    ("template", "local"),
    [
        ("write to {}", "jane.roe"),
        ("Jane Roe <{}>", "jane.roe"),
        ("email='{}'", "jane"),
        ("f'{}'", "jane"),
        ("path/{}", "jane"),
        ("mailto:{}?subject=x", "jane"),
        ("?to={}&x=1", "jane"),
        ('"\\n{}"', "jane"),
        ("({}).", "jane+tag"),
        ("{}, and more", "o'brannick"),
        ("ünï {} ünï", "tööhn.mülner"),
        ("{}: hello", "jane"),
        ("%3C{}%3E", "jane"),
    ],
)
def test_an_address_is_found_without_what_stands_around_it(
    template: str, local: str, find: Find
) -> None:
    address = mail(local)
    assert ("EMAIL_ADDRESS", address) in find(template.format(address), "txt")


@pytest.mark.parametrize(
    "text",
    [
        "jane [at] kestrelworks [dot] com",
        "jane(at)kestrelworks.com",
        "jane at kestrelworks dot com",
    ],
)
def test_an_address_with_spelled_signs_is_found_whole(text: str, find: Find) -> None:
    assert find(text) == [("EMAIL_ADDRESS", text)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (mail("jane", "example.com"), "reserved_domain"),
        (mail("jane", "mail.example.org"), "reserved_domain"),
        (mail("git", "codehost.io"), "transport_user"),
        (mail("no-reply"), "machine_user"),
        (mail("shipper[bot]"[:-5] + "-bot"), "machine_user"),
        (mail("1234+jane", "users.noreply.github.com"), "machine_domain"),
        (mail("foo", "bar.com"), "placeholder"),
        ("https://jane:pw" + mail("x", "kestrelworks.io/path"), "url_userinfo"),
        (mail("lodash", "4.17.co"), "package_version"),
        (mail("icon", "2x.ai"), "retina_scale"),
        (mail("a", "weights.to(device)"), "call"),
        (mail("jane", "box.io:/srv/www"), "scp_path"),
        ("%s" + mail("", "kestrelworks.io"), "template"),
        (mail("a" * 65), "too_long"),
        ("jane [at] example [dot] com", "reserved_domain"),
    ],
)
def test_an_address_of_nobody_has_its_reason(
    text: str, reason: str, reasons: Callable[..., set[str]]
) -> None:
    assert reasons(f"x {text} y", Category.EMAIL_ADDRESS) == {reason}


@pytest.mark.parametrize(
    "text", ["@decorator", "a @ b.c", "x@y", "obj@4b1c2d", "stop at first dot"]
)
def test_what_only_has_an_at_sign_is_no_address(text: str, find: Find) -> None:
    assert not [found for found in find(text) if found[0] == "EMAIL_ADDRESS"]


def test_a_role_mailbox_is_found_and_says_so(scan: Callable[..., list[Finding]]) -> None:
    (finding,) = scan(mail("security"))
    assert finding.evidence == "role_mailbox"


def test_a_mail_suffix_of_the_company_network_counts(find: Find) -> None:
    address = mail("jane.roe", "mail.corp")
    assert find(f"ask {address}") == [("EMAIL_ADDRESS", address)]

from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.domain.finding import Category

Find = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("curl https://wiki.corp/page", "wiki.corp"),
        ("x = 'http://user:pw@wiki.corp:8080/'", "wiki.corp"),
        ("git@code.internal:team/app.git", "code.internal"),
        ("rsync deploy@files.lan:/srv", "files.lan"),
        ('h = "db-01.corp"', "db-01.corp"),
        ('h = "db01.eu.internal:5432"', "db01.eu.internal"),
        ('host = "db.corp"', "db.corp"),
        ("{'server': 'mail.intranet'}", "mail.intranet"),
        ("# see build-7.eu.corp for logs", "build-7.eu.corp"),
        ("go to db.corp.umbra.example now", "db.corp.umbra.example"),
        ("ping nas.home.arpa", "nas.home.arpa"),
        ("x = DB-01.CORP:5432", "DB-01.CORP"),
        ("payments.prod-1.svc.cluster.local", "payments.prod-1.svc.cluster.local"),
        ("é 'db-01.corp'", "db-01.corp"),
    ],
)
def test_a_name_in_the_place_of_a_host_is_found(text: str, host: str, find: Find) -> None:
    assert find(text, Category.INTERNAL_HOST) == [host]


@pytest.mark.parametrize(
    "text",
    [
        "x = threading.local()",
        "x = threading.local",
        "self.local = 1",
        "self.conv1.local[0]",
        "if a.b.local:",
        "torch.ops.internal",
        "from google.api.internal import x",
        "import com.acme.internal.Thing;",
        '"google.api.internal"',
        "'settings.local'",
        "e2.local.x",
        "obj_1.db1.local",
        '"db-01.corporate"',
        "https://wiki.corp.example.com/",
        "http://host.docker.internal:80",
        "http://metadata.google.internal/x",
        "'kubernetes.default.svc.cluster.local'",
        "http://db.example.internal/",
        "'-.corp'",
        "local = 1",
        "x = corp",
        "'.env-1.local'",
        "http://wiki.corp_x/",
        "self.db1.internal()",
        "x['a'].b2.local",
    ],
)
def test_code_and_public_names_are_no_hosts(text: str, find: Find) -> None:
    assert find(text, Category.INTERNAL_HOST) == []


def test_a_bare_value_counts_in_configuration_and_not_in_code(find: Find) -> None:
    text = "upstream: db01.corp\n"
    assert find(text, Category.INTERNAL_HOST, "yaml") == ["db01.corp"]
    assert find("value = db01.corp\n", Category.INTERNAL_HOST, "env") == ["db01.corp"]
    assert find("value = db01.corp\n", Category.INTERNAL_HOST, "py") == []

"""What a face asks for is found out by a worker, and can be applied from the answer."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from ingest.domain.repository import RightsBasis
from ingest.errors import InputError, RegistrationRefused
from store.catalog.errands import Errand, ErrandState
from tests.support.forge import Forge, ForgeRepository
from tests.support.gitserver import HOST
from workers.context import Context
from workers.discovery import plan as discovery_plan
from workers.discovery.model import Filters, Group, Kind
from workers.discovery.plan import Terms
from workers.errand_runner import run_errand
from workers.errands import (
    apply_found,
    ask_discovery,
    ask_preview,
    errand_book,
    find_errand,
)
from workers.settings import Settings

TERMS = Terms(owner="platform", rights=RightsBasis.OWNER_ATTESTED, license="LicenseRef-Acme")


def run_next(context: Context) -> Errand:
    errand = errand_book(context).claim(timedelta(minutes=1))
    assert errand is not None
    run_errand(context, errand)
    return find_errand(context, errand.id)


def test_a_plan_is_found_out_by_a_worker_and_applied_from_its_answer(
    context: Context, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    forge.repositories = [
        ForgeRepository(number=1, name="billing"),
        ForgeRepository(number=2, name="site", archived=True),
    ]
    real = discovery_plan.ApiSettings

    def at_loopback(**fields: Any) -> Any:
        return real(**(fields | {"resolve": lambda *_: ["127.0.0.1"]}))

    monkeypatch.setattr(discovery_plan, "ApiSettings", at_loopback)
    group = Group(kind=Kind.GITEA, host=forge.host.upper(), name="acme/")
    errand_id = ask_discovery(context, group, Filters(exclude=["x*"]), actor="ann")
    with pytest.raises(InputError, match="no discovery that is done"):
        apply_found(context, errand_id, TERMS, actor="ann")
    done = run_next(context)
    assert (done.state, done.reason) == (ErrandState.DONE, "")
    standings = {i["full_name"]: i["standing"] for i in done.result["items"]}
    assert standings == {"acme/billing": "new", "acme/site": "left out"}
    applied = apply_found(context, errand_id, TERMS, actor="ann")
    assert [a.item.full_name for a in applied] == ["acme/billing"]
    assert [r.name for r in context.catalog.list_repositories()] == ["billing"]


def test_what_cannot_be_found_out_says_why(context: Context) -> None:
    ask_preview(context, f"https://{HOST}/acme/app", actor="ann", with_forecast=False)
    done = run_next(context)
    assert done.state is ErrandState.DONE
    assert done.result["problem"] == "host_unknown"
    group = Group(kind=Kind.GITLAB, host="absent.shardgate.test", name="acme")
    ask_discovery(context, group, Filters(), actor="ann")
    failed = run_next(context)
    assert failed.state is ErrandState.FAILED
    assert "cannot be resolved" in failed.reason


def test_what_could_not_be_asked_for_is_refused_at_once(context: Context) -> None:
    with pytest.raises(RegistrationRefused):
        ask_preview(context, "ext::sh", actor="ann")
    with pytest.raises(RegistrationRefused):
        ask_preview(context, "https://h.example/a", actor="ann", credential="pasted")
    with pytest.raises(RegistrationRefused):
        ask_discovery(context, Group(kind=Kind.GITLAB, host="a b", name="x"), Filters(), actor="a")
    with pytest.raises(InputError):
        find_errand(context, "errand_0")


def test_a_credential_is_given_to_the_hosts_only_that_it_is_for(
    context: Context, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOUND_TOKEN", "t" * 16)
    bound = Context(
        settings=Settings(
            home=context.settings.home, credential_hosts=("env:BOUND_TOKEN=git.example.com",)
        )
    )
    group = Group(kind=Kind.GITLAB, host="evil.example", name="acme", credential="env:BOUND_TOKEN")
    with pytest.raises(RegistrationRefused, match=r"is not for evil\.example"):
        ask_discovery(bound, group, Filters(), actor="ann")
    url = "https://127.0.0.2/a"
    for settings in (bound, context):
        with pytest.raises(RegistrationRefused, match=r"is not for 127.0.0.2"):
            ask_preview(settings, url, actor="ann", credential="env:BOUND_TOKEN")
    # What was bound when it was asked for, and is no more, is refused when it is found out.
    before = Context(
        settings=bound.settings.model_copy(
            update={"credential_hosts": ("env:BOUND_TOKEN=127.0.0.2",)}
        )
    )
    ask_preview(before, url, actor="ann", credential="env:BOUND_TOKEN", with_forecast=False)
    assert "is not for 127.0.0.2" in run_next(bound).reason


@pytest.mark.integration
def test_an_errand_runs_in_a_process_of_its_own(context: Context) -> None:
    errand_id = ask_preview(
        context, "https://absent.shardgate.test/a", actor="ann", with_forecast=False
    )
    errand = errand_book(context).claim(timedelta(minutes=1))
    assert errand is not None
    env = os.environ | {"SHARDGATE_HOME": str(context.settings.home)}
    command = [sys.executable, "-m", "workers.errand_runner", errand_id]
    subprocess.run(command, env=env, check=True, timeout=120)
    assert find_errand(context, errand_id).result["problem"] == "host_unknown"

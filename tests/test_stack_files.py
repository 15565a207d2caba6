"""The production stack's files, as far as they can be checked without a container engine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from cli.main import build_app
from tests.support.releases import installation
from workers.embedded import STEADY_MEMORY
from workers.metrics import exposition
from workers.queues import QUEUES
from workers.settings import SECRETS_DIR, Settings

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {n: s for n, s in SERVICES.items() if s["image"].startswith("shardgate:")}
WORKERS = {n: s for n, s in OURS.items() if n.startswith("worker-")}


def folders(service: dict[str, Any]) -> dict[str, str]:
    """Volume to its mode."""
    found = (volume.split(":") for volume in service.get("volumes", []))
    return {parts[0]: parts[2] if len(parts) > 2 else "rw" for parts in found}


def test_the_file_is_as_the_compose_specification_says() -> None:
    schema = resources.files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json"

    jsonschema.validate(COMPOSE, json.loads(schema.read_text("utf-8")))


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_has_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]

    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert re.search(r":v?\d", service["image"]), "an image has a version"
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


@pytest.mark.parametrize("name", OURS)
def test_our_services_write_where_they_must_and_run_as_nobody(name: str) -> None:
    service = OURS[name]

    assert service["user"] == "10001:10001"
    assert service["read_only"] is True
    assert name == "migrate" or "healthcheck" in service
    waits = service["depends_on"]
    assert all(how["condition"] != "service_started" for how in waits.values())


def test_only_who_mirrors_reaches_the_world() -> None:
    networks = COMPOSE["networks"]
    outside = {name for name, network in networks.items() if not (network or {}).get("internal")}

    assert networks["data"]["internal"] is True
    reach = {name for name, s in OURS.items() if set(s["networks"]) & (outside - {"front"})}
    assert reach == {"worker-mirror"}


def test_each_queue_has_its_workers_and_a_builder_nothing_of_the_other_tier() -> None:
    queues = {name: service["environment"]["SHARDGATE_QUEUES"] for name, service in WORKERS.items()}

    assert sorted(queues.values()) == sorted(QUEUES)
    assert {name: f"worker-{queue}" for name, queue in queues.items()} == {n: n for n in queues}
    assert "internal" not in folders(WORKERS["worker-build-releasable"])
    assert "releasable" not in folders(WORKERS["worker-build-internal-only"])
    for name, service in OURS.items():
        writes = {volume for volume, mode in folders(service).items() if mode == "rw"}
        assert ("mirrors" in writes) == (name == "worker-mirror")
        assert ("keys" in writes) == (name == "migrate")
        assert ("signing" in writes) == (name == "migrate")


def test_only_who_signs_is_given_the_signing_key() -> None:
    given = {name for name, service in OURS.items() if "signing" in folders(service)}

    assert given == OURS.keys() - {"worker-mirror", "worker-scan"}
    assert all("keys" in folders(service) for service in OURS.values())


def test_every_setting_and_command_is_there() -> None:
    known = {f"SHARDGATE_{name.upper()}" for name in Settings.model_fields} | {SECRETS_DIR}
    known |= STEADY_MEMORY.keys()
    commands = {command.name for command in build_app().registered_commands}
    for service in OURS.values():
        assert set(service["environment"]) <= known
        program, *rest = service["command"]
        if program == "python":
            assert find_spec(rest[1]) is not None
        else:
            assert program == "shardgate"
            assert rest[0] in commands


def test_secrets_are_made_once_and_named_by_nothing_but_files(tmp_path: Path) -> None:
    shutil.copy(ROOT / "deploy" / "make-secrets.sh", tmp_path)
    run = ["sh", str(tmp_path / "make-secrets.sh")]
    subprocess.run(run, check=True)
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    subprocess.run(run, check=True)

    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == made
    wanted = {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()}
    assert wanted == made.keys()
    assert len(set(made.values())) == len(made)
    assert made["postgres_password"].strip() in made["shardgate_database_url"]
    assert set(COMPOSE["secrets"]) >= {n for s in SERVICES.values() for n in s.get("secrets", [])}


def test_the_made_secrets_are_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(ROOT / "deploy" / "make-secrets.sh", tmp_path)
    subprocess.run(["sh", str(tmp_path / "make-secrets.sh")], check=True)
    for name in list(os.environ):
        if name.startswith("SHARDGATE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv(SECRETS_DIR, str(tmp_path / "secrets"))

    settings = Settings()

    assert settings.database_url.startswith("postgresql://shardgate:")
    assert settings.broker_url.startswith("redis://:")
    assert len(settings.metrics_token.get_secret_value()) == 64


def test_what_the_dashboard_shows_is_measured(tmp_path: Path) -> None:
    board = json.loads((ROOT / "deploy/grafana/dashboards/shardgate.json").read_text())
    shown = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(r"shardgate_\w+", target["expr"])
    }
    measured = exposition(installation(tmp_path / "home")).decode()

    assert shown == set(re.findall(r"^# TYPE (\w+) gauge", measured, re.MULTILINE))
    assert 'shardgate_releases{state="published",tier="releasable"} 1.0' in measured
    assert 'shardgate_oldest_ready_job_seconds{queue="mirror"} 0.0' in measured


def test_the_web_server_gives_memory_back_as_the_embedded_one_does() -> None:
    said = SERVICES["web"]["environment"]

    assert {name: said.get(name) for name in STEADY_MEMORY} == STEADY_MEMORY

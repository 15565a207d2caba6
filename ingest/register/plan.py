"""Plans what a registry file changes, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import yaml
from pydantic import ValidationError

from ingest.domain.repository import Repository
from ingest.errors import RegistrationRefused
from ingest.ports import RepositoryRegistry
from ingest.register.registry import Action, Registration, RegistrationRequest, judge

_MAX_CHARS: Final = 8 * 2**20
_TOP_KEY: Final = "repositories"
_MAX_NAME: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedChange:
    """What one entry of the file would do."""

    action: Action
    name: str
    """Repository name, or the entry's number where it has none."""
    repository: Repository | None
    """As it would be stored; None when refused."""
    reason: str
    """Why it is refused, or what changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    number: int
    line: int
    node: yaml.Node

    @property
    def place(self) -> str:
        return f"entry {self.number}, line {self.line}"


def plan_registry(
    yaml_text: str, registry: RepositoryRegistry, *, today: date, allow_local: bool
) -> list[PlannedChange]:
    """Return one planned change per entry, in the order of the file; nothing is written.

    The file is a list of entries, or a mapping with the one key ``repositories``. Each entry holds
    the fields of `RegistrationRequest`.

    Raises:
        RegistrationRefused: the file as a whole is no such list.
    """
    known = {repository.id: repository for repository in registry.list_repositories()}
    loader, root = _compose(yaml_text)
    first: dict[str, _Entry] = {}
    plan = []
    for entry in _entries(root):
        try:
            request = _request(loader, entry)
            registration = judge(request, known.values(), today=today, allow_local=allow_local)
            _refuse_repeated(registration, entry, first)
        except RegistrationRefused as error:
            plan.append(_refused(entry, str(error)))
        else:
            plan.append(_planned(registration))
    return plan


def _compose(yaml_text: str) -> tuple[yaml.SafeLoader, yaml.Node | None]:
    if len(yaml_text) > _MAX_CHARS:
        raise RegistrationRefused(f"The registry file has more than {_MAX_CHARS} characters.")
    try:
        loader = yaml.SafeLoader(yaml_text)
        return loader, loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise RegistrationRefused(f"The registry file is no valid YAML{line}.") from None
    except (yaml.YAMLError, RecursionError):
        raise RegistrationRefused("The registry file is no valid YAML.") from None


def _entries(root: yaml.Node | None) -> Iterator[_Entry]:
    if isinstance(root, yaml.MappingNode):
        keys = [key.value for key, _ in root.value]
        root = root.value[0][1] if keys == [_TOP_KEY] else None
    if not isinstance(root, yaml.SequenceNode):
        raise RegistrationRefused(
            "The registry file is no list of repositories.",
            hint=f"Start it with '{_TOP_KEY}:' and one '- url: …' per repository.",
        )
    for number, node in enumerate(root.value, 1):
        yield _Entry(number=number, line=node.start_mark.line + 1, node=node)


def _request(loader: yaml.SafeLoader, entry: _Entry) -> RegistrationRequest:
    try:
        return RegistrationRequest.model_validate(_fields(loader, entry))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(map(str, first["loc"]))[:_MAX_NAME]
        raise RegistrationRefused(f"{field}: {first['msg']}.") from None


def _fields(loader: yaml.SafeLoader, entry: _Entry) -> Mapping[str, object]:
    if not isinstance(entry.node, yaml.MappingNode):
        raise RegistrationRefused("The entry is no mapping of fields.")
    fields: dict[str, object] = {}
    for key, value in entry.node.value:
        line = f"(line {key.start_mark.line + 1})"
        if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
            raise RegistrationRefused(f"A field is no plain value {line}.")
        if key.value in fields:
            raise RegistrationRefused(f"The field {key.value[:_MAX_NAME]} stands twice {line}.")
        try:
            fields[key.value] = loader.construct_object(value)
        except (yaml.YAMLError, ValueError):
            raise RegistrationRefused(
                f"{key.value[:_MAX_NAME]} has no valid value {line}."
            ) from None
    return fields


def _refuse_repeated(registration: Registration, entry: _Entry, first: dict[str, _Entry]) -> None:
    earlier = first.setdefault(registration.repository.id, entry)
    if earlier is not entry:
        raise RegistrationRefused(f"The same repository stands in {earlier.place}.")


def _planned(registration: Registration) -> PlannedChange:
    changes = f"changes {', '.join(registration.changes)}" if registration.changes else ""
    return PlannedChange(
        action=registration.action,
        name=registration.repository.name,
        repository=registration.repository,
        reason=changes,
    )


def _refused(entry: _Entry, message: str) -> PlannedChange:
    return PlannedChange(
        action=Action.REFUSED,
        name=f"entry {entry.number}",
        repository=None,
        reason=f"{entry.place}: {message}",
    )

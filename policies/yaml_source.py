"""YAML as a policy author writes it: plain values, every one with its line and column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, cast

import yaml

from ingest.errors import ConfigurationError

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
Place: TypeAlias = tuple[str | int, ...]
"""Keys and positions from the root of the document to a value."""

_MAX_CHARS = 1_000_000
_MAX_DEPTH = 50
"""Nested collections; libyaml composes them by recursion in C, where no limit of Python holds."""
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where PyYAML was built with it: a policy loads several times as fast."""
_SCALARS = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str")}


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlSource:
    """A parsed document and where each of its values stands."""

    value: Plain
    marks: dict[Place, tuple[int, int]]
    """1-based line and column of each value."""

    def read(self, place: Place) -> Plain:
        """Return the value at a place."""
        value: Any = self.value
        for step in place:
            value = value[step]
        return cast("Plain", value)

    def locate(self, place: Place) -> str:
        """Return ``line L, column C`` of a value, or of the nearest value above it."""
        line, column = self.mark(place)
        return f"line {line}, column {column}"

    def mark(self, place: Place) -> tuple[int, int]:
        """Return line and column, from 1, of a value, or of the nearest value above it."""
        while place and place not in self.marks:
            place = place[:-1]
        return self.marks.get(place, (1, 1))


def parse_yaml(text: str) -> YamlSource:
    """Parse one YAML document of mappings, sequences and plain scalars.

    Aliases, tags, dates and duplicate keys are refused: each is a way in which two readers of
    one policy see two policies. So is what nests deeper than any policy does.

    Raises:
        ConfigurationError: with line and column of the first thing that is wrong.
    """
    if len(text) > _MAX_CHARS:
        raise ConfigurationError("The policy is longer than 1,000,000 characters.")
    marks: dict[Place, tuple[int, int]] = {}
    try:
        _refuse_aliases_and_depth(text)
        loader = _LOADER(text)
        try:
            root = _compose(loader)
            value = _plain(loader, root, (), marks)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refusal(error.problem or "not valid YAML", mark) from None
    except (yaml.YAMLError, RecursionError):
        raise ConfigurationError("The policy is not valid YAML.") from None
    return YamlSource(value=value, marks=marks)


def _refuse_aliases_and_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise _refusal("aliases are not used here", event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise _refusal(f"more than {_MAX_DEPTH} levels are nested", event.start_mark)


def _compose(loader: yaml.SafeLoader) -> yaml.Node:
    root: yaml.Node | None = loader.get_single_node()
    if root is None:
        raise ConfigurationError("The policy is empty.")
    return root


class _Mark(Protocol):
    """A place in the text, 0-based; PyYAML has two types for it."""

    line: int
    column: int


def _refusal(problem: str, mark: _Mark | None) -> ConfigurationError:
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return ConfigurationError(f"Policy line {line}, column {column}: {problem}.")


def _plain(
    loader: yaml.SafeLoader,
    node: yaml.Node,
    place: Place,
    marks: dict[Place, tuple[int, int]],
) -> Plain:
    marks[place] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, item, (*place, i), marks) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, place, marks)
    if node.tag not in _SCALARS:
        raise _refusal(f"{node.tag.rsplit(':', 1)[-1]} values are not used here", node.start_mark)
    value: Plain = loader.construct_object(node)
    return value


def _mapping(
    loader: yaml.SafeLoader,
    node: yaml.MappingNode,
    place: Place,
    marks: dict[Place, tuple[int, int]],
) -> dict[str, Plain]:
    result: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        key = key_node.value
        if not isinstance(key, str) or key_node.tag != "tag:yaml.org,2002:str":
            raise _refusal("a key is not plain text", key_node.start_mark)
        if key in result:
            raise _refusal(f"the key {key!r} stands twice", key_node.start_mark)
        result[key] = _plain(loader, value_node, (*place, key), marks)
    return result

"""Two policy documents side by side: what a reader of the change has to know."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from policies.decision import Lane
from policies.model import LaneRules, PolicyDocument

_LISTS: Final = {"rules": "rule", "licenses": "license row"}
_LANES: Final = "lanes"
_SETTINGS: Final = tuple(
    name for name in PolicyDocument.model_fields if name not in {*_LISTS, _LANES}
)
"""Everything else, so that a setting that is new is never left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference of two policies."""

    what: str
    """``rule LICENSE_COPYLEFT`` or the name of a setting."""
    kind: str
    """added | removed | changed | moved"""
    field: str
    """Which part of it; empty where the whole of it is meant."""
    before: str
    after: str


def compare(before: PolicyDocument, after: PolicyDocument) -> list[Change]:
    """Return the differences, in the order of the documents: rules last."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    changes = [
        Change(what=name, kind="changed", field="", before=_show(old[name]), after=_show(new[name]))
        for name in _SETTINGS
        if old[name] != new[name]
    ]
    changes += _compare_lanes(before, after)
    for key, noun in reversed(_LISTS.items()):
        changes += _compare_lists(old[key], new[key], noun)
    return changes


def _compare_lanes(before: PolicyDocument, after: PolicyDocument) -> list[Change]:
    """Tell how lanes decide otherwise; one that is not named decides by the defaults."""
    return [
        Change(
            what=f"lane {lane}",
            kind="changed",
            field=name,
            before=_show(getattr(_rules(before, lane), name)),
            after=_show(getattr(_rules(after, lane), name)),
        )
        for lane in Lane
        for name in LaneRules.model_fields
        if getattr(_rules(before, lane), name) != getattr(_rules(after, lane), name)
    ]


def _rules(document: PolicyDocument, lane: Lane) -> LaneRules:
    return document.lanes.get(lane, LaneRules())


def _compare_lists(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], noun: str
) -> list[Change]:
    left, right = ({str(item["id"]): item for item in items} for items in (old, new))
    changes = [
        Change(what=f"{noun} {name}", kind="removed", field="", before=_condition(item), after="")
        for name, item in left.items()
        if name not in right
    ]
    for name, item in right.items():
        what = f"{noun} {name}"
        if name not in left:
            changes.append(
                Change(what=what, kind="added", field="", before="", after=_condition(item))
            )
            continue
        changes += [
            Change(
                what=what,
                kind="changed",
                field=key,
                before=_show(left[name].get(key)),
                after=_show(item.get(key)),
            )
            for key in {**item, **left[name]}
            if left[name].get(key) != item.get(key)
        ]
    return changes + _moves(list(left), list(right), noun)


def _moves(old: Sequence[str], new: Sequence[str], noun: str) -> list[Change]:
    """Tell whether rows that both have stand in another order, where the order counts."""
    shared = [name for name in old if name in set(new)], [n for n in new if n in set(old)]
    if noun != _LISTS["licenses"] or shared[0] == shared[1]:
        return []
    before, after = (", ".join(names) for names in shared)
    return [Change(what=f"order of {noun}s", kind="moved", field="", before=before, after=after)]


def _condition(item: Mapping[str, Any]) -> str:
    return " ".join(str(item["when"]).split())


def _show(value: object) -> str:
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    if isinstance(value, str):
        return " ".join(value.split())
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)

from __future__ import annotations

import inspect

import pytest

from ingest import errors
from ingest.errors import InputError, ShardgateError, TerminalError, TransientError

ALL = [
    member
    for _, member in inspect.getmembers(errors, inspect.isclass)
    if issubclass(member, ShardgateError) and member is not ShardgateError
]


@pytest.mark.parametrize("error", ALL)
def test_every_error_says_who_is_at_fault(error: type[ShardgateError]) -> None:
    faults = [
        base for base in (InputError, TransientError, TerminalError) if issubclass(error, base)
    ]
    assert len(faults) == 1


@pytest.mark.parametrize("error", ALL)
def test_input_errors_alone_end_with_exit_code_2(error: type[ShardgateError]) -> None:
    assert error.exit_code == (2 if issubclass(error, InputError) else 1)


@pytest.mark.parametrize("error", ALL)
def test_every_error_is_drawn_in_the_tree(error: type[ShardgateError]) -> None:
    assert error.__name__ in (errors.__doc__ or "")


def test_a_message_and_its_hint_are_read_together() -> None:
    assert str(ShardgateError("It broke.", hint="Mend it.")) == "It broke. Mend it."
    assert str(ShardgateError("It broke.")) == "It broke."

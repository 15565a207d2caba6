from __future__ import annotations

import sys

import pyarrow as pa
import pytest

from workers.lean import _NoPandas, leave_pandas_out


def test_arrow_makes_tables_as_before_and_imports_are_refused_no_longer() -> None:
    leave_pandas_out()
    assert not any(isinstance(finder, _NoPandas) for finder in sys.meta_path)
    assert pa.array([[1], None]).to_pylist() == [[1], None]


def test_nothing_but_pandas_is_refused() -> None:
    with pytest.raises(ModuleNotFoundError):
        _NoPandas().find_spec("pandas", None)
    assert _NoPandas().find_spec("pandas_stubs", None) is None

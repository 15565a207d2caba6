"""Arrow without pandas, for processes that start often or are forked for each batch.

Asked for an array of Python values, Arrow imports pandas where it is installed, to tell whether
the values are one of its series: a third of a second of a process, more than a small batch takes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

import pyarrow as pa


class _NoPandas(MetaPathFinder):
    """Says that pandas is not installed."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the interface of importlib
        target: ModuleType | None = None,  # noqa: ARG002 - the interface of importlib
    ) -> ModuleSpec | None:
        """Refuse one module, and know nothing of the others.

        Raises:
            ModuleNotFoundError: pandas is asked for.
        """
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)
        return None


def leave_pandas_out() -> None:
    """Have Arrow ask for pandas now, and find none.

    It asks once to recognise a series, which nobody here has. What needs pandas, as `to_pandas`
    does, imports it all the same later.
    """
    if "pandas" in sys.modules:
        return
    refusal = _NoPandas()
    sys.meta_path.insert(0, refusal)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(refusal)

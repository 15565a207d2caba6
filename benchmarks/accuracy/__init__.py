"""Labelled corpora made at run time, and what each engine finds in them.

One module a family, each with `run(peers=...) -> list[Report]`; `make accuracy` runs them all and
writes the tables that stand in ``docs/detection.md``.
"""

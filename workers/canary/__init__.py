"""Canaries: what the project plants in a corpus of its own, to see that none of it is released.

Each build sends them along the path that its rows have gone: the same detectors, rulesets, policy,
redaction and writer. Nothing of it is ever mixed with the rows of a release.
"""

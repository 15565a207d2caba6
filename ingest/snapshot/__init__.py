"""Snapshot: every entry of the HEAD tree, and why an entry is skipped."""

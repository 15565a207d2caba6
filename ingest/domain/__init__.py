"""The nouns: frozen, slotted, keyword-only values, checked when they are made.

Paths are bytes, times are UTC, lengths and offsets are bytes unless the name says otherwise.
"""

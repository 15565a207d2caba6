"""Detect: bytes in, facts out. No database, queue, web, process or network in here."""

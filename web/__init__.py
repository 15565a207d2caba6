"""Face: what is read and done over HTTP."""

"""Mirror: bare mirrors through one hardened git wrapper."""

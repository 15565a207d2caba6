"""Out: build shards, manifest, sign, verify, pull."""

"""Register: which repositories we may look at, and on what rights."""

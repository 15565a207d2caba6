"""Face: the `shardgate` command."""

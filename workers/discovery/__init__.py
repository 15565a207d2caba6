"""Discovery: the repositories of a group, as the host's own API lists them."""

"""Facts: register, mirror, snapshot, detect. Bytes in, facts out, no opinions."""

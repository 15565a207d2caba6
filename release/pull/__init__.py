"""Pull: take a release over, and refuse it unless every byte is what was signed."""

from release.pull.transfer import pull_release
from release.pull.verify import verify_release

__all__ = ["pull_release", "verify_release"]

"""The stages as the workers run them: read ids from a job, call the stage, write what it found."""

from workers.stages.build import build
from workers.stages.decide import decide
from workers.stages.detect import detect, provenance
from workers.stages.mirror import mirror, refresh, snapshot
from workers.stages.recall import recall

__all__ = ["build", "decide", "detect", "mirror", "provenance", "recall", "refresh", "snapshot"]

"""Two policies over the corpus as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from policies.database import open_dossier
from policies.model import Policy
from policies.replay import Replay
from workers.context import Context
from workers.corpus import CorpusKeys
from workers.released import signatures


@contextmanager
def replay_corpus(
    context: Context, keys: CorpusKeys, policies: tuple[Policy, Policy]
) -> Iterator[Replay]:
    """Replay two policies over the dossier of a corpus, under the reviews in force.

    Raises:
        ArtefactCorrupt: a stored table is damaged.
    """
    with open_dossier(context.lake.path("dossiers", keys.dossier)) as connection:
        yield Replay(connection, policies, content=signatures(context), reviews=keys.reviews)

"""The hub: releases as datasets that stock clients of the Hugging Face Hub pull.

``HF_ENDPOINT=http://<host>/hub`` makes ``hf download`` and ``datasets.load_dataset`` work as they
are. Each tier is a dataset, ``shardgate/releasable`` and ``shardgate/internal-only``; each release
is a revision, and ``main`` is the newest one. The routes are those that ``huggingface_hub`` asks
for, as its source says.
"""

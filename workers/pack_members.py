"""What stands where in an audit pack, and how an auditor checks it."""

from __future__ import annotations

from typing import Final

from release.domain.manifest import ENVELOPE_FILE, MANIFEST_FILE

README: Final = "README.txt"
RELEASE: Final = "release.json"
MANIFEST_PLACE: Final = f"release/{MANIFEST_FILE}"
SIGNED_PLACE: Final = f"release/{ENVELOPE_FILE}"
DECISIONS: Final = "decisions.parquet"
EXCLUDED: Final = "exclusions.parquet"
POLICY: Final = "policy.yaml"
REVIEWS: Final = "reviews.jsonl"
WITHDRAWALS: Final = "withdrawals.jsonl"
TAKEN_BACK: Final = "taken-back/"
RESTRICTING: Final = f"{TAKEN_BACK}policy.yaml"
WITHDRAWN_LATER: Final = f"{TAKEN_BACK}withdrawals.jsonl"
CHAIN: Final = "audit/chain.jsonl"
CHECKPOINTS: Final = "audit/checkpoints/"
DATASET: Final = "dataset.spdx.json"

README_TEXT: Final = """\
Audit pack of one release of Shardgate
======================================

Who has this pack and the public key of the installation that made it can follow
what was released, by which rules, and who decided what. The key comes to you
another way than the pack: none is in it.

Everything at once
    shardgate audit verify-pack PACK.zip --key release.public.pem

Unpack it, and look at each part:

SHA256SUMS, index.dsse.json
    Every member with its digest; the index (DSSE, Ed25519) signs them all.
        sha256sum -c SHA256SUMS

release/manifest.json, release/manifest.dsse.json
    What the release consists of, and the signature. With the release at hand:
        shardgate release verify FOLDER --tier TIER --key release.public.pem

policy.yaml
    The document that decided; the manifest names its digest.
        shardgate policy test policy.yaml

decisions.parquet
    Every file of every repository: outcome, reasons, what people took away, by
    which review. A path that gives something away is shown with placeholders.
        duckdb -c "SELECT outcome, count(*) FROM 'decisions.parquet' GROUP BY 1"

exclusions.parquet
    Every file that the release does not contain, with stage, rule and counterpart.
    Rows by fate are the counts of the manifest.
        duckdb -c "SELECT fate, count(*) FROM 'exclusions.parquet' GROUP BY 1"

reviews.jsonl
    Reviews and waivers in force when the release was decided, with all their steps:
    who, when, in which words. release.json has the digest over them and over the
    withdrawals; it is part of the key of the decisions ("inputs"). A release that
    took rows out of another was decided with it. "digest" is what the chain calls
    "asked"; it is over the path pattern as it was written, which is shown masked.
    The last entry of the chain about each review before "decided_at" (release.json)
    tells which stood, so none can be added or left out.
        jq -r '[.id, .kind, .state, .requested_by, .expires_at] | @tsv' reviews.jsonl

withdrawals.jsonl
    What was withdrawn when the release was decided: by whom, when, why. "digest" is
    what the chain calls "said"; path patterns are shown masked.
        jq -r '[.id, .selector, .reason, .withdrawn_by] | @tsv' withdrawals.jsonl

taken-back/
    What left this release later, or left the release that this one was made from: each
    recall as its readers got it (DSSE, Ed25519), its rows, and the withdrawals that the
    recalls name. policy.yaml is the document by which the rows of the other release were
    judged once more ("restricted_by" of the manifest). "tombstone_digest" of the
    manifest is over the ids of the rows whose "replaced_by" is this release; "blob_id"
    stands in internal-only recalls alone.
        duckdb -c "SELECT reason, request_id, count(*) FROM 'taken-back/*.parquet' GROUP BY ALL"

audit/chain.jsonl, audit/checkpoints/
    The whole audit chain up to the export of this pack, and its signed heads. The
    hash of an entry is SHA-256 over the JSON of its other fields (sorted keys, no
    spaces), of which "prev_hash" is the hash of the entry before:
        jq -cS 'del(.hash)' audit/chain.jsonl | while read -r entry; do \\
            printf %s "$entry" | sha256sum; done | cut -d' ' -f1 | \\
            diff - <(jq -r .hash audit/chain.jsonl) && echo unbroken

dataset.spdx.json
    The release as an SPDX 3.0.1 dataset.
        python -m spdx_python_model.bindings.v3_0_1 dataset.spdx.json
"""

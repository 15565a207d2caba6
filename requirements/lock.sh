#!/bin/sh
# Resolve the .in files for Python 3.11 to 3.13 into hash-locked files. Needs uv on the PATH.
set -eu
cd "$(dirname "$0")"
for name in run dev ner otel peers; do
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --no-emit-index-url --no-emit-find-links --exclude-newer "${EXCLUDE_NEWER:-2026-11-16}" \
    "$name.in" --output-file "$name.txt"
done

#!/bin/sh
# Write the lock files anew from pyproject.toml: every package, for every system, with the hashes of its files.
set -eu
here=$(dirname "$0")

compile() {
    .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.12 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate "$@"
}

compile pyproject.toml --output-file "$here/run.txt" ${UPGRADE:+--upgrade}
compile pyproject.toml --group dev --constraint "$here/run.txt" --output-file "$here/dev.txt" ${UPGRADE:+--upgrade}
if grep -nE '://|--(index|extra-index|find-links)' "$here/run.txt" "$here/dev.txt"; then
    echo "A lock file names a host: it would only install from there." >&2
    exit 1
fi

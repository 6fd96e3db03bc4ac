#!/bin/sh
# Print the path of a Python that can run Maillage: 3.12 or later, with SQLite and its full-text search.
# Looked for on PATH, then among pyenv's versions, then asked of uv. Without one: a line that says what to install.
set -u

serves() {
    "$1" -c '
import sys
assert sys.version_info >= (3, 12)
import ctypes, ssl, sqlite3
sqlite3.connect(":memory:").execute("CREATE VIRTUAL TABLE t USING fts5(a, tokenize=trigram)")
' >/dev/null 2>&1
}

try() {
    # A name may be there and answer nothing (the shims of pyenv do that), so each candidate is run.
    if [ -x "$1" ] && serves "$1"; then
        "$1" -c 'import sys; print(sys.executable)'
        exit 0
    fi
}

on_path() {
    old_ifs=$IFS
    IFS=:
    for folder in $PATH; do
        IFS=$old_ifs
        try "${folder:-.}/$1"
        IFS=:
    done
    IFS=$old_ifs
}

for version in 3.14 3.13 3.12; do
    on_path "python$version"
done
for root in "${PYENV_ROOT:-}" "${HOME:-/nonexistent}/.pyenv"; do
    for version in 3.14 3.13 3.12; do
        for folder in "$root"/versions/"$version"*; do
            try "$folder/bin/python"
        done
    done
done
on_path python3

if command -v uv >/dev/null 2>&1; then
    found=$(uv python find '>=3.12' 2>/dev/null) && try "$found"
    uv python install 3.13 >&2 && found=$(uv python find 3.13 2>/dev/null) && try "$found"
fi

echo "Maillage a besoin de Python 3.12 ou plus récent (sous Debian 13 : sudo apt install python3 python3-venv)." >&2
echo "Maillage needs Python 3.12 or later (on Debian 13: sudo apt install python3 python3-venv)." >&2
exit 1

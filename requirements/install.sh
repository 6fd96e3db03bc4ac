#!/bin/sh
# Make .venv, and install in it exactly what the lock file given names, each file checked by its hash.
set -eu
lock=$1
here=$(dirname "$0")

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c 'import sys; assert sys.version_info >= (3, 12)' 2>/dev/null; then
    python=$(sh "$here/python.sh")
    echo "Environnement : .venv ($python)"
    rm -rf .venv
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv .venv
    elif command -v uv >/dev/null 2>&1; then
        uv venv --quiet --python "$python" .venv
    else
        echo "Il manque à Python son module venv (sous Debian : sudo apt install python3-venv)." >&2
        echo "Python lacks its venv module (on Debian: sudo apt install python3-venv)." >&2
        exit 1
    fi
fi

# What a machine adds to pip's sources stays as it is: the hashes decide which file is taken.
pip() {
    if .venv/bin/python -c 'import pip' 2>/dev/null; then
        .venv/bin/python -m pip install --disable-pip-version-check --no-input --progress-bar off "$@"
    else
        uv pip install --python .venv/bin/python "$@"
    fi
}

echo "Paquets : $lock"
terminal=0
[ -t 1 ] && terminal=1
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
# One line that moves, in a terminal; what went wrong, only if something did.
if ! { pip --require-hashes --only-binary :all: --no-deps -r "$lock" 2>"$errors" || echo FAILED; } |
    awk -v terminal=$terminal '
        /^FAILED$/ { failed = 1 }
        terminal && /^(Collecting|Downloading|Installing)/ { printf "\r\033[K  %.72s", $0; fflush() }
        END { if (terminal) printf "\r\033[K"; exit failed }'
then
    cat "$errors" >&2
    exit 1
fi

# Sets up .venv with the packages of one lock: sh scripts/setup.sh requirements.txt
# requirements-dev.txt needs two browsers, PostgreSQL and Redis too. What the machine lacks comes from apt when root;
# otherwise one line says what to install.
set -eu
lock=$1

find_python() {
    for python in python3 python3.13 python3.12 python3.11; do
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return
    done
    python=
}

has_firefox() {
    for firefox in firefox-esr firefox; do
        "$firefox" --version >/dev/null 2>&1 && return
    done
    return 1
}

find_browser() {  # by running it: Ubuntu's chromium-browser may be a stub that asks for a snap
    for browser in chromium chromium-browser google-chrome; do
        "$browser" --version >/dev/null 2>&1 && return
    done
    browser=
}

has_postgresql() {  # Debian keeps the server's programs off the path
    for initdb in "$(command -v initdb || true)" /usr/lib/postgresql/*/bin/initdb; do
        [ ! -x "$initdb" ] || return 0
    done
    return 1
}

find_missing() {  # the Debian packages of what is not there
    missing=
    find_python
    if [ -z "$python" ]; then
        missing="python3 python3-venv"
    elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        missing="$python-venv"
    fi
    if [ "$lock" = requirements-dev.txt ]; then
        find_browser
        [ -n "$browser" ] || missing="$missing chromium"
        has_firefox || missing="$missing firefox-esr"
        has_postgresql || missing="$missing postgresql"
        command -v redis-server >/dev/null || missing="$missing redis-server"
    fi
    missing=${missing# }
}

find_missing
if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing $missing with apt"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086  # several packages
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
    find_missing
fi
if [ -n "$missing" ]; then
    [ -n "$python" ] || wanted=" (Digitpad needs Python 3.11 or newer)"
    echo "Please install what is missing: sudo apt-get install $missing${wanted-}" >&2
    exit 1
fi

# The mark "unfinished" is there while packages are installed: a run that was interrupted starts
# afresh the next time.
if [ -e .venv/unfinished ] || ! .venv/bin/python -c '' 2>/dev/null; then
    rm -rf .venv
    mkdir .venv
    touch .venv/unfinished
    "$python" -m venv .venv
fi
touch .venv/unfinished
echo "Installing $lock into .venv"
# Without --no-deps, since the lock names all: rmscene asks for an older packaging, which it does not need.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock"
if [ "$lock" = requirements-dev.txt ]; then
    PATH=$PWD/.venv/bin:$PATH npm ci --prefix tests/npm --ignore-scripts --no-audit --no-fund --silent ||
        echo "Without npm's packages the tests of the element's types and bundles are skipped"
fi
rm .venv/unfinished
touch ".venv/$lock.done"

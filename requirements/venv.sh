#!/bin/sh
# Makes .venv with Python 3.11 or 3.12 and pip inside, whatever this machine brings.
set -eu

fits() {
    "$1" -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null
}

if fits .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; then
    exit 0
fi

python=
for candidate in "${PYTHON:-python3}" python3 python3.12 python3.11; do
    if fits "$candidate"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Python 3.11 or 3.12 is needed and was not found; install one, or name it: make PYTHON=/path/to/python3.12" >&2
    exit 1
fi

rm -rf .venv
if "$python" -m venv .venv >/dev/null 2>&1; then
    exit 0
fi

# Debian keeps the pip for new environments in a package of its own; the machine's pip can do it.
rm -rf .venv
if "$python" -m venv --without-pip .venv 2>/dev/null &&
    "$python" -m pip --quiet --disable-pip-version-check --python .venv/bin/python \
        install --require-hashes --only-binary :all: -r requirements/setup.txt; then
    exit 0
fi
rm -rf .venv
echo "A virtual environment can't be made with $python; install the package python3-venv (or python3-pip) and run make again." >&2
exit 1

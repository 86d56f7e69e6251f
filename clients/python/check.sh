#!/usr/bin/env bash
# All checks of the Python client; needs Python 3.10 or later with venv and pip, and redis-server. A line for each check, then
#   N passed, N failed
# of checks and single tests together, where a skipped test has failed. The exit code is 0 if none has.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# shellcheck source=clients/checks.sh
. ../checks.sh

# As pytest counts them in its last line.
count() {
  tail -n 1 "$output" | { grep -oE "[0-9]+ ($1)" || true; } | awk '{ sum += $1 } END { print sum + 0 }'
}

# Each test counts; the check itself has failed, too, where one was skipped.
tests() {
  local name=$1
  shift
  check "$name" "$@"
  passed=$((passed + $(count passed)))
  failed=$((failed + $(count 'failed|errors?|skipped|xfailed|xpassed|deselected')))
}

oldest() {
  local made_of
  made_of=$(cksum requirements-oldest.txt)
  [[ "$(cat .oldest/made-of 2>/dev/null)" == "$made_of" ]] && return
  rm -rf .oldest
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --target .oldest --requirement requirements-oldest.txt &&
    echo "$made_of" >.oldest/made-of
}

need redis-server redis-server

if check 'environment' ./build.sh requirements-dev.txt; then
  check 'format' .venv/bin/ruff format --check .
  check 'lint' .venv/bin/ruff check .
  check 'types' .venv/bin/mypy src tests examples/counter/counter.py examples/reference_peer/*.py
  check 'types from 3.13 on' .venv/bin/mypy --python-version 3.13 src
  check 'documentation' .venv/bin/python -W error -m pdoc --output-directory "$scratch/documents" the_mule
  check 'examples compile' .venv/bin/python -W error -m compileall -q -f examples
  tests 'tests' .venv/bin/python -m pytest
  connections=(tests/test_commands_real.py tests/test_outage_real.py tests/test_statuses_real.py)
  check 'oldest redis-py' oldest && tests 'tests with the oldest redis-py' env PYTHONPATH=.oldest .venv/bin/python -m pytest "${connections[@]}"
fi

report

#!/usr/bin/env bash
# Makes .venv with the library in it, from its source here: the reference peer then runs as
#   .venv/bin/python examples/reference_peer
# Quick when nothing has changed. Prints nothing but errors.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

python=${PYTHON:-python3}
requirements=${1:-requirements.txt}
# What the environment was made of: another interpreter or another requirement makes it anew.
made_of=$({ "$python" -VV; pwd; cat pyproject.toml requirements.txt "$requirements"; } | cksum)
if [[ -x .venv/bin/python && "$(cat ".venv/made-of-$requirements" 2>/dev/null)" == "$made_of" ]]; then exit 0; fi

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
  echo "build.sh: $python is too old, or is not there: Python 3.10 or later is needed; name another one with PYTHON=…" >&2
  exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  echo "build.sh: $python has no venv module; on Debian and Ubuntu: apt-get install python3-venv" >&2
  exit 1
fi
"$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
# The build backend is among the requirements, so nothing else is fetched.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
echo "$made_of" >".venv/made-of-$requirements"

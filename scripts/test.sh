#!/usr/bin/env bash
# Everything that must hold, set-up included: packages, build, checks, unit tests, the clients in other languages, and the tests on real
# Docker hosts. The last line is `N passed, N failed`; the exit code says the same.
set -uo pipefail
cd "$(dirname "$0")/.."

if [ "$(id -u)" != 0 ]; then
  echo "npm test starts Docker hosts in network namespaces of their own, which needs root: run it with sudo." >&2
  echo "Without root, npm run test:unit runs all that needs nothing but Node." >&2
  exit 1
fi

bash scripts/setup/install-packages.sh || exit 1
# Those of the official installers, which need not be in the PATH of a script.
PATH="$PATH:/usr/local/go/bin:$HOME/.cargo/bin"
[ -d node_modules ] || npm ci --ignore-scripts --no-audit --no-fund || exit 1

passed=0
failed=0
check() {
  local name=$1
  shift
  local began=$SECONDS
  if "$@"; then
    passed=$((passed + 1))
    echo "✔ $name ($((SECONDS - began)) s)"
  else
    failed=$((failed + 1))
    echo "✖ $name: $* failed" >&2
  fi
}

files=$(mktemp -d)
clients=
clean_up() {
  if [ -n "$clients" ]; then kill -- "-$clients" 2>/dev/null; fi
  rm -rf "$files"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

run_vitest() {
  local status counts
  npx vitest run --project "$1" --reporter=default --reporter=json --outputFile.json="$files/$1.json"
  status=$?
  counts=$(node scripts/count-tests.mjs "$files/$1.json" "$status") || counts="0 1"
  passed=$((passed + ${counts% *}))
  failed=$((failed + ${counts#* }))
}

check "build" npm run --silent build

# The compilers work in what time the rest leaves them, up to the tests on real hosts, which want the machine for themselves. In a process
# group of its own, so that an interruption ends all of it.
setsid nice -n 19 bash scripts/clients/check-all.sh >"$files/clients.log" 2>&1 &
clients=$!

check "generated files are in step" npm run --silent generate -- --check
check "types" npm run --silent typecheck
check "lint and format" npm run --silent lint
check "no dead code" npm run --silent deadcode
run_vitest unit

# Shows what they have said so far, and goes on as they do.
tail -n +1 -f --pid="$clients" "$files/clients.log"
wait "$clients"
clients=
if [[ $(tail -n 1 "$files/clients.log") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
  passed=$((passed + BASH_REMATCH[1]))
  failed=$((failed + BASH_REMATCH[2]))
else
  failed=$((failed + 1))
  echo "✖ scripts/clients/check-all.sh did not come to its end" >&2
fi

run_vitest real

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

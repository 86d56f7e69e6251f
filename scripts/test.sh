#!/usr/bin/env bash
# Everything that must hold, set-up included: packages, build, checks, unit tests, and the tests on real Docker hosts.
# The last line is `N passed, N failed`; the exit code says the same.
set -uo pipefail
cd "$(dirname "$0")/.."

if [ "$(id -u)" != 0 ]; then
  echo "npm test starts Docker hosts in network namespaces of their own, which needs root: run it with sudo." >&2
  echo "Without root, npm run test:unit runs all that needs nothing but Node." >&2
  exit 1
fi

bash scripts/setup/install-packages.sh redis docker ssh testbed browser || exit 1
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

check "build" npm run --silent build
check "generated files are in step" npm run --silent generate -- --check
check "types" npm run --silent typecheck
check "lint and format" npm run --silent lint
check "no dead code" npm run --silent deadcode

results=$(mktemp)
trap 'rm -f "$results"' EXIT
for project in unit real; do
  : >"$results"
  npx vitest run --project "$project" --reporter=default --reporter=json --outputFile.json="$results"
  status=$?
  counts=$(node scripts/count-tests.mjs "$results" "$status") || counts="0 1"
  passed=$((passed + ${counts% *}))
  failed=$((failed + ${counts#* }))
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

#!/usr/bin/env bash
# Builds the reference peer of each language and runs its clients/<language>/check.sh. The last line is `N passed, N failed`; the exit code
# says the same.
#
#   scripts/clients/check-all.sh [rust|go|python]...      (none: all three; TypeScript's checks are those of the repository)
set -uo pipefail
cd "$(dirname "$0")/../.."

passed=0
failed=0
fail() {
  failed=$((failed + 1))
  echo "✖ $*" >&2
}

output=$(mktemp)
trap 'rm -f "$output"' EXIT

# Adds up the last line of a check. Nothing is taken on trust: one that does not count has failed, and so has one whose exit code does not
# agree with its count.
add_counts() {
  local language=$1 status=$2
  if [[ $(tail -n 1 "$output") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
    if [ "${BASH_REMATCH[2]}" = 0 ] && [ "$status" != 0 ]; then fail "clients/$language/check.sh ended with $status"; fi
    if [ "${BASH_REMATCH[1]}" = 0 ]; then fail "clients/$language/check.sh has checked nothing"; fi
  else
    fail "clients/$language/check.sh ended with $status and did not say how many have passed"
  fi
}

if [ $# -eq 0 ]; then set -- rust go python; fi
for language in "$@"; do
  began=$SECONDS
  if "clients/$language/build.sh"; then
    passed=$((passed + 1))
    echo "✔ $language: reference peer ($((SECONDS - began)) s)"
  else
    fail "$language: clients/$language/build.sh failed"
  fi
  "clients/$language/check.sh" 2>&1 | tee "$output"
  add_counts "$language" "${PIPESTATUS[0]}"
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

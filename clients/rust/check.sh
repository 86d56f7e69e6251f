#!/bin/bash
# Checks all that is written in Rust: a line for each check, and `N passed, N failed` at the end, of checks and single tests.
# Needs cargo with rustfmt and clippy, redis-server and openssl.
set -uo pipefail
cd "$(dirname "$0")" || exit 1

# shellcheck source=clients/checks.sh
. ../checks.sh

# Counts the single tests of the last check; one that is left out has failed.
count_tests() {
  local ok bad ignored
  read -r ok bad ignored < <(awk '/^test result:/ { ok += $4; bad += $6; ignored += $8 } END { print ok + 0, bad + 0, ignored + 0 }' "$output")
  passed=$((passed + ok))
  failed=$((failed + bad + ignored))
  if [ "$ok" -eq 0 ]; then
    echo "✖ no test has run"
    failed=$((failed + 1))
  fi
}

need redis-server redis-server
need openssl openssl

check 'rust: format' cargo fmt --check
check 'rust: lint' cargo clippy --locked --quiet --all-targets --all-features -- -D warnings
check 'rust: documentation' env RUSTDOCFLAGS='-D warnings' cargo doc --locked --quiet --no-deps
check 'rust: tests' cargo test --locked --all-features
count_tests
check 'rust: tests of the reference peer' cargo test --locked --all-features --example reference-peer
count_tests
check 'rust: unit tests without features' cargo test --locked --lib
count_tests
check 'rust: programs' ./build.sh

report

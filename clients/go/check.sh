#!/usr/bin/env bash
# All checks of the Go client; needs Go 1.24 or later and redis-server, and a C compiler for the race detector. A line for each check, then
#   N passed, N failed
# of checks and single tests together, where a skipped test has failed. The exit code is 0 if none has.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# Not in go.mod, since nobody who uses the library needs it.
staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.8.2

# shellcheck source=clients/checks.sh
. ../checks.sh

format() {
  local wrong
  wrong=$(gofmt -s -l .) || return
  [[ -z $wrong ]] || { echo "gofmt -s -w $wrong" && return 1; }
}

modules() {
  go mod verify && go mod tidy -diff
}

# go doc says on stdout what it finds, and fails where the package does not parse. Every exported name needs a comment.
documentation() {
  go doc -all . >/dev/null || return
  local bare
  bare=$(go doc -all . | awk '/^(func|type) / { name = $0; getline; if ($0 !~ /^    / && $0 !~ /^\t/) print name }')
  [[ -z $bare ]] || { echo "without a comment: $bare" && return 1; }
}

# Each test counts, and so does each of its parts.
tests() {
  local name=$1
  shift
  check "$name" "$@"
  passed=$((passed + $(count PASS)))
  failed=$((failed + $(count 'FAIL|SKIP')))
}

count() {
  grep -cE "^ *--- ($1): " "$output" || true
}

need redis-server redis-server

check 'format' format
check 'modules' modules
check 'vet' go vet ./...
check 'staticcheck' go run "$staticcheck" ./...
check 'documentation' documentation
check 'examples build' ./build.sh
race=()
if [[ $(go env CGO_ENABLED) == 1 ]]; then race=(-race); fi
tests 'tests' go test "${race[@]}" -count=1 -timeout 9m -v ./...

report

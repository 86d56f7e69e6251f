#!/usr/bin/env bash
# Builds the reference peer and the counter, for running, into clients/go/bin.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export CGO_ENABLED=0
for program in reference-peer counter; do
  go build -trimpath -ldflags '-s -w' -o "bin/$program" "./examples/$program"
done

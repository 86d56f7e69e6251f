#!/usr/bin/env bash
# Builds the reference peers and their images in the engine that `docker` talks to.
#
#   scripts/clients/build-images.sh [typescript|rust|python|go]...      (none: all four)
#
# the-mule/reference-peer:1 is the one in TypeScript; the others have their language behind the name.
set -euo pipefail
cd "$(dirname "$0")/../.."

image() {
  docker build --quiet --file "$1" --tag "$2" . >/dev/null
  echo "$2 $(docker image inspect --format '{{.Size}}' "$2")"
}

build() {
  case "$1" in
    typescript)
      npm run --silent build
      image examples/peer/Dockerfile the-mule/reference-peer:1
      ;;
    rust)
      clients/rust/build.sh
      image clients/rust/examples/reference-peer/Dockerfile the-mule/reference-peer-rust:1
      ;;
    python)
      clients/python/build.sh
      # Anew each time: neither pip nor setuptools removes what an earlier version has left there.
      rm -rf clients/python/build
      clients/python/.venv/bin/python -m pip install --quiet --no-build-isolation --constraint clients/python/requirements.txt \
        --target clients/python/build/image ./clients/python
      image clients/python/examples/reference_peer/Dockerfile the-mule/reference-peer-python:1
      ;;
    go)
      clients/go/build.sh
      image clients/go/examples/reference-peer/Dockerfile the-mule/reference-peer-go:1
      ;;
    *)
      echo "build-images: unknown language '$1'; known: typescript rust python go" >&2
      exit 1
      ;;
  esac
}

if [ $# -eq 0 ]; then set -- typescript rust python go; fi
for language in "$@"; do build "$language"; done

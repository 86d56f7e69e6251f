#!/usr/bin/env bash
# From a fresh clone to a passed test: installs what is missing, builds, and runs five peers as local processes against a real Redis.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

have_redis() { command -v redis-server >/dev/null || command -v valkey-server >/dev/null; }

if ! have_redis; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "Installing Redis"
    bash scripts/setup/install-packages.sh redis
  else
    echo "There is no Redis on this machine. Install it and run this again:" >&2
    echo "  Debian, Ubuntu   sudo apt-get install redis-server" >&2
    echo "  Fedora           sudo dnf install valkey" >&2
    echo "  macOS            brew install redis" >&2
    exit 1
  fi
fi

if [ ! -d node_modules ]; then
  say "Installing packages"
  npm ci --ignore-scripts --no-audit --no-fund
fi

say "Building"
npm run --silent build

say "tm examples/local-5peer.yaml"
node dist/tm.js examples/local-5peer.yaml

say "It passed. What to try next"
cat <<'NEXT'
  npx tm plan examples/local-5peer.yaml       what an apply would do, without doing it
  npx tm apply examples/local-5peer.yaml      the same test; Ctrl-C stops it gracefully
  npx tm watch                                in another terminal, while it runs
  npx tm validate examples/broken.yaml        what six mistakes look like
  npx tm init                                 a config of your own to begin with
  docs/guides/                                a peer of your own, in TypeScript, Rust, Python or Go
NEXT

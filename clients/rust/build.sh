#!/bin/bash
# Builds the reference peer and the counter for running, target/release/examples/{reference-peer,counter}. Says nothing unless it fails.
set -euo pipefail
cd "$(dirname "$0")"

# The standard library asks for the shared libgcc_s by name. Here the linker finds a script of that name that means the static one, so that
# the program needs libc and libm alone and runs in a small image.
mkdir -p target/link
if [ ! -e target/link/libgcc_s.so ]; then
  echo 'GROUP ( -lgcc_eh -lgcc )' >target/link/libgcc_s.so
fi
export RUSTFLAGS="${RUSTFLAGS:-} -C link-arg=-L$PWD/target/link"
cargo build --release --locked --quiet --example reference-peer --example counter

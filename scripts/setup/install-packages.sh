#!/usr/bin/env bash
# Installs, with apt-get, the Debian or Ubuntu packages that the tests need, and nothing that is already there.
#
#   scripts/setup/install-packages.sh [--check] [GROUP...]      (no group: all of them)
#
# Groups: redis, docker, ssh, testbed. `--check` only says what is missing (exit 1 when something is).
# Nothing is started: the tests start their own Redis, dockerd and sshd, so a system service would only be in the way.
set -euo pipefail

readonly all_groups=(redis docker ssh testbed)
# Seconds to wait for another apt-get or dpkg that holds the lock.
readonly lock_timeout=300
readonly policy=/usr/sbin/policy-rc.d

fail() { printf 'install-packages: %s\n' "$*" >&2; exit 1; }
say() { printf 'install-packages: %s\n' "$*" >&2; }

packages_of() {
  case "$1" in
    redis) echo redis-server ;;
    docker) echo docker.io iptables iproute2 ;;
    ssh) echo openssh-server openssh-client ;;
    testbed) echo busybox-static util-linux tar ;;
    *) fail "unknown group '$1'; known: ${all_groups[*]}" ;;
  esac
}

installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

apt() {
  apt-get -o DPkg::Lock::Timeout="$lock_timeout" -o Dpkg::Use-Pty=0 "$@"
}

# Maintainer scripts ask policy-rc.d whether they may start their service; 101 means no. Whatever stood there is put back.
guard_services() {
  guard_dir=$(mktemp -d)
  if [ -e "$policy" ] || [ -L "$policy" ]; then mv "$policy" "$guard_dir/policy-rc.d"; fi
  trap release_services EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
}

release_services() {
  rm -f "$policy"
  if [ -e "$guard_dir/policy-rc.d" ] || [ -L "$guard_dir/policy-rc.d" ]; then mv "$guard_dir/policy-rc.d" "$policy"; fi
  rm -rf "$guard_dir"
}

check_only=no
groups=()
for argument in "$@"; do
  case "$argument" in
    --check) check_only=yes ;;
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) fail "unknown option '$argument'; usage: $0 [--check] [GROUP...]" ;;
    *) groups+=("$argument") ;;
  esac
done
if [ "${#groups[@]}" -eq 0 ]; then groups=("${all_groups[@]}"); fi

wanted=()
for group in "${groups[@]}"; do
  names=$(packages_of "$group")
  # Unquoted on purpose: one word per package.
  # shellcheck disable=SC2206
  wanted+=($names)
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  fail "this machine has no apt-get. Install these, or their like, with its own package manager: ${wanted[*]}"
fi

missing=()
for package in "${wanted[@]}"; do
  if ! installed "$package"; then missing+=("$package"); fi
done

if [ "${#missing[@]}" -eq 0 ]; then
  say "nothing to do, all there: ${wanted[*]}"
  exit 0
fi
if [ "$check_only" = yes ]; then fail "missing: ${missing[*]}"; fi
if [ "$(id -u)" -ne 0 ]; then
  fail "not root. Run: sudo $0 ${groups[*]}   (it would install: ${missing[*]})"
fi

say "installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# Stale or partly unreachable lists may still do, so a failed update is a warning; the install below has the last word.
apt update -q >&2 || say "apt-get update failed; trying with the package lists that are here"
guard_services
apt install -q -y --no-install-recommends "${missing[@]}" >&2 ||
  fail "apt-get install failed (see above). Needed: ${missing[*]}"
say "installed: ${missing[*]}"

#!/usr/bin/env bash
# Installs, with apt-get, the Debian or Ubuntu packages that the tests need, and nothing that is already there.
#
#   scripts/setup/install-packages.sh [--check] [GROUP...]      (no group: all of them)
#
# Groups: redis, docker, ssh, testbed, browser, and the toolchains of the client libraries: python, go, rust.
# `--check` only says what is missing (exit 1 when something is).
# Nothing is started: the tests start their own Redis, dockerd and sshd, so a system service would only be in the way.
set -euo pipefail

readonly all_groups=(redis docker ssh testbed browser python go rust)
# Seconds to wait for another apt-get or dpkg that holds the lock.
readonly lock_timeout=300
readonly policy=/usr/sbin/policy-rc.d
readonly own_lock=/run/lock/the-mule-install-packages
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

fail() { printf 'install-packages: %s\n' "$*" >&2; exit 1; }
say() { printf 'install-packages: %s\n' "$*" >&2; }

# shellcheck source=scripts/setup/toolchains.sh
. "$(dirname "$0")/toolchains.sh"

# Each package with a program of it: one that came from elsewhere, as docker-ce does, serves as well.
packages_of() {
  case "$1" in
    redis) echo redis-server:redis-server ;;
    docker) echo docker.io:dockerd iptables:iptables iproute2:ip ;;
    ssh) echo openssh-server:sshd openssh-client:ssh ;;
    testbed) echo busybox-static:busybox util-linux:nsenter bsdutils:script tar:tar ;;
    browser) echo chromium:chromium ;;
    # Which packages bring the toolchains depends on the release: see toolchains.sh. Here is what else their tests need.
    rust) echo openssl:openssl ;;
    python | go) ;;
    *) fail "unknown group '$1'; known: ${all_groups[*]}" ;;
  esac
}

# Fills `missing` with packages and `toolchains` with languages, for the groups in `groups`.
find_missing() {
  missing=()
  toolchains=()
  local group entry entries
  for group in "${groups[@]}"; do
    case "$group" in python | go | rust) "has_$group" || toolchains+=("$group") ;; esac
    entries=$(packages_of "$group")
    for entry in $entries; do
      command -v "${entry#*:}" >/dev/null || missing+=("${entry%%:*}")
    done
  done
}

apt() {
  apt-get -o DPkg::Lock::Timeout="$lock_timeout" -o Dpkg::Use-Pty=0 "$@"
}

nothing_missing() { [ "${#missing[@]}" -eq 0 ] && [ "${#toolchains[@]}" -eq 0 ]; }

# What is missing, in words.
describe_missing() {
  local toolchain separator=
  printf '%s' "${missing[*]}"
  if [ "${#missing[@]}" -gt 0 ]; then separator=', '; fi
  for toolchain in "${toolchains[@]}"; do
    printf '%s%s' "$separator" "$("describe_$toolchain")"
    separator=', '
  done
}

# Adds the packages of the toolchains in `toolchains` to `missing`.
choose_toolchains() {
  local toolchain packages
  for toolchain in "${toolchains[@]}"; do
    packages=$("choose_$toolchain")
    if [ -z "$packages" ]; then fail "no package of this system is new enough: install $("describe_$toolchain")"; fi
    read -ra packages <<<"$packages"
    missing+=("${packages[@]}")
  done
}

finish_toolchains() {
  local toolchain
  for toolchain in "${toolchains[@]}"; do
    # Bash remembers where programs were.
    hash -r
    "finish_$toolchain" || say "setting up $toolchain did not work"
    "has_$toolchain" || fail "$toolchain is not usable after its installation: install $("describe_$toolchain")"
  done
}

# The lock on the package lists, unlike dpkg's, is not waited for by apt-get itself.
update_lists() {
  local output deadline=$((SECONDS + lock_timeout))
  until output=$(apt update -q 2>&1); do
    if [[ $output != *"Could not get lock"* ]] || [ "$SECONDS" -ge "$deadline" ]; then
      printf '%s\n' "$output" >&2
      # Stale or partly unreachable lists may still do; the install has the last word.
      say "apt-get update failed; trying with the package lists that are here"
      return
    fi
    sleep 2
  done
}

# Maintainer scripts ask policy-rc.d whether they may start their service; 101 means no.
guard_services() {
  release_services
  if [ -e "$policy" ] || [ -L "$policy" ]; then mv "$policy" "$policy.the-mule-saved"; fi
  trap release_services EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  printf '#!/bin/sh\n# the-mule: put here for the time of one install\nexit 101\n' >"$policy"
  chmod 755 "$policy"
}

# Puts back what stood there, be it after this install or after one that was killed.
release_services() {
  if grep -qs '^# the-mule:' "$policy"; then rm -f "$policy"; fi
  if [ -e "$policy.the-mule-saved" ] || [ -L "$policy.the-mule-saved" ]; then mv "$policy.the-mule-saved" "$policy"; fi
}

check_only=no
groups=()
for argument in "$@"; do
  case "$argument" in
    --check) check_only=yes ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) fail "unknown option '$argument'; usage: $0 [--check] [GROUP...]" ;;
    *) packages_of "$argument" >/dev/null; groups+=("$argument") ;;
  esac
done
if [ "${#groups[@]}" -eq 0 ]; then groups=("${all_groups[@]}"); fi

find_missing
if nothing_missing; then
  say "nothing to do, all there for: ${groups[*]}"
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  fail "this machine has no apt-get. Install these, or their like, with its own package manager: $(describe_missing)"
fi
if [ "$check_only" = yes ]; then fail "missing: $(describe_missing)"; fi
if [ "$(id -u)" -ne 0 ]; then
  fail "not root. Run: sudo $0 ${groups[*]}   (it would install: $(describe_missing))"
fi

# One of us at a time, or the second would take the first one's policy for the machine's own.
exec 9>"$own_lock"
flock --timeout "$lock_timeout" 9 || fail "another $0 has been running for over $lock_timeout s"
find_missing
if nothing_missing; then exit 0; fi

say "installing: $(describe_missing)"
export DEBIAN_FRONTEND=noninteractive
update_lists
choose_toolchains
# Newer releases have Docker's command line in a package of its own.
if [[ " ${missing[*]} " == *" docker.io "* ]] && apt-cache show docker-cli >/dev/null 2>&1; then
  missing+=(docker-cli)
fi
guard_services
# The lock is not for whatever a maintainer script may leave running.
apt install -q -y --no-install-recommends "${missing[@]}" >&2 9>&- ||
  fail "apt-get install failed (see above). Needed: ${missing[*]}"
finish_toolchains
say "installed: ${missing[*]}"

#!/usr/bin/env bash
# The first process of a capsule (see capsule.ts): makes it look like a machine of its own, then waits.
#   capsule-init.sh DIR NAME HOME      HOME: `own` for a root home and /tmp of its own, `shared` for the real ones
# It runs in new pid and mount namespaces. When it ends, the kernel ends everything in them, and the mounts go too.
set -eu
dir=$1 name=$2 home=$3

# /proc is still the outer one, so this is the pid by which the outside knows us.
read -r pid _ </proc/self/stat
echo "$pid" >"$dir/init.pid"
mount -t proc proc /proc

# Docker's sockets, pid files and network handles are below /run. An empty one keeps each engine apart from every other,
# and the real /var/run/docker.sock untouched. On many systems resolv.conf is a link into /run, so it is carried over.
resolv_conf=$(cat /etc/resolv.conf 2>/dev/null || true)
mount -t tmpfs -o mode=755 tmpfs /run
[ "$(readlink -f /var/run)" = /run ] || mount --bind /run /var/run
mkdir -p /run/sshd /run/lock
if [ ! -e /etc/resolv.conf ] && target=$(readlink -m /etc/resolv.conf) && [ "${target#/run/}" != "$target" ]; then
  mkdir -p "$(dirname "$target")"
  printf '%s\n' "$resolv_conf" >"$target"
fi

if [ "$home" = own ]; then
  mkdir -p "$dir/home" "$dir/tmp"
  chmod 700 "$dir/home"
  chmod 1777 "$dir/tmp"
  mount --bind "$dir/home" /root
  mount --bind "$dir/tmp" /tmp
  echo "$name" >/proc/sys/kernel/hostname
  # sshd turns away a root whose password is locked, even with a key.
  if grep -q '^root:!' /etc/shadow; then
    (umask 077 && sed 's/^root:![^:]*:/root:*:/' /etc/shadow >"$dir/shadow")
    mount --bind "$dir/shadow" /etc/shadow
  fi
fi

touch "$dir/ready"
# Our stdin is a pipe from the test process. It closes when that ends, even by kill -9, and so nothing stays behind.
read -r _ || true

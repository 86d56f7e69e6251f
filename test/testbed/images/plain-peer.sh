#!/bin/sh
# A peer that knows the wire and nothing else: what any program with a Redis client can do.
#   REDIS_URL, PEER_NAME   as tm sets them
#   PEER_STARTED           the status to begin with; default `started`, may be `started|<multiaddr>`
# Commands: connect, disconnect, shutdown, restart|SECONDS, say|TEXT, burst|N, crash|CODE, hang; others are only logged.
set -u

commands="${PEER_NAME}_command"
log="${PEER_NAME}_log"
newline='
'

trap 'exit 143' TERM

# redis-cli takes an empty user name for a name, and is refused; Redis itself calls that user `default`.
case "$REDIS_URL" in
  *://:*) REDIS_URL="${REDIS_URL%%://:*}://default:${REDIS_URL#*://:}" ;;
esac

redis() {
  redis-cli -e -u "$REDIS_URL" --no-auth-warning "$@"
}

status() {
  redis SET "${PEER_NAME}_status" "$1" >/dev/null
}

say() {
  redis LPUSH "$log" "$1" >/dev/null
}

# Puts the next command into $command. The answer is two lines, the list's name and the value, which may hold anything.
# In the background, because a shell runs its traps only between foreground commands, and BLPOP may take for ever.
next_command() {
  redis BLPOP "$commands" 0 >/tmp/answer 2>/tmp/error &
  wait $! || return 1
  answer=$(cat /tmp/answer)
  case "$answer" in
    "$commands$newline"*) command=${answer#*"$newline"} ;;
    *) return 1 ;;
  esac
}

# All lines through one connection, without waiting for an answer to each.
burst() {
  seq 1 "$1" | sed "s/.*/LPUSH \"$log\" \"info|burst &\"/" | redis --pipe >/dev/null
}

tries=0
until status "${PEER_STARTED:-started}"; do
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || exit 1
  sleep 1
done

while :; do
  if ! next_command; then
    sleep 1
    continue
  fi
  say "info|got $command"
  case "$command" in
    connect) status connecting && status connected ;;
    disconnect) status disconnecting && status disconnected ;;
    shutdown) status stopped && exit 0 ;;
    'restart|'*) status restarting && printf '%s' "${command#*|}" >/tmp/delay && exit 42 ;;
    'say|'*) say "info|${command#*|}" ;;
    'burst|'*) burst "${command#*|}" ;;
    'crash|'*) exit "${command#*|}" ;;
    hang)
      trap '' TERM
      while :; do sleep 3600; done
      ;;
  esac
done

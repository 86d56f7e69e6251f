#!/bin/sh
# Runs the peer given as arguments and does the restart of the protocol: on exit code 42 it sleeps the seconds that the peer left in
# the delay file, and runs it again. Any other exit code is passed on, and so are SIGTERM and SIGINT. Plain POSIX sh.

delay_file=${TM_DELAY_FILE:-/tmp/delay}
child=
sleeping=
asked=
passed_on=
woken=

# A shell starts what runs in the background with SIGINT ignored, so `sleep` is always sent TERM.
pass_on() {
  woken=yes
  asked=$1
  [ -n "$child" ] || return 0
  passed_on=yes
  if [ -n "$sleeping" ]; then set -- TERM; fi
  kill -s "$1" "$child" 2>/dev/null
}
trap 'pass_on TERM' TERM
trap 'pass_on INT' INT

# Waits for the child and sets `code`. A trapped signal ends `wait` early, so it is called again each time that happens; 127 is then the
# shell's way of saying that it has told us already.
await_child() {
  woken=
  # The signal may have come before the child had a number.
  if [ -n "$asked" ] && [ -z "$passed_on" ]; then pass_on "$asked"; fi
  wait "$child"
  code=$?
  while [ -n "$woken" ]; do
    woken=
    wait "$child"
    again=$?
    [ "$again" -eq 127 ] || code=$again
  done
  child=
}

while :; do
  rm -f "$delay_file"
  "$@" &
  child=$!
  await_child
  [ "$code" -eq 42 ] || exit "$code"

  delay=
  [ ! -r "$delay_file" ] || read -r delay <"$delay_file"
  case $delay in '' | *[!0-9]*) delay=0 ;; esac
  if [ -z "$asked" ]; then
    sleeping=yes
    sleep "$delay" &
    child=$!
    await_child
    sleeping=
  fi
  # Asked to stop while the peer was down: there is nobody left to ask.
  case $asked in
    TERM) exit 143 ;;
    INT) exit 130 ;;
  esac
done

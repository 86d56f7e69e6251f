# For the check.sh of each language to source: runs checks, a line for each, and counts them together with the single tests.

passed=0
failed=0
# Removed at the end.
scratch=$(mktemp -d)
# What the last check wrote.
output=$scratch/output
trap 'rm -rf "$scratch"' EXIT

# check <name> <command…>: what it says is shown where it fails.
check() {
  local name=$1 begin=$SECONDS
  shift
  if "$@" >"$output" 2>&1; then
    passed=$((passed + 1))
    echo "✔ $name ($((SECONDS - begin)) s)"
  else
    failed=$((failed + 1))
    echo "✖ $name"
    sed 's/^/    /' "$output"
    return 1
  fi
}

# need <program> <package of Debian and Ubuntu>
need() {
  command -v "$1" >/dev/null && return
  echo "check.sh: no $1; on Debian and Ubuntu: apt-get install $2" >&2
  exit 1
}

# The last line, and the exit code.
report() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
}

# The toolchains of the client libraries, for install-packages.sh to source: which ones will do, and where Debian or Ubuntu has them.
# For each of python, go and rust:
#   has_X        true when a good enough one is there
#   describe_X   what is wanted, for messages
#   choose_X     prints the packages that bring it; prints nothing where no package is new enough
#   finish_X     what is left to do after the packages are in

# Those of the official installers, which need not be in the PATH of a script.
PATH="$PATH:/usr/local/go/bin:$HOME/.cargo/bin"

readonly least_go=1.24 least_rust=1.88
# Comes as a Go module, and so through the same proxy and checksum database as every other one.
readonly go_toolchain=go1.26.8

at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# The version of a package that apt would install, without epoch and what Debian adds; nothing where there is none.
candidate() {
  apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: \([0-9]*:\)\{0,1\}\([0-9][0-9.]*\).*/\2/p'
}

has_candidate() {
  local version
  version=$(candidate "$1")
  [ -n "$version" ] && at_least "$2" "$version"
}

describe_python() { echo "Python 3.10 or later with its venv module"; }
has_python() {
  python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null
}
choose_python() {
  ! has_candidate python3 3.10 || echo python3 python3-venv
}
finish_python() { :; }

describe_go() { echo "Go $least_go or later, as from https://go.dev/dl"; }
has_go() {
  local version
  # In a directory of its own, or a go.mod there might have it fetch another version.
  version=$(cd / && go env GOVERSION 2>/dev/null) && at_least "$least_go" "${version#go}"
}
choose_go() {
  if has_candidate golang-go "$least_go"; then echo golang-go; return; fi
  # An old one can still fetch modules.
  if has_candidate golang-go 1.18; then echo golang-go ca-certificates; fi
}
finish_go() {
  if has_go; then return; fi
  local module files home=/usr/local/lib/the-mule-go
  module="golang.org/toolchain@v0.0.1-$go_toolchain.linux-$(go env GOARCH)"
  say "fetching $module with $(go env GOVERSION)"
  files=$(mktemp -d) || return 1
  if (cd "$files" && GOFLAGS=-modcacherw GOMODCACHE="$files" go mod download "$module" >&2) &&
    rm -rf "$home" && cp -a "$files/$module" "$home"; then
    chmod -R a+rX,u+w "$home"
    # Modules hold no executables, so these are made what they were.
    chmod a+x "$home"/bin/* "$home"/pkg/tool/*/*
    # What else may be there under these names is not ours.
    [ -e /usr/local/bin/go ] || ln -s "$home/bin/go" "$home/bin/gofmt" /usr/local/bin/
  fi
  rm -rf "$files"
}

describe_rust() { echo "Rust $least_rust or later with cargo, clippy and rustfmt, as from https://rustup.rs"; }
has_rust() {
  local version
  version=$(cd / && cargo --version 2>/dev/null | cut -d ' ' -f 2) && [ -n "$version" ] && at_least "$least_rust" "$version" &&
    (cd / && cargo clippy --version && cargo fmt --version && cc --version) >/dev/null 2>&1
}
choose_rust() {
  if has_candidate cargo "$least_rust"; then
    echo cargo rustc rust-clippy rustfmt
  # The one with which Debian builds the browsers of its stable releases, much newer than the release itself.
  elif has_candidate cargo-web "$least_rust"; then
    echo cargo-web rustc-web rust-web-clippy rustfmt-web
  fi
}
finish_rust() { :; }

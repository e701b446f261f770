#!/usr/bin/env bash
# Prints the path of a free-threaded CPython 3.14 interpreter, building one first where there is none.
#
#   python=$(bash scripts/free-threaded-python.sh)
#
# Looked for in this order: $FREE_THREADED_PYTHON, python3.14t on PATH, the user's cache folder, uv. Failing all of them the
# source that Debian packages as python3.14 is fetched from the mirror apt is set to, checked against a pinned SHA-256 and
# built without the GIL into the cache folder (about five minutes on two cores; afterwards the answer is immediate).
# Standard output carries the path alone; progress goes to standard error. Status 1: no interpreter could be had.
set -euo pipefail

readonly PREFIX="${XDG_CACHE_HOME:-$HOME/.cache}/pyo3-thread-safety/python-3.14t"
readonly BUILD_PACKAGES=(build-essential ca-certificates curl libbz2-dev libffi-dev liblzma-dev libsqlite3-dev libssl-dev pkg-config xz-utils zlib1g-dev)

# Version and SHA-256 of each source archive that will do, newest first: a mirror keeps only some of them.
readonly SOURCES='3.14.7 3b48dac8fb59f62eaa67ac83c1eb12bda1b7a08406dd286e252c11a66be27f81
3.14.6 143b1dddefaec3bd2e21e3b839b34a2b7fb9842272883c576420d605e9f30c63
3.14.5 7e32597b99e5d9a39abed35de4693fa169df3e5850d4c334337ffd6a19a36db6
3.14.4 d923c51303e38e249136fc1bdf3568d56ecb03214efdef48516176d3d7faaef8'

say() { printf 'free-threaded-python: %s\n' "$*" >&2; }

# A GIL build, or a free-threaded one told to turn the GIL on, would hide the races that the examples are about.
is_free_threaded() {
  [ -n "$1" ] && "$1" -c 'import sys; raise SystemExit(sys._is_gil_enabled() or sys.version_info < (3, 14))' 2>/dev/null
}

answer_if_usable() {
  if is_free_threaded "$1"; then
    printf '%s\n' "$1"
    exit 0
  fi
}

install_build_packages() {
  local sudo=()
  [ "$(id -u)" -eq 0 ] || sudo=(sudo -n)
  "${sudo[@]}" apt-get update -qq >&2
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${BUILD_PACKAGES[@]}" >&2
}

# The archive of the first pinned version that a mirror still has, in folder $1; prints that version.
fetch_source() {
  local folder=$1 mirror version sha256
  for mirror in $(apt-get indextargets --format '$(REPO_URI)' | grep -v security | sort -u); do
    while read -r version sha256; do
      local archive="python3.14_$version.orig.tar.xz"
      curl -fsSL --retry 2 -o "$folder/source.tar.xz" "${mirror%/}/pool/main/p/python3.14/$archive" 2>/dev/null || continue
      if printf '%s  %s\n' "$sha256" "$folder/source.tar.xz" | sha256sum -c --status; then
        printf '%s\n' "$version"
        return 0
      fi
      say "$archive is not the pinned file, passing it over"
    done <<<"$SOURCES"
  done
  return 1
}

build() {
  local folder=$1 version=$2
  tar -xf "$folder/source.tar.xz" -C "$folder"
  cd "$folder/Python-$version"
  ./configure -q --disable-gil --prefix="$PREFIX" --with-ensurepip=install
  make -s -j"$(nproc)"
  make -s install
}

answer_if_usable "${FREE_THREADED_PYTHON:-}"
answer_if_usable "$(command -v python3.14t || true)"
answer_if_usable "$PREFIX/bin/python3.14t"

if command -v uv >/dev/null && timeout 120 uv python install 3.14t >&2; then
  answer_if_usable "$(uv python find 3.14t 2>/dev/null || true)"
fi

if ! command -v apt-get >/dev/null; then
  say 'no python3.14t here, uv cannot install one, and there is no apt to fetch the source with'
  exit 1
fi

mkdir -p "$(dirname "$PREFIX")"
# Two suites may ask at once; the second waits for the first one's build.
exec 9>"$PREFIX.lock"
flock 9
answer_if_usable "$PREFIX/bin/python3.14t"

say 'building CPython 3.14t from source, about five minutes'
install_build_packages
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(fetch_source "$work") || { say 'no mirror has a pinned source archive'; exit 1; }
if ! (build "$work" "$version") >"$work/log" 2>&1 9>&-; then
  tail -n 30 "$work/log" >&2
  say "the build of $version failed"
  exit 1
fi
answer_if_usable "$PREFIX/bin/python3.14t"
say "built $version, but it does not run without the GIL"
exit 1

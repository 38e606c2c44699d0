#!/usr/bin/env bash
# Brings the checkout to a state in which it runs: packages as the lockfile says, build newer than the sources.
#   prepare.sh            install and build
#   prepare.sh install    packages only
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
here=deploy/local/bootstrap
install_stamp=node_modules/.perennial/lockfile
build_stamp=node_modules/.perennial/build

fail() {
  echo "perennial: $1" >&2
  exit 1
}

check_node() {
  command -v node >/dev/null || fail "node was not found; install Node.js 20.19 or later (https://nodejs.org)"
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail "Node.js $(node --version) is too old; install 20.19 or later (https://nodejs.org)"
}

fingerprint() {
  cksum <package-lock.json
  node -p 'process.platform + process.arch + process.versions.modules'
}

packages_are_current() {
  [ -f "$install_stamp" ] && [ "$(cat "$install_stamp")" = "$1" ] && [ -f node_modules/.package-lock.json ]
}

install_packages() {
  local wanted log
  wanted="$(fingerprint)"
  packages_are_current "$wanted" && return 0
  if ! node "$here/installed-packages.cjs"; then
    command -v npm >/dev/null || fail "npm was not found; install it with Node.js"
    echo "perennial: installing packages (npm ci) …" >&2
    rm -f "$install_stamp"
    log="$(mktemp)"
    npm ci --no-audit --no-fund --loglevel=error >"$log" 2>&1 </dev/null || {
      tail -n 20 "$log" >&2
      rm -f "$log"
      fail "npm ci failed; check the network and run the same command again"
    }
    rm -f "$log"
  fi
  mkdir -p "$(dirname "$install_stamp")"
  printf '%s\n' "$wanted" >"$install_stamp"
}

# Any source, manifest or compiler setting newer than the last finished build, or any package without its output.
build_is_current() {
  [ -f "$build_stamp" ] || return 1
  local config output changed
  for config in contracts libs/* services/* deploy/local tools/* examples/*; do
    [ -f "$config/tsconfig.json" ] || continue
    output="$(sed -n 's/.*"tsBuildInfoFile": *"\([^"]*\)".*/\1/p' "$config/tsconfig.json")"
    [ -f "$config/${output:-dist/tsconfig.tsbuildinfo}" ] || return 1
  done
  changed="$(find contracts libs services deploy/local tools examples tsconfig.json tsconfig.base.json \
    \( -name node_modules -o -name dist -o -name .venv \) -prune -o \
    \( -name '*.ts' -o -name '*.json' -path '*/src/*' -o -name 'tsconfig*.json' -o -name package.json -o -type d -path '*/src*' \) \
    -newer "$build_stamp" -print 2>/dev/null | head -n 1)"
  [ -z "$changed" ]
}

build() {
  build_is_current && return 0
  echo "perennial: building …" >&2
  mkdir -p "$(dirname "$build_stamp")"
  # Stamped with the time of the start: what is edited during the build is built next time.
  touch "$build_stamp.next"
  npx --no-install tsc -b >&2 </dev/null || fail "the build failed; see the messages above"
  mv "$build_stamp.next" "$build_stamp"
}

# One at a time: the lock is a directory that names its holder, and a holder that no longer runs does not count.
with_lock() {
  local lock=.perennial/prepare.lock waited=0 holder
  mkdir -p .perennial
  until mkdir "$lock" 2>/dev/null; do
    holder="$(cat "$lock/pid" 2>/dev/null || true)"
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
      rm -rf "$lock"
      continue
    fi
    [ "$waited" -eq 5 ] && echo "perennial: waiting for process ${holder:-?}, which is installing or building …" >&2
    # A holder that died before it wrote its name leaves an empty directory.
    [ -z "$holder" ] && [ "$waited" -gt 30 ] && rm -rf "$lock"
    waited=$((waited + 1))
    sleep 1
  done
  echo "$$" >"$lock/pid"
  trap 'rm -rf .perennial/prepare.lock' EXIT
  trap 'exit 130' INT TERM
  "$@"
}

install_and_build() {
  install_packages
  build
}

check_node
if [ "${1:-}" = install ]; then
  with_lock install_packages
elif ! { packages_are_current "$(fingerprint)" && build_is_current; }; then
  with_lock install_and_build
fi

#!/usr/bin/env bash
# Installs the Debian packages that building, running and testing need, or names them.
# Usage: scripts/deps.sh [build|run|test]   (default: run, which includes build)
set -euo pipefail
want=${1:-run}

need=(ca-certificates git make)
if [ "$want" != build ]; then
  need+=(runc containernetworking-plugins iptables nftables conntrack iproute2)
fi
if [ "$want" = test ]; then
  need+=(chromium fonts-noto-cjk gcc libc6-dev)
fi

missing=()
for p in "${need[@]}"; do
  dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || missing+=("$p")
done
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing: ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  elif [ "$want" = run ] && [ "$(id -u)" != 0 ]; then
    echo "without root only simulated nodes run; for a real node: sudo apt-get install ${missing[*]}"
  else
    echo "missing packages; run: sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
fi

# The toolchains are not Debian's: say which is missing and what is needed.
command -v go >/dev/null || { echo "Go 1.26 or later is needed: install it and put it on PATH" >&2; exit 1; }
gov=$(go env GOVERSION); gov=${gov#go}
if [ "$(printf '1.26\n%s\n' "$gov" | sort -V | head -1)" != 1.26 ]; then
  echo "Go $gov found, 1.26 or later is needed" >&2; exit 1
fi
command -v node >/dev/null || { echo "Node.js 20.19 or later is needed: install it and put it on PATH" >&2; exit 1; }
nodev=$(node --version); nodev=${nodev#v}
if [ "$(printf '20.19.0\n%s\n' "$nodev" | sort -V | head -1)" != 20.19.0 ]; then
  echo "Node.js $nodev found, 20.19 or later is needed" >&2; exit 1
fi
command -v npm >/dev/null || { echo "npm is needed: it comes with Node.js" >&2; exit 1; }

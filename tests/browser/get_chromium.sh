#!/usr/bin/env bash
# Chromium for the browser tests: installed where that can be done (root and apt), else its absence is said plainly.
set -u
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing chromium for the browser tests."
  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation) >/dev/null 2>&1 &&
    command -v chromium >/dev/null && exit 0
fi
echo "chromium is not here and could not be installed: the browser tests (tests/browser) are left out."

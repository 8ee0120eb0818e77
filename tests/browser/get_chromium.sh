#!/usr/bin/env bash
# Chromium for the browser tests: without windows (half the processor) where root can install it, else what is here.
set -u
command -v chromium-headless-shell >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing chromium for the browser tests."
  (timeout 60 apt-get update -qq && DEBIAN_FRONTEND=noninteractive timeout 180 apt-get install -y -qq --no-install-recommends chromium-headless-shell fonts-liberation) >/dev/null 2>&1 &&
    command -v chromium-headless-shell >/dev/null && exit 0
fi
command -v chromium >/dev/null && exit 0
echo "chromium is not here and could not be installed: the browser tests (tests/browser) are left out."

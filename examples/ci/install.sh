#!/usr/bin/env bash
# Puts trueup on PATH, built from the sources that this script came with, unless it is there already.
set -euo pipefail
if command -v trueup >/dev/null; then
  trueup version
  exit
fi
sources=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
root="${RUNNER_TEMP:-/tmp}/trueup"
cargo install --locked --path "$sources" --root "$root"
"$root/bin/trueup" version
if [ -n "${GITHUB_PATH:-}" ]; then
  echo "$root/bin" >>"$GITHUB_PATH"
fi

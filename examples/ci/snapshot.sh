#!/usr/bin/env bash
# Writes down what is there for WORKSPACE, so that proposals can be planned against it without credentials.
set -euo pipefail
workspace="${WORKSPACE:-.}"
out="${OUT:-trueup-snapshot}"
mkdir -p "$out"
trueup snapshot "$workspace" --out "$out/snapshot.json"

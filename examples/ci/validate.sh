#!/usr/bin/env bash
# Checks the files of WORKSPACE; needs no credentials. GitHub shows what is wrong beside the changed lines.
set -euo pipefail
workspace="${WORKSPACE:-.}"
format=text
[ -z "${GITHUB_ACTIONS:-}" ] || format=github
trueup validate "$workspace" --format "$format"
# Another form is no mistake: it is told, and stops nobody.
if ! trueup fmt "$workspace" --check; then
  echo "These files are not in their normal form; \`trueup fmt\` rewrites them."
fi

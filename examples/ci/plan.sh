#!/usr/bin/env bash
# Plans WORKSPACE into the folder OUT, against the snapshot AGAINST if there is one. Ends well whatever the plan says, so
# that it can be shown first; `verdict.sh` judges it.
set -euo pipefail
workspace="${WORKSPACE:-.}"
out="${OUT:-trueup-plan}"
mkdir -p "$out"
# A plan that is left over must never be taken for this one.
rm -f "$out/plan.trueup" "$out/plan.json" "$out/comment.md"
code=0
if [ -n "${AGAINST:-}" ]; then
  trueup plan "$workspace" --against "$AGAINST" --detailed-exitcode --json-into "$out/plan.json" || code=$?
else
  trueup plan "$workspace" --detailed-exitcode --json-into "$out/plan.json" --out "$out/plan.trueup" || code=$?
fi
echo "exitcode=$code" >>"${GITHUB_OUTPUT:-$out/output}"
# Without a plan there is nothing to show.
[ -f "$out/plan.json" ] || exit "$code"

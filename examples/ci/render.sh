#!/usr/bin/env bash
# Makes of the plan in OUT a comment for people, of a size that code hosts take.
set -euo pipefail
workspace="${WORKSPACE:-.}"
out="${OUT:-trueup-plan}"
limit=60000
if [ -n "${AGAINST:-}" ]; then
  # 2 says that there are changes, and 3 that a guard refuses them: both are told in the text.
  trueup plan "$workspace" --against "$AGAINST" --format markdown --max-bytes "$limit" >"$out/comment.md" ||
    [ $? -le 3 ]
else
  trueup show "$out/plan.trueup" --format markdown --max-bytes "$limit" >"$out/comment.md"
fi
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  cat "$out/comment.md" >>"$GITHUB_STEP_SUMMARY"
fi

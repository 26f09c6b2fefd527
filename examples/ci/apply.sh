#!/usr/bin/env bash
# Applies the saved plan PLAN and keeps what happened in the folder OUT, an event a line. People read along on the error
# stream.
set -euo pipefail
plan="${PLAN:-trueup-plan/plan.trueup}"
out="${OUT:-trueup-apply}"
mkdir -p "$out"
code=0
trueup apply "$plan" --lock-timeout "${LOCK_TIMEOUT:-10m}" --json-stream >"$out/events.ndjson" || code=$?
if [ "$code" = 5 ]; then
  echo "What was planned is not what is there any more; make a new plan." >&2
fi
exit "$code"

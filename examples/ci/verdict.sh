#!/usr/bin/env bash
# Whether the plan that ended with EXITCODE could be applied: 2 only says that there is something to do.
set -euo pipefail
case "${EXITCODE:?}" in
  0 | 2) ;;
  3) echo "A guard refuses this plan; the plan says why." >&2 && exit 3 ;;
  *[!0-9]*) echo "This is no exit code." >&2 && exit 1 ;;
  *) exit "$EXITCODE" ;;
esac

#!/usr/bin/env bash
# Puts the plan in OUT as one note under its merge request, in the place of the one that was there. Needs curl, jq and in
# GITLAB_COMMENT_TOKEN a token of the project with the scope `api`.
set -euo pipefail
: "${GITLAB_COMMENT_TOKEN:?}" "${CI_API_V4_URL:?}" "${CI_MERGE_REQUEST_PROJECT_ID:?}" "${CI_MERGE_REQUEST_IID:?}"
out="${OUT:-trueup-plan}"
marker="<!-- trueup plan -->"
notes="$CI_API_V4_URL/projects/$CI_MERGE_REQUEST_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes"
# From a file of its own, since other users of the machine see the words of a command.
headers=$(mktemp)
trap 'rm -f "$headers"' EXIT
printf 'PRIVATE-TOKEN: %s\nContent-Type: application/json\n' "$GITLAB_COMMENT_TOKEN" >"$headers"
ask() {
  curl --fail --silent --show-error --header "@$headers" "$@"
}
# The first hundred notes, oldest first: ours is made with the first plan.
id=$(ask "$notes?sort=asc&order_by=created_at&per_page=100" |
  jq --raw-output --arg marker "$marker" 'map(select(.body | startswith($marker))) | first | .id // empty')
method=POST
if [ -n "$id" ]; then
  method=PUT
  notes="$notes/$id"
fi
jq --null-input --arg marker "$marker" --rawfile text "$out/comment.md" '{body: ($marker + "\n" + $text)}' |
  ask --request "$method" --data @- --output /dev/null "$notes"

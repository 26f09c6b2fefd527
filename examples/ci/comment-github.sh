#!/usr/bin/env bash
# Puts the plan in FOLDER as one comment under its pull request, in the place of the one that was there. Runs with leave
# to write comments on what a run without it left behind, which whoever proposed the change may have made up: the number
# must be that of a pull request of REPOSITORY whose head is HEAD_SHA, and the text is nothing but a comment.
set -euo pipefail
: "${GH_TOKEN:?}" "${REPOSITORY:?}" "${HEAD_SHA:?}" "${FOLDER:?}"
marker="<!-- trueup plan -->"
number=$(head -c 20 "$FOLDER/number")
if [[ ! "$number" =~ ^[0-9]{1,10}$ ]]; then
  echo "This is not the number of a pull request." >&2
  exit 1
fi
head=$(gh api "repos/$REPOSITORY/pulls/$number" --jq .head.sha)
if [ "$head" != "$HEAD_SHA" ]; then
  echo "The pull request has another head by now, or never had this one: nothing is said."
  exit
fi
body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
  echo "$marker"
  if [ -f "$FOLDER/comment.md" ]; then
    head -c 64000 "$FOLDER/comment.md"
  else
    echo "There is no plan of $HEAD_SHA: the checks of this pull request say why."
  fi
} >"$body"
query=".[] | select(.user.login == \"github-actions[bot]\") | select(.body | startswith(\"$marker\")) | .id"
ids=$(gh api --paginate "repos/$REPOSITORY/issues/$number/comments" --jq "$query")
id="${ids%%$'\n'*}"
if [ -n "$id" ]; then
  gh api --method PATCH "repos/$REPOSITORY/issues/comments/$id" --field "body=@$body" --silent
else
  gh api --method POST "repos/$REPOSITORY/issues/$number/comments" --field "body=@$body" --silent
fi

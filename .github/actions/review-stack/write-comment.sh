#!/usr/bin/env bash
# Writes a review as a comment of a pull request, or over the one that it wrote before: write-comment.sh REVIEW.md
# MARKER is an HTML comment that names the environment; GITHUB_REPOSITORY and PULL_REQUEST say where; GH_TOKEN may write comments.
set -euo pipefail
comments=repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments
body=$(mktemp)
{ printf '%s\n' "$MARKER"; cat "$1"; } >"$body"
id=$(gh api --paginate "$comments" --jq '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith(env.MARKER))) | .id' | sed -n 1p)
if [ -n "$id" ]
then gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field body=@"$body"
else gh api --silent "$comments" --field body=@"$body"
fi
rm "$body"

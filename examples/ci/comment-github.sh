#!/bin/sh
# comment-github.sh PLAN.json: keeps one comment of the pull request up to date. Runs in a
# workflow_run job, with a token that may write comments; everything about the pull request is
# hostile.
#
#   REPOSITORY                               owner/name of this repository
#   HEAD_OWNER, HEAD_BRANCH, HEAD_SHA        from the event, not from the artifact: they say which pull request it is
set -eu
here=$(dirname "$0")
# shellcheck source-path=SCRIPTDIR source=ask.sh
. "$here/ask.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' HUP INT TERM

# The pull request of that very commit. -f sends text as it is; a branch name cannot become anything
# else.
ask "$work/number" gh api --method GET "repos/$REPOSITORY/pulls" -f state=open -f "head=$HEAD_OWNER:$HEAD_BRANCH" -f per_page=100 \
  --jq '[.[] | select(.head.sha == env.HEAD_SHA) | .number][0] // empty'
number=$(cat "$work/number")
case $number in
  '' | *[!0-9]*) echo "no open pull request has the commit $HEAD_SHA any more" >&2; exit 0 ;;
esac

sh "$here/body.sh" "$1" "$HEAD_SHA" >"$work/body"

# Its own comment of an earlier run: by the marker and by the author, since anybody can write the
# marker.
ask "$work/comments" gh api --paginate "repos/$REPOSITORY/issues/$number/comments?per_page=100" \
  --jq '.[] | select(.user.login == "github-actions[bot]") | select(.body | startswith("<!-- makesync: plan -->")) | .id'
comment=$(head -n 1 "$work/comments")
if [ -n "$comment" ]; then
  gh api --method PATCH "repos/$REPOSITORY/issues/comments/$comment" -F "body=@$work/body" --silent
else
  gh api --method POST "repos/$REPOSITORY/issues/$number/comments" -F "body=@$work/body" --silent
fi

#!/bin/sh
# body.sh PLAN.json COMMIT [REASON]: makes the text of the comment, on stdout. REASON is a sentence
# of ours that says why there is no plan.
#
# PLAN.json comes out of the pull request's own run, so whoever opened it can have written anything
# into it. makesync reads it strictly and makes the text anew, with every name and value escaped; a
# file that is no plan gives a comment that says so.
set -eu

text=$(mktemp)
trap 'rm -f "$text"' EXIT
trap 'exit 143' HUP INT TERM
code=0
makesync show --format markdown --max-bytes 60000 "$1" >"$text" 2>/dev/null || code=$?
if [ "$(head -n 1 "$text")" != '<!-- makesync: plan -->' ]; then
  why=${3:-"The run of this pull request left no plan that can be read (exit $code)."}
  printf '<!-- makesync: plan -->\n### makesync plan: no preview\n\n%s\n' "$why" >"$text"
fi
case $2 in
  '' | *[!0-9a-f]*) commit= ;;
  *) commit=" of commit <code>$2</code>" ;;
esac
cat "$text"
printf '\nMade by a run%s itself, without secrets: a preview, no proof. The digest of the plan that is applied tells.\n' "$commit"

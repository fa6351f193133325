#!/bin/sh
# body.sh PLAN.json: makes the text of the comment, on stdout.
#
# PLAN.json comes out of the pull request's own run, so whoever opened it can have written anything into it. makesync
# reads it strictly and makes the text anew, with every name and value escaped; a file that is no plan gives
# a comment that says so.
set -eu

text=$(mktemp)
trap 'rm -f "$text"' EXIT
code=0
makesync report merge --format markdown --max-bytes 60000 "$1" >"$text" 2>/dev/null || code=$?
if [ "$(head -n 1 "$text")" != '<!-- makesync: plan -->' ]; then
  printf '<!-- makesync: plan -->\n### makesync plan: no preview\n\nThe run of this pull request left no plan that can be read (exit %s).\n' "$code" >"$text"
fi
cat "$text"
printf '\nMade by the run of the pull request itself, without secrets: a preview, no proof. The digest of the plan that is applied tells.\n'

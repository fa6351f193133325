#!/bin/sh
# comment-gitlab.sh DOCUMENTS OUT [SNAPSHOTS]: keeps one note on each open merge request up to date, also on those from
# forks. Runs in a scheduled pipeline of the default branch, whose protected variable GITLAB_TOKEN (a project access token that
# may write notes) no merge request ever sees. Of a merge request it takes the documents as data: it runs nothing
# of them, follows no links, and gives makesync an empty environment.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
documents=$1 out=$2 snapshots=${3:-}
project="$CI_API_V4_URL/projects/$CI_PROJECT_ID"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(umask 077 && printf 'PRIVATE-TOKEN: %s\n' "$GITLAB_TOKEN" >"$work/token")
unset GITLAB_TOKEN
api() { curl --fail --silent --show-error --max-time 60 --header "@$work/token" "$@"; }

me=$(api "$CI_API_V4_URL/user" | jq -r .id)
requests=$(api "$project/merge_requests?state=opened&target_branch=$CI_DEFAULT_BRANCH&per_page=100" | jq -r '.[].iid')

# preview IID: the plan of one merge request, in $out/IID/plan.json. (Steps are chained: set -e does not reach in here.)
preview() {
  tree="$work/$1"
  mkdir -p "$tree" "$out/$1" &&
    git fetch --quiet --depth 1 origin "refs/merge-requests/$1/head" &&
    git archive --output "$work/tree.tar" FETCH_HEAD -- "$documents" &&
    tar -x -f "$work/tree.tar" -C "$tree" &&
    find "$tree" -type l -exec rm {} + &&
    cd "$tree" || return 1
  env -i PATH="$PATH" HOME="$work" \
    sh "$here/preview.sh" "$documents" "$base" "$out/$1" "$snapshots" >"$out/$1/validate.log" 2>&1 || : # the note tells
  cd "$repository"
}

# tell IID: writes the note, or writes it anew.
tell() {
  sh "$here/body.sh" "$out/$1/plan.json" >"$work/body" &&
    api "$project/merge_requests/$1/notes?per_page=100&sort=asc" >"$work/notes" &&
    note=$(jq -r --argjson me "$me" '[.[] | select(.author.id == $me) | select(.body | startswith("<!-- makesync: plan -->")) | .id][0] // empty' "$work/notes") || return 1
  if [ -z "$note" ]; then
    api --request POST --data-urlencode "body@$work/body" "$project/merge_requests/$1/notes" >/dev/null
  else
    api --request PUT --data-urlencode "body@$work/body" "$project/merge_requests/$1/notes/$note" >/dev/null
  fi
}

repository=$(pwd)
base=$repository/$documents
mkdir -p "$out"
out=$(cd "$out" && pwd)
if [ -n "$snapshots" ]; then snapshots=$(cd "$snapshots" && pwd); fi
failed=0
for iid in $requests; do
  case $iid in *[!0-9]*) continue ;; esac
  if ! { preview "$iid" && tell "$iid"; }; then
    echo "merge request $iid has no note" >&2
    failed=1
  fi
done
exit "$failed"

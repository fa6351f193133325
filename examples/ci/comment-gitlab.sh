#!/bin/sh
# comment-gitlab.sh DOCUMENTS OUT [SNAPSHOTS]: keeps one note on each open merge request up to date,
# also on those from forks. Runs in a scheduled pipeline of the default branch, whose protected
# variable GITLAB_TOKEN (a project access token that may write notes) no merge request ever sees. Of
# a merge request it takes the files as data, as the checkout of a nightly run has them: it runs
# nothing of them, and gives makesync an environment that says no more than what documents may read and
# which guards hold: those that MAKESYNC_GUARDS names, else those of the default branch (preview.sh).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
documents=$1 out=$2 snapshots=${3:-}
# shellcheck source-path=SCRIPTDIR source=gitlab.sh
. "$here/gitlab.sh"

ask "$work/user" api "$CI_API_V4_URL/user"
me=$(jq -r .id <"$work/user")
pages "$project/merge_requests?state=opened&target_branch=$CI_DEFAULT_BRANCH" '.[].iid'
requests=$(cat "$work/found")

# preview IID: the plan of one merge request, in $out/IID/plan.json, or why there is none in
# $out/IID/reason. (Steps are chained: set -e does not reach in here.)
preview() {
  tree="$work/tree-$1"
  rm -rf "$tree" "${out:?}/$1"
  mkdir -p "$out/$1" &&
    ask "$work/said" git fetch --quiet --depth 1 origin "refs/merge-requests/$1/head" &&
    git rev-parse FETCH_HEAD >"$out/$1/commit" || return 1
  refused=0
  sh "$here/tree.sh" FETCH_HEAD "$tree" "$documents" >"$out/$1/reason" || refused=$?
  case $refused in 0) ;; 3) return 0 ;; *) return 1 ;; esac
  code=0
  (cd "$tree" && exec env -i PATH="$PATH" HOME="$work" ${MAKESYNC_REFERENCES+"MAKESYNC_REFERENCES=$MAKESYNC_REFERENCES"} \
    "MAKESYNC_GUARDS=$guards" \
    sh "$here/preview.sh" "$documents" "$base" "$out/$1" "$snapshots") \
    >"$out/$1/validate.log" 2>&1 || code=$?
  rm -rf "$tree"
  case $code in
    0 | 3) ;; # the note tells what is not valid
    *) echo "the preview of merge request $1 ended with $code" >&2; failed=1 ;;
  esac
}

# tell IID: writes the note, or writes it anew.
tell() {
  sh "$here/body.sh" "$out/$1/plan.json" "$(cat "$out/$1/commit")" "$(cat "$out/$1/reason")" >"$work/body" &&
    pages "$project/merge_requests/$1/notes?sort=asc&order_by=created_at" \
      ".[] | select(.author.id == $me) | select(.body | startswith(\"<!-- makesync: plan -->\")) | .id" &&
    note=$(head -n 1 "$work/found") || return 1
  if [ -z "$note" ]; then # made again by the next pipeline where it fails: a second try could make a second note
    api --request POST --data-urlencode "body@$work/body" "$project/merge_requests/$1/notes" >/dev/null
  else
    ask "$work/answer" api --request PUT --data-urlencode "body@$work/body" "$project/merge_requests/$1/notes/$note"
  fi
}

repository=$(pwd)
# A relative name is that of a file here: the preview runs among the files of the merge request.
guards=$(printf '%s\n' "${MAKESYNC_GUARDS-$here/.guards.yaml}" | tr ',' '\n' | while read -r file; do
  case $file in '' | /*) ;; *) file=$repository/$file ;; esac
  printf '%s%s' "${comma:-}" "$file"
  comma=,
done)
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

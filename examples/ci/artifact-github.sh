#!/bin/sh
# artifact-github.sh NAME DIR [RUN]: fetches an artifact of RUN, else of the newest nightly run that
# has left one, however it ended. Where there is none it says so, ends with 0 and leaves no DIR;
# what cannot be found out ends with 1, so that nothing takes the place of what was kept. DIR has
# the whole artifact or is not there.
#
#   REPOSITORY       owner/name of this repository
#   DEFAULT_BRANCH   main, unless it is called otherwise
#
# Only runs of the schedule and by hand, on the default branch, count: a pull request can upload an
# artifact of any name, also from a branch and a workflow of these names, but neither on the
# schedule nor by hand.
set -eu
umask 077
# shellcheck source-path=SCRIPTDIR source=ask.sh
. "$(dirname "$0")/ask.sh"

name=$1 dir=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' HUP INT TERM

# download RUN: 0 also when GitHub says that the run has no such artifact (any more); then there is
# no $work/got.
download() {
  rm -rf "$work/got"
  if gh run download "$1" --repo "$REPOSITORY" --name "$name" --dir "$work/got" 2>"$work/error"; then return 0; fi
  rm -rf "$work/got"
  if grep -q -e 'no artifact matches any of the names or patterns provided' -e 'no valid artifacts found to download' "$work/error"; then return 0; fi
  cat "$work/error" >&2
  return 1
}

if [ $# -gt 2 ]; then
  echo "$3" >"$work/runs"
else
  for event in schedule workflow_dispatch; do
    ask "$work/$event" gh run list --repo "$REPOSITORY" --workflow makesync-nightly.yml --event "$event" --branch "${DEFAULT_BRANCH:-main}" \
      --status completed --limit 30 --json databaseId --jq '.[].databaseId'
  done
  sort -rnu "$work/schedule" "$work/workflow_dispatch" >"$work/runs"
fi

while read -r run; do
  ask "$work/said" download "$run"
  if [ -d "$work/got" ]; then
    mkdir -p "$(dirname "$dir")"
    mv "$work/got" "$dir"
    exit 0
  fi
done <"$work/runs"
echo "no run has left $name yet: going on without it" >&2

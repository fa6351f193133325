#!/bin/sh
# artifact-github.sh NAME DIR: fetches an artifact of the last nightly run, however it ended. Only runs of the schedule
# count: a pull request can upload an artifact of any name, but it cannot run on the schedule.
set -eu

run=$(gh run list --repo "$REPOSITORY" --workflow makesync-nightly.yml --event schedule --status completed --limit 1 --json databaseId --jq '.[0].databaseId // empty')
if [ -z "$run" ]; then
  echo "there is no nightly run yet: going on without $1" >&2
  exit 0
fi
gh run download "$run" --repo "$REPOSITORY" --name "$1" --dir "$2" || echo "run $run has no $1: going on without it" >&2

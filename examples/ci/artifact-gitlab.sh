#!/bin/sh
# artifact-gitlab.sh JOB PATH FILE: fetches PATH out of the artifacts of the newest job of that name
# on the default branch that has left it, however the job ended, into FILE. Where there is none it
# says so and ends with 0; what cannot be found out ends with 1, so that nothing takes the place of
# what was kept. Needs GITLAB_TOKEN with the scope read_api.
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
name=$1 path=$2 file=$3
# shellcheck source-path=SCRIPTDIR source=gitlab.sh
. "$here/gitlab.sh"

# fetch JOB-ID: 0 also when GitLab says that the job has left no such file (any more); then
# $work/got is not there.
fetch() {
  rm -f "$work/got"
  status=$(curl --silent --show-error --location --max-time 300 --header "@$work/token" --output "$work/got" --write-out '%{http_code}' \
    "$project/jobs/$1/artifacts/$path") || return 1
  case $status in
    200) return 0 ;;
    404) rm -f "$work/got"; return 0 ;;
  esac
  rm -f "$work/got"
  echo "the artifacts of job $1: HTTP $status" >&2
  return 1
}

page=1
while [ "$page" -le "${PAGES:-100}" ]; do
  ask "$work/page" api "$project/jobs?scope%5B%5D=success&scope%5B%5D=failed&scope%5B%5D=canceled&per_page=100&page=$page"
  jobs=$(NAME="$name" jq -r '.[] | select(.name == env.NAME and .ref == env.CI_DEFAULT_BRANCH and .tag == false) | .id' <"$work/page")
  for job in $jobs; do
    ask "$work/said" fetch "$job"
    if [ -e "$work/got" ]; then
      mkdir -p "$(dirname "$file")"
      mv "$work/got" "$file"
      exit 0
    fi
  done
  if [ "$(jq length <"$work/page")" -lt 100 ]; then
    echo "no job $name has left $path yet: going on without it" >&2
    exit 0
  fi
  page=$((page + 1))
done
echo "no job $name has left $path among the last ${PAGES:-100} pages of jobs" >&2
exit 1

#!/bin/sh
# gitlab.sh, read with `.`: GitLab's API with the token GITLAB_TOKEN, which stands in a file and in
# no process list. Makes $work, a folder of its own. Whoever reads it has set $here, the folder of
# these scripts.
# shellcheck disable=SC2034,SC2154 # $here comes from there, $project is for there
# shellcheck source-path=SCRIPTDIR source=ask.sh
. "$here/ask.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' HUP INT TERM
# As Authorization: that is the header that curl does not take along to another host.
(umask 077 && printf 'Authorization: Bearer %s\n' "$GITLAB_TOKEN" >"$work/token")
unset GITLAB_TOKEN
project="$CI_API_V4_URL/projects/$CI_PROJECT_ID"

api() { curl --fail --silent --show-error --max-time 60 --header "@$work/token" "$@"; }

# pages URL FILTER: what jq's FILTER finds in each page of a list, in $work/found; the URL has a
# query already.
pages() {
  : >"$work/found"
  page=1
  while [ "$page" -le "${PAGES:-100}" ]; do
    ask "$work/page" api "$1&per_page=100&page=$page"
    jq -r "$2" <"$work/page" >>"$work/found" || return 1
    if [ "$(jq length <"$work/page")" -lt 100 ]; then return; fi
    page=$((page + 1))
  done
  echo "more than ${PAGES:-100} pages: $1" >&2
  return 1
}

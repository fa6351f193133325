#!/bin/sh
# tree.sh COMMIT DIR DOCUMENTS: lays all files of a commit into DIR, as the checkout of a nightly
# run has them, and refuses DOCUMENTS that are not in the commit themselves. Says why on stdout, in
# words of its own, and ends with 3.
#
# Not `git archive`: what it leaves out and rewrites, attributes say (export-ignore, export-subst),
# and the commit brings its attributes itself. A checkout obeys fewer of them, and here and at night
# the same. Refused is what another checkout fills otherwise: a submodule, a file of Git LFS, and a
# link that leads out of the commit. Nothing of the commit is run.
set -eu
commit=$1 dir=$2 documents=$3
refuse() { echo "$1"; exit 3; }

index=$(mktemp -d)
trap 'rm -rf "$index"' EXIT
trap 'exit 143' HUP INT TERM
mkdir -p "$dir"
GIT_INDEX_FILE="$index/index" GIT_LFS_SKIP_SMUDGE=1 git -c core.symlinks=true -c core.hooksPath=/dev/null \
  -c filter.lfs.smudge= -c filter.lfs.process= -c filter.lfs.required=false --work-tree="$dir" read-tree --reset -u "$commit"

root=$(cd "$dir" && pwd -P)
if [ ! -e "$root/$documents" ]; then refuse "The commit has no documents."; fi
path=$documents
until [ "$path" = . ] || [ "$path" = / ]; do
  if [ -L "$root/$path" ]; then refuse "The documents stand behind a link."; fi
  path=$(dirname "$path")
done
git ls-tree -r "$commit" -- "$documents" >"$index/list"
if grep -q '^160000 ' "$index/list"; then refuse "There is a submodule among the documents, which a preview does not see."; fi
find "$root/$documents" -type f -exec grep -l '^version https://git-lfs' {} + >"$index/list" || :
if [ -s "$index/list" ]; then refuse "There is a file of Git LFS among the documents, which a preview does not see."; fi
# shellcheck disable=SC2016 # the inner shell expands
find "$root/$documents" -type l -exec sh -c '
  root=$1
  shift
  for link; do
    case $(readlink -f "$link") in "$root"/*) [ -e "$link" ] || echo link ;; *) echo link ;; esac
  done' sh "$root" {} + >"$index/list"
if [ -s "$index/list" ]; then refuse "There is a link among the documents that leads out of the repository."; fi

#!/bin/sh
# archive.sh pack FILE PATH…: puts what there is of the paths into an encrypted archive.
# archive.sh unpack FILE: lays them where they were, below this folder.
#
# Journals, report and log of a night name people, and whoever can read the repository can fetch its
# artifacts. The key is STATE_KEY, a long random text (openssl rand -base64 32) that only the
# nightly job and the operators have.
set -eu
umask 077
: "${STATE_KEY:?the key of the archive, a secret that only the nightly job has, is empty}"

mode=$1 file=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' HUP INT TERM
mkdir "$work/gnupg"
printf '%s' "$STATE_KEY" >"$work/key"
unset STATE_KEY
crypt() { gpg --homedir "$work/gnupg" --quiet --batch --yes --no-tty --pinentry-mode loopback --passphrase-file "$work/key" "$@"; }

case $mode in
  pack)
    for path; do
      shift
      if [ -e "$path" ]; then set -- "$@" "$path"; fi
    done
    if [ $# -eq 0 ]; then echo "there is nothing to keep" >&2; exit 1; fi
    tar -c -f "$work/tar" "$@"
    mkdir -p "$(dirname "$file")"
    crypt --symmetric --cipher-algo AES256 --s2k-digest-algo SHA512 --s2k-count 65011712 --output "$file.part" "$work/tar"
    mv "$file.part" "$file"
    ;;
  unpack)
    crypt --decrypt --output "$work/tar" "$file"
    tar -x -f "$work/tar"
    ;;
  *) echo "usage: archive.sh pack FILE PATH… | unpack FILE" >&2; exit 64 ;;
esac

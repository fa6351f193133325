#!/bin/sh
# nightly.sh DOCUMENTS OUT: applies the documents of main, then takes the snapshot that previews compare with. Needs
# the tokens (MAKE_API_KEY_<ZONE>) and what the documents' references name; XDG_STATE_HOME keeps the journals.
#
# Leaves report.json, and in OUT/snapshot a file for each zone that ZONES names. Ends with the exit code of apply: 0 is a
# quiet night. A snapshot holds no secret and no e-mail; other values stand in it as they are, and whoever may open
# a pull request may read it: with VALUES=none it holds none, and previews cannot tell which values change.
set -eu

documents=$1 out=$2
mkdir -p "$out/snapshot"

applied=0
makesync apply -f "$documents" --yes --max-runtime "${MAX_RUNTIME:-2h}" --color never --out-json "$out/report.json" || applied=$?

for zone in ${ZONES:-}; do
  makesync snapshot -f "$documents" --zone "$zone" --values "${VALUES:-fingerprint}" --hash-emails -o "$out/snapshot/$zone.json" ||
    echo "no snapshot of zone $zone: previews go on with the one before" >&2
done
exit "$applied"

#!/bin/sh
# preview.sh DOCUMENTS BASE OUT [SNAPSHOTS]: what the documents of a pull request would change.
# Needs no token and no secret, so a fork can run it; runs nothing that the pull request brings.
#
# Prints annotations (FORMAT=github) or text, and leaves in OUT
#   plan.json    the plan as data, from which everything else is made: body.sh makes the comment
#   summary.md   the plan as Markdown, for the page of this run
# It compares with the snapshots in the folder SNAPSHOTS, which a trusted nightly job has taken, and
# the guards and other rules with those of BASE: what weakens them stands first.
# Where there are none, or none that fits (the documents speak of something new), it compares with
# the documents in BASE. Ends with 0; with 3 when the documents are not valid; with makesync's own
# code when it could not compare.
#
# The guards of .guards.yaml beside this script hold, whatever documents say: who decides which script
# runs, the protected branch, decides which guards hold. Without that file nothing is compared: 3.
set -eu
# shellcheck source-path=SCRIPTDIR source=child.sh
. "$(dirname "$0")/child.sh"
export MAKESYNC_GUARDS="${MAKESYNC_GUARDS-$(dirname "$0")/.guards.yaml}"

documents=$1 base=$2 out=$3 snapshots=${4:-}
mkdir -p "$out"
if [ -n "${MAKESYNC_REFERENCES:-}" ]; then # what the documents may read, those of the base may as well
  export MAKESYNC_REFERENCES="$MAKESYNC_REFERENCES,file:${base%/}/**"
fi
rm -f "$out/plan.json" "$out/summary.md" # of a former run, which must not be taken for this one's

valid=0
child makesync validate -f "$documents" --skip-references --format "${FORMAT:-text}" || valid=$?
if [ "$stops" -gt 0 ]; then exit "$valid"; fi

# compare --live FILE… | --base DOCS: makes the plan and keeps its exit code.
compare() {
  planned=0
  child makesync plan -f "$documents" "$@" --skip-references --exit-code --out-json "$out/plan.json" --format json \
    >"$out/stdout" 2>"$out/plan.log" || planned=$?
  rm -f "$out/stdout"
  if [ "$stops" -gt 0 ]; then exit "$planned"; fi
}

set --
for file in "$snapshots"/*.json; do
  if [ -s "$file" ]; then set -- "$@" --live "$file"; fi
done
planned=3
if [ $# -gt 0 ]; then compare "$@" --base "$base"; fi # a snapshot knows nothing of guards and other rules
if [ "$planned" -eq 3 ]; then compare --base "$base"; fi
if [ -s "$out/plan.json" ]; then makesync show --format markdown "$out/plan.json" >"$out/summary.md" || :; fi

case $planned in
  0 | 2 | 5 | 6) exit "$valid" ;; # changes, held, or not all visible: a preview tells it, and is no failure
esac
if [ "$valid" -eq 0 ]; then cat "$out/plan.log" >&2; fi
exit "$planned"

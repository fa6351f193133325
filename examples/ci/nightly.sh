#!/bin/sh
# nightly.sh DOCUMENTS OUT: applies the documents of main, then takes the snapshot that previews
# compare with. Needs the tokens (MAKE_API_KEY_<ZONE>) and what the documents' references name;
# XDG_STATE_HOME keeps the journals, and the snapshots by which a night tells what somebody has changed
# in Make since the last one (--since): with guards: {drift: hold} in the documents it is held.
#
# Leaves in OUT
#   plan.json     with APPROVERS: what was to be approved
#   report.json   what was done, and night.log, what makesync said: for operators only, they name people
#   snapshot/     a file for each zone that ZONES names, for previews
# and prints the last line of each command, which names nobody. A snapshot holds no secret and no
# e-mail, and of values only those that the documents declare, which whoever may open a pull request
# may read: with VALUES=none it holds none, and previews cannot tell which values change.
#
# With APPROVERS, a file of those who may approve (allowed_signers of OpenSSH, from the protected
# branch), it applies only what APPROVALS of them (2) have signed: makesync approve plan.json, and
# the files of plan.json.approval into approvals/DIGEST/ (without "sha256:"). Approvals outlive the
# plan, as long as a new one has the same digest. Whoever signs sees what would be reverted, so these
# nights do without --since, and the documents without drift: hold.
#
# The guards of .guards.yaml beside this script hold, whatever documents say; MAKESYNC_GUARDS names
# another file. Without it nothing is done: 3.
#
# Ends with 0 after a quiet night, and after one in which a guard holds something (apply's exit 5):
# MAKESYNC_NOTIFY_URL tells that once, and it is no reason to fail every night. Else with the exit
# code of apply, else with that of a snapshot that failed.
set -eu
umask 077
# shellcheck source-path=SCRIPTDIR source=child.sh
. "$(dirname "$0")/child.sh"
export MAKESYNC_GUARDS="${MAKESYNC_GUARDS-$(dirname "$0")/.guards.yaml}"

documents=$1 out=$2
mkdir -p "$out/snapshot"
: >"$out/night.log"

# quiet COMMAND…: keeps what it says in night.log; of that only the last line, which names nobody,
# is for everybody.
quiet() {
  code=0
  child "$@" >"$out/said" 2>&1 || code=$?
  cat "$out/said" >>"$out/night.log"
  sed -n '/^makesync: [a-z]*: /h; ${g; /./p;}' "$out/said"
  rm -f "$out/said"
  if [ "$stops" -gt 0 ]; then exit "$code"; fi
  return "$code"
}

# apply: applies the documents, or with APPROVERS only what enough people have approved.
apply() {
  set -- --yes --max-runtime "${MAX_RUNTIME:-2h}" --color never --out-json "$out/report.json"
  if [ -n "${APPROVERS:-}" ]; then
    quiet makesync plan -f "$documents" --color never -o "$out/plan.json" || return
    digest=$(sed -n '/^  "digest": "sha256:[0-9a-f]*",$/{s/[^:]*: "sha256://;s/",//;p;q;}' "$out/plan.json")
    rm -rf "$out/plan.json.approval"
    if [ -d "${APPROVED:-approvals}/$digest" ]; then cp -R "${APPROVED:-approvals}/$digest" "$out/plan.json.approval"; fi
    set -- --approvals "${APPROVALS:-2}" --approvers "$APPROVERS" "$@" "$out/plan.json"
  else
    set -- --since-last "${XDG_STATE_HOME:-$HOME/.local/state}/makesync/base" "$@"
  fi
  quiet makesync apply -f "$documents" "$@"
}

applied=0
apply || applied=$?
if [ "$applied" -eq 5 ]; then
  echo "a guard holds something: report.json and night.log tell what" >&2
  applied=0
fi

for zone in ${ZONES:-}; do
  taken=0
  quiet makesync snapshot -f "$documents" --zone "$zone" --values "${VALUES:-fingerprint}" --hash-emails -o "$out/snapshot/$zone.json" || taken=$?
  if [ "$taken" -ne 0 ]; then
    echo "no snapshot of zone $zone (exit $taken): previews of it compare with the documents of main" >&2
    if [ "$applied" -eq 0 ]; then applied=$taken; fi
  fi
done
exit "$applied"

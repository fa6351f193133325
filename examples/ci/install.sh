#!/bin/sh
# install.sh DIR: puts makesync into DIR and checks it. MAKESYNC_URL says where it comes from,
# MAKESYNC_SHA256 what it must be.
set -eu

mkdir -p "$1"
curl --fail --silent --show-error --location --retry 3 --proto '=https' --max-time 120 --output "$1/makesync.part" "$MAKESYNC_URL"
sum=$(sha256sum <"$1/makesync.part") # compared here: GNU's and BusyBox's options for a check differ
if [ "${sum%% *}" != "$MAKESYNC_SHA256" ]; then
  echo "what MAKESYNC_URL gives has the SHA-256 ${sum%% *}, and MAKESYNC_SHA256 is $MAKESYNC_SHA256" >&2
  rm -f "$1/makesync.part"
  exit 1
fi
chmod 755 "$1/makesync.part"
mv "$1/makesync.part" "$1/makesync"

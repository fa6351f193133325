#!/bin/sh
# After the package's files are in place. Nothing is started and nothing enabled: there are no
# documents yet, and no token.
set -eu
if command -v systemd-sysusers >/dev/null 2>&1; then
  systemd-sysusers makesync.conf || echo "makesync: make the user of makesync.service with: useradd --system makesync" >&2
fi

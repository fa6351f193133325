#!/bin/sh
# child.sh, read with `.`: child COMMAND… runs it, passes a signal on to it, and waits for its end.
# Gives its exit code; $stops counts the signals that came.
#
# A shell that is told to stop would end at once, and what it has started would go on with nobody
# waiting for it. makesync finishes what is in flight when it is told the first time, and ends at
# once the second time: so the signal is passed on once. At a terminal ctrl-c reaches makesync
# without our help.

stops=0

child_stop() { # child_stop SIGNAL
  stops=$((stops + 1))
  if [ "$stops" -gt 1 ]; then return 0; fi
  if [ "$1" = INT ] && (: </dev/tty) 2>/dev/null; then return 0; fi
  kill -s "$1" "$child" 2>/dev/null || :
}

child() {
  "$@" &
  child=$!
  trap 'child_stop HUP' HUP
  trap 'child_stop INT' INT
  trap 'child_stop TERM' TERM
  child_code=0
  while :; do
    child_stops=$stops child_former=$child_code child_code=0
    wait "$child" || child_code=$?
    if [ "$stops" = "$child_stops" ]; then break; fi # else a signal may have ended the wait
  done
  # A signal that came after the end of the command: it has been waited for already, and its code is
  # known.
  if [ "$child_code" = 127 ] && [ "$stops" -gt 0 ]; then child_code=$child_former; fi
  trap - HUP INT TERM
  return "$child_code"
}

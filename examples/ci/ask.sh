#!/bin/sh
# ask.sh, read with `.`: ask FILE COMMAND… puts what the command answers into FILE. A command that
# fails is made again, TRIES times with growing pauses; then ask fails: not to have heard is not the
# answer "there is none".

ask() {
  asked_file=$1 asked_tries=${TRIES:-3} asked_pause=${PAUSE:-5}
  shift
  until "$@" >"$asked_file"; do
    asked_tries=$((asked_tries - 1))
    if [ "$asked_tries" -le 0 ]; then
      echo "no answer to: $1 $2" >&2
      return 1
    fi
    sleep "$asked_pause"
    asked_pause=$((asked_pause * 3))
  done
}

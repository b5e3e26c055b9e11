#!/usr/bin/env bash
# How it was done before: each function line starts a program that reads the retained state, and one that publishes.
log=$1 port=$2 topic=$3
tail -n0 -F "$log" 2>/dev/null | while read -r line; do
  case $line in *" func "*)
    mosquitto_sub -p "$port" -t bench/armed -C 1 -W 1 -q 1 >/dev/null
    mosquitto_pub -p "$port" -t "$topic" -m "$line" -q 1 ;;
  esac
done

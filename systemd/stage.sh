#!/bin/sh
# Puts together what a machine needs to run heyu2mqtt: the program, the examples, the licences. The .deb and the
# container image are both made of this tree.
#
#   systemd/stage.sh INTO [DIST]      DIST: take this program instead of building it from src/
#
# VERSION names another version than that of version.sh.
#
# SOURCE_DATE_EPOCH becomes the date of every file, so that the same sources give the same tree.
set -eu
umask 022

into=$1
dist=${2:-}
cd "$(dirname "$0")/.."

if [ -z "$dist" ]; then
  npm run --silent build >&2
  dist=dist
fi
mkdir -p "$into/systemd"
cp -R "$dist" "$into/dist"
find "$into/dist" -name '*.map' -delete
node systemd/package-json.mjs "${VERSION:-$(systemd/version.sh)}" > "$into/package.json"
cp -R LICENSE CHANGELOG.md config "$into/"
cp systemd/heyu2mqtt.service "$into/systemd/"
cd "$into"

find . -type d -exec chmod 755 {} +
find . -type f -exec chmod 644 {} +
chmod 755 dist/main.js config/mosquitto/*.sh
find . -exec touch -h -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}" {} +

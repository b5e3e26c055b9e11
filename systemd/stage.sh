#!/bin/sh
# Puts together what a machine needs to run heyu2mqtt: the compiled program, the production dependencies without
# what only developers read, the examples. The .deb and the container image are both made of this tree.
#
#   systemd/stage.sh INTO [DIST]      DIST: take this compiled program instead of compiling src/
#
# SOURCE_DATE_EPOCH becomes the date of every file, so that the same sources give the same tree.
set -eu
umask 022

into=$1
dist=${2:-}
cd "$(dirname "$0")/.."

mkdir -p "$into"
if [ -n "$dist" ]; then
  cp -R "$dist" "$into/dist"
else
  npx --no-install tsc -p tsconfig.json --outDir "$into/dist"
fi
for file in package.json LICENSE CHANGELOG.md config; do
  [ ! -e "$file" ] || cp -R "$file" "$into/"
done
mkdir "$into/systemd"
cp systemd/heyu2mqtt.service "$into/systemd/"

cp package-lock.json "$into/"
(cd "$into" && npm ci --omit=dev --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error >&2)
rm "$into/package-lock.json"

cd "$into/node_modules"
# Types, source maps, programs for browsers: nothing of this is loaded by Node.
rm -rf .bin .package-lock.json @types undici-types mqtt/dist mqtt/build/bin yaml/browser
find . -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.tsbuildinfo' \
  -o -name '*.html' -o -name '*.yml' -o -name '*.sh' \) -delete
find . -type f -name '*.md' ! -iname 'licen[sc]e*' ! -iname 'notice*' -delete
# Tests, documents and settings at the top of a package. "src" and "doc" stay: some packages run from there.
find . -type d \( -name test -o -name tests -o -name __tests__ -o -name 'benchmark*' -o -name 'example*' \
  -o -name docs \) | while read -r folder; do
  [ ! -e "$(dirname "$folder")/package.json" ] || rm -rf "$folder"
done
find . -mindepth 2 -name '.*' -prune -exec rm -rf {} +
find . -type d -empty -delete
cd "$into"

find . -type d -exec chmod 755 {} +
find . -type f -exec chmod 644 {} +
chmod 755 dist/main.js config/mosquitto/*.sh
find . -exec touch -h -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}" {} +

#!/bin/sh
# Prints the version of what is built here, in the form of package.json.
#
# A commit with the tag of package.json's version is that version. Every other commit comes before the next version, and
# later ones after earlier ones: 1.2.0-20261125235719+e218d66. Without git it is the version of package.json.
set -eu
export TZ=UTC
cd "$(dirname "$0")/.."

version=$(node -p 'require("./package.json").version')
if commit=$(git rev-parse --verify --quiet HEAD 2>/dev/null); then
  released=$(git rev-parse --verify --quiet "refs/tags/v$version^{commit}" || true)
  if [ "$commit" != "$released" ]; then
    # released before: what is built comes before the one after it
    [ -z "$released" ] || version=${version%.*}.$((${version##*.} + 1))
    version=$version-$(git log -1 --format=%cd+%h --abbrev=7 --date=format-local:%Y%m%d%H%M%S)
  fi
fi
echo "$version"

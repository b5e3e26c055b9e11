#!/bin/sh
# The Node that the package depends on, whatever other one is first in PATH.
exec /usr/bin/node /usr/lib/heyu2mqtt/dist/main.js "$@"

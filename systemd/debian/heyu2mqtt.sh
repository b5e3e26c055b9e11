#!/bin/sh
# The Node of heyu2mqtt-node if that package is installed, else the system's, even if another one is first in PATH.
node=/usr/lib/heyu2mqtt/runtime/node
[ -x $node ] || node=/usr/bin/node
if [ ! -x $node ]; then
  echo "heyu2mqtt: there is no Node on this machine; install the package heyu2mqtt-node" >&2
  exit 78
fi
exec $node /usr/lib/heyu2mqtt/dist/main.js "$@"

// Loaded into the bridge before itself (`node --import`): which of its functions are entered between the moment in which
// bytes come in (a read of the log, or a packet of the broker) and the packet on a named topic. The engine counts the
// calls itself (precise coverage), so that nothing has to be written into the sources for it.
// PATH_TRACE: a JSON lines file. PATH_FROM: `log` or `broker`. PATH_IN: a text in the bytes that come in. PATH_OUT: the
// topic of the packet that ends the path.
import fs from 'node:fs';
import inspector from 'node:inspector';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import process from 'node:process';
import { MqttClient } from 'mqtt';

const { PATH_TRACE: file, PATH_FROM: from, PATH_IN: incoming, PATH_OUT: outgoing } = process.env;
const session = new inspector.Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

let isOnPath = false;

/** The functions of the program that were entered since the last call, as `file function`. */
function entered() {
  const names = [];
  session.post('Profiler.takePreciseCoverage', (error, { result }) => {
    for (const { url, functions } of result) {
      const path = /\/build\/ts\/(.*)\.js$/.exec(url)?.[1];
      if (path === undefined) continue;
      for (const { functionName, ranges } of functions) {
        // the module itself is a function without a name from byte 0 on
        if ((ranges[0]?.count ?? 0) > 0 && ranges[0].startOffset > 0)
          names.push(`${path} ${functionName || `at ${ranges[0].startOffset}`}`);
      }
    }
  });
  return names;
}

/** The functions of the program that stand on the stack, the innermost first. */
function way() {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 200;
  const { stack } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return [...stack.matchAll(/at (?:(.*) \()?\S*\/build\/ts\/(.*)\.js:/g)].map(
    ([, name, path]) => `${path} ${name ?? ''}`,
  );
}

/** The last read before the packet counts: the follower also looks at what it has read already. */
function begin() {
  isOnPath = true;
  entered();
}

function end() {
  if (!isOnPath) return;
  isOnPath = false;
  fs.appendFileSync(file, `${JSON.stringify({ entered: entered(), way: way() })}\n`);
}

const readSync = fs.readSync;
fs.readSync = (...parameters) => {
  const length = readSync(...parameters);
  if (
    from === 'log' &&
    length > 0 &&
    Buffer.from(parameters[1].buffer, parameters[1].byteOffset, length).includes(incoming)
  )
    begin();
  return length;
};
syncBuiltinESMExports();

const push = net.Socket.prototype.push;
net.Socket.prototype.push = function (chunk, ...more) {
  if (from === 'broker' && chunk?.includes(incoming)) begin();
  return push.call(this, chunk, ...more);
};
const publish = MqttClient.prototype.publish;
MqttClient.prototype.publish = function (topic, ...more) {
  if (topic === outgoing) end();
  return publish.call(this, topic, ...more);
};

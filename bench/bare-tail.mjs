// The least that a Node program can do: chokidar's raw event, a read, a publish per function line. For comparison.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { watch } from 'chokidar';
import mqtt from 'mqtt';

const [path, port, topic] = process.argv.slice(2);
const client = mqtt.connect(`mqtt://127.0.0.1:${port}`);
const block = Buffer.alloc(65536);
const file = openSync(path, 'r');
let offset = statSync(path).size;
const read = () => {
  const bytes = readSync(file, block, 0, block.length, offset);
  offset += bytes;
  for (const line of block.latin1Slice(0, bytes).split('\n')) {
    if (line.includes(' func ')) client.publish(topic, line.endsWith('x') ? '' : line, { qos: 1 });
  }
};
watch(path, { ignoreInitial: true }).on('raw', read);
client.once('connect', () => process.stdout.write('ready\n'));
process.once('SIGTERM', () => (closeSync(file), process.exit(0)));

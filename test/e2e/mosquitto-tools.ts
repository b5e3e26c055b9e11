/** mosquitto_pub and mosquitto_sub, as people use them in a terminal. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const at = (port: number): readonly string[] => ['-h', '127.0.0.1', '-p', String(port)];

/** `mosquitto_pub -t <topic> -m <payload> -q <qos>`, with `-r` when it is to be retained. */
export async function mosquittoPub(
  port: number,
  topic: string,
  payload: string,
  { qos, retain }: { readonly qos: 0 | 1 | 2; readonly retain: boolean },
): Promise<void> {
  const args = [...at(port), '-t', topic, '-m', payload, '-q', String(qos)];
  await run('mosquitto_pub', retain ? [...args, '-r'] : args);
}

/** `mosquitto_sub -C 1`: the first message that comes within a second; undefined when none does. */
export async function mosquittoSub(port: number, topic: string): Promise<string | undefined> {
  try {
    const { stdout } = await run('mosquitto_sub', [
      ...at(port),
      '-t',
      topic,
      '-q',
      '1',
      '-C',
      '1',
      '-W',
      '1',
    ]);
    return stdout.trimEnd();
  } catch (error) {
    // 27 = the time is over
    if (error instanceof Error && 'code' in error && error.code === 27) return undefined;
    throw error;
  }
}

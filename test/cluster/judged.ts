/** What `heyu2mqtt broker-check --json` of the built program says of a cluster. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { MAIN, makeHouse } from '../support/house.js';

export type Judgement = {
  readonly verdict: 'fit' | 'fit-with-settings' | 'not-fit';
  readonly reasons: readonly string[];
  readonly settings: readonly string[];
  readonly rows: readonly {
    readonly area: string;
    readonly trial: string;
    readonly actual: string;
    readonly result: string;
  }[];
};

/** Has the urls judged as one broker; `exitCode` is that of the program. */
export async function judge(
  urls: readonly string[],
): Promise<{ readonly judgement: Judgement; readonly exitCode: number | null }> {
  const bridge = makeHouse({ mqttUrl: urls[0] ?? '' });
  try {
    const args = ['broker-check', '--config', bridge.configPath, '--json'];
    const program = spawn(process.execPath, [MAIN, ...args, ...urls.flatMap((url) => ['--url', url])]);
    let out = '';
    let complaints = '';
    program.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    program.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    await once(program, 'close');
    try {
      return { judgement: JSON.parse(out) as Judgement, exitCode: program.exitCode };
    } catch {
      throw new Error(`broker-check did not answer in JSON:\n${out}\n${complaints}`);
    }
  } finally {
    await bridge.remove();
  }
}

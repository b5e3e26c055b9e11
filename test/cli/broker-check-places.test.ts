import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { SETTINGS } from '../../src/broker-check/trial.js';
import type { Fitness } from '../../src/broker-check/trials.js';
import { startMosquitto, type MosquittoOptions } from '../support/mosquitto.js';
import { PATIENCE_MS, until } from '../support/until.js';
import { actual, fitness, start } from './broker-fitness.js';

describe.concurrent('broker-check of several urls', () => {
  test('takes two names of one broker for one', async () => {
    const mosquitto = await start({});
    const other = mosquitto.url.replace('127.0.0.1', '127.1');
    const found = await fitness({ mqttUrl: mosquitto.url }, '--url', mosquitto.url, other);
    expect(found).toMatchObject({ verdict: 'fit', code: 0 });
    const ways = found.rows.filter(({ area }) => area === 'several urls');
    expect(ways.map((row) => row.actual)).toEqual(
      Array(2).fill('live: yes, retained: yes, session: yes, queue: yes'),
    );
  });

  test('finds two brokers that know nothing of each other', async () => {
    const mosquitto = await start({});
    const other = await start({});
    const found = await fitness({ mqttUrl: mosquitto.url }, '--url', mosquitto.url, '--url', other.url);
    expect(found).toMatchObject({ verdict: 'not-fit', code: 2 });
    expect(found.reasons).toEqual(['the urls are brokers that are not connected with each other']);
  });

  test('tries the first that can be reached', async () => {
    const mosquitto = await start({});
    const gone = await startMosquitto();
    await gone.remove();
    const found = await fitness({ mqttUrl: mosquitto.url }, '--url', gone.url, mosquitto.url);
    expect(found).toMatchObject({ verdict: 'not-fit', code: 2 });
    expect(found.reasons.join('\n')).toMatch(/several urls: .*connection refused/);
    expect(found.rows.filter(({ area }) => area === 'order')).toHaveLength(4);
  });
});

describe.concurrent('broker-check with a restart', () => {
  /** A command of the shell that waits until the test has restarted the broker in its way. */
  async function restarted(options: MosquittoOptions, signal: 'SIGTERM' | 'SIGKILL'): Promise<Fitness> {
    const broker = await start(options);
    const folder = mkdtempSync(join(tmpdir(), 'restart-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [asked, done] = [join(folder, 'asked'), join(folder, 'done')];
    const command = `touch '${asked}'; while [ ! -e '${done}' ]; do sleep 0.05; done`;
    const found = fitness({ mqttUrl: broker.url }, '--restart-cmd', command);
    // it comes last of all trials
    await until(() => existsSync(asked), 'the restart command', 2 * PATIENCE_MS);
    await broker.restart(signal);
    writeFileSync(done, '');
    return found;
  }

  test('finds everything kept with persistence', async () => {
    const found = await restarted({ persistence: true }, 'SIGTERM');
    expect(found).toMatchObject({ verdict: 'fit', reasons: [] });
    expect(actual(found, /a session with 20 waiting/)).toBe('kept, 20 messages');
  });

  test.each<[string, MosquittoOptions, 'SIGTERM' | 'SIGKILL']>([
    ['without persistence', {}, 'SIGTERM'],
    ['after a crash, with the rare autosave of the default', { persistence: true }, 'SIGKILL'],
  ])('finds everything lost %s', async (_what, options, signal) => {
    const found = await restarted(options, signal);
    expect(found).toMatchObject({
      verdict: 'fit-with-settings',
      settings: [SETTINGS.persistence, SETTINGS.autosave],
    });
    expect(actual(found, /a retained message, after/)).toBe('none');
    expect(actual(found, /a session with 20 waiting/)).toBe('gone, 0 messages');
  });

  test('proves nothing by a command that restarts nothing', async () => {
    const mosquitto = await start({});
    const found = await fitness({ mqttUrl: mosquitto.url }, '--restart-cmd', 'true');
    expect(found.rows.find(({ area }) => area === 'restart')).toMatchObject({
      result: 'unknown',
      actual: 'the broker did not restart: nothing is proved',
    });
  });

  test('says how a command failed', async () => {
    const mosquitto = await start({});
    const found = await fitness({ mqttUrl: mosquitto.url }, '--restart-cmd', 'exit 5');
    expect(found.reasons.join('\n')).toContain('the command ended with exit code 5: exit 5');
    expect(found.code).toBe(2);
  });
});

/** The file of metrics: whole at any moment, gone when the service stops, and never a reason to end. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MetricsFile } from '../../src/io/metrics.js';
import { onTestFinished } from '../support/test-end.js';
import { until } from '../support/until.js';
import { beginLives } from '../service/lives.js';
import { coreSettings } from '../support/settings.js';

async function scene() {
  const folder = mkdtempSync(join(tmpdir(), 'heyu-metrics-'));
  const said: string[] = [];
  const tell = (_: object, words: string): void => void said.push(words);
  const lives = await beginLives(coreSettings());
  const file = new MetricsFile(lives.service(), { info: tell, warn: tell });
  onTestFinished(async () => {
    await file.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, said, file, path: join(folder, 'heyu2mqtt.prom') };
}

describe('the file of metrics', () => {
  it('is written, for everybody to read, and removed at the stop', async () => {
    const { folder, path, file, said } = await scene();
    file.use(path);
    await until(() => existsSync(path));
    expect(readFileSync(path, 'utf8')).toMatch(/^# HELP [^]*\nheyu2mqtt_source_up [01]\n[^]*\n$/);
    expect(statSync(path).mode & 0o777).toBe(0o644);
    await file.stop();
    expect(readdirSync(folder)).toEqual([]);
    expect(said).toEqual([]);
  });

  it('moves with the configuration', async () => {
    const { folder, path, file } = await scene();
    file.use(join(folder, 'old.prom'));
    file.use(path);
    await until(() => existsSync(path));
    expect(readdirSync(folder)).toEqual(['heyu2mqtt.prom']);
  });

  it('that cannot be written is said once', async () => {
    const { folder, file, said } = await scene();
    file.use(join(folder, 'nowhere', 'x.prom'));
    await until(() => said.length > 0);
    expect(said).toEqual(['the file of metrics cannot be written']);
  });
});

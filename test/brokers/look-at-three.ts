/** A look into a session, as brokers answer it. */

import { runCli } from '../cli/run-cli.js';
import { collect } from '../support/collect.js';
import { makeHouse } from '../support/house.js';
import { onTestFinished } from '../support/test-end.js';

/** What `session show --look` says of a session in which three messages wait. */
export async function lookAtThree(
  url: string,
): Promise<{ readonly look: unknown; readonly warning: string }> {
  const bridge = makeHouse({ mqttUrl: url, config: `mqtt: { url: "${url}", client_id: looked-at }\n` });
  onTestFinished(bridge.remove);
  const service = await collect(url, ['house/state'], { clean: false, clientId: 'looked-at' });
  await service.stop();
  const alarm = await collect(url, []);
  for (const state of ['armed_away', 'disarmed', 'armed_home']) await alarm.publish('house/state', state);
  await alarm.stop();
  const { out, err } = await runCli('session', 'show', '--look', '--json', '--config', bridge.configPath);
  const { now } = JSON.parse(out) as { now: unknown };
  return { look: now, warning: err };
}

/** The service: does it run, and what does it say of itself? */

import type { Configuration } from '../../config/configuration.js';
import { bridgeTopic, type BridgeTopic } from '../../mqtt/topics.js';
import { ownVersion } from '../version.js';
import { objectIn, objectOf, textIn, type JsonObject } from '../json-members.js';
import type { Tell } from './finding.js';
import type { Kept } from './read-back.js';
import type { Running } from './running.js';

/** Tells of it. `kept`: what the broker keeps, undefined when it cannot be reached. */
export function checkService(
  { core, heyu, mqtt }: Configuration,
  kept: Kept | undefined,
  running: Running,
  tell: Tell,
): void {
  const get = (topic: BridgeTopic): string | undefined =>
    kept?.retained.get(bridgeTopic(core.baseTopic, topic));
  const status = get('status');
  if (status !== 'online') {
    tellOffline(status, kept !== undefined, running, tell);
    return;
  }
  tell('ok', 'it is online');
  const info = objectIn(get('info'));
  const problem = textIn(info, 'problem');
  if (get('source') === 'offline')
    tell(
      'fault',
      `it cannot read the heyu log${problem === undefined ? '' : `: ${problem}`}`,
      'see log above',
    );
  else if (problem !== undefined || get('problem') === 'ON')
    tell('warning', `it reports: ${problem ?? 'a problem'}`, 'journalctl -u heyu2mqtt says more');
  if (get('takeover') === 'ON')
    tell(
      'fault',
      `another program uses the client id ${mqtt.clientId}`,
      'end the second bridge, or give one of them another mqtt.client_id',
    );

  const version = textIn(info, 'version');
  if (version !== undefined && version !== ownVersion())
    tell('warning', `it is version ${version}, this is ${ownVersion()}`, 'sudo systemctl restart heyu2mqtt');
  const path = textIn(objectOf(info, 'log'), 'path');
  if (path !== undefined && path !== heyu.log)
    tell(
      'warning',
      `it follows ${path}, not ${heyu.log}`,
      'systemctl reload heyu2mqtt; is it another configuration?',
    );
  tellSession(objectOf(info, 'session'), tell);
}

function tellOffline(
  status: string | undefined,
  isReached: boolean,
  { pid, isKnown }: Running,
  tell: Tell,
): void {
  const why = 'journalctl -u heyu2mqtt says why';
  if (pid !== undefined) {
    if (isReached)
      tell(
        'fault',
        `it runs (process ${pid}), but is not connected to this broker`,
        `is its password or mqtt.url an old one? sudo systemctl restart heyu2mqtt; ${why}`,
      );
    else tell('ok', `it runs (process ${pid})`);
  } else if (!isKnown && status !== undefined)
    tell(
      'fault',
      'it does not run, or does not reach the broker',
      `sudo heyu2mqtt check tells which; ${why}`,
    );
  else if (status === undefined && isReached)
    tell('warning', 'it has never run here', 'heyu2mqtt run, or sudo systemctl enable --now heyu2mqtt');
  else if (isKnown)
    tell('fault', 'it does not run', `heyu2mqtt run, or sudo systemctl start heyu2mqtt; ${why} it ended`);
}

function tellSession(session: JsonObject, tell: Tell): void {
  const since = textIn(session, 'since');
  if (since === undefined) return;
  const kind = session['kind'] === 'clean' ? 'clean' : session['present'] === true ? 'kept' : 'new';
  tell('ok', `its session at the broker: ${kind}, since ${since}`);
}

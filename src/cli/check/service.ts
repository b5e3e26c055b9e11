/** The service: does it run, and what does it say of itself? */

import type { Configuration } from '../../config/configuration.js';
import { bridgeTopic, type BridgeTopic } from '../../mqtt/topics.js';
import { ownVersion } from '../version.js';
import { objectIn, objectOf, textIn, type JsonObject } from '../json-members.js';
import type { Tell } from './finding.js';
import type { Kept } from './read-back.js';

/** Tells of it. */
export function checkService({ core, heyu, mqtt }: Configuration, kept: Kept, tell: Tell): void {
  const get = (topic: BridgeTopic): string | undefined =>
    kept.retained.get(bridgeTopic(core.baseTopic, topic));
  const status = get('status');
  if (status === undefined) {
    tell('warning', 'it has never run here', 'heyu2mqtt run, or sudo systemctl enable --now heyu2mqtt');
    return;
  }
  if (status !== 'online') {
    tell(
      'fault',
      'it does not run',
      'heyu2mqtt run, or sudo systemctl start heyu2mqtt; journalctl -u heyu2mqtt says why it ended',
    );
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

function tellSession(session: JsonObject, tell: Tell): void {
  const since = textIn(session, 'since');
  if (since === undefined) return;
  const kind = session['kind'] === 'clean' ? 'clean' : session['present'] === true ? 'kept' : 'new';
  tell('ok', `its session at the broker: ${kind}, since ${since}`);
}

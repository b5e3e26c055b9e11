/**
 * Brokers that a machine for development need not have. Where ALL_BROKERS (.ci/run) or CI_FULL (.ci/full) is set
 * nothing is left out.
 */

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { RABBIT_PROGRAM } from '../support/rabbitmq.js';

const isExpected = process.env['ALL_BROKERS'] === '1' || process.env['CI_FULL'] === '1';

const isInPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Whether the trial of NATS is left out: apt-get install nats-server. */
export const isNatsMissing = !isExpected && !isInPath('nats-server');

/** Whether the trial of RabbitMQ is left out: apt-get install rabbitmq-server. */
export const isRabbitMissing = !isExpected && !existsSync(RABBIT_PROGRAM);

/**
 * Discovery messages as JSON lines for a judge that is not written in TypeScript: Home Assistant's own code.
 * Cases are independent of each other; messages of one case come in the order in which they are published.
 */
import { discoveryMessages } from '../../src/homeassistant/discovery.js';
import { rememberedOf, removalMessages } from '../../src/homeassistant/removal.js';
import { BAD_DEVICES, BAD_ENTITIES } from './bad-payloads.js';
import { EXAMPLES, HOUSE, inForm, MODEL_HOUSES } from './examples.js';
import { spoilt, type Bad } from './spoil.js';

/** One message of a case. */
export type DumpedMessage = {
  /** Names the case: "device ms14a", "bad device: no origin", "removal: device to entity". */
  readonly case: string;
  /** Who must have something against the case; `nobody` for what we really publish. */
  readonly judge: Bad['judge'] | 'nobody';
  readonly topic: string;
  readonly payload: string;
  readonly qos: 1;
  readonly retain: boolean;
  /** How long to wait after it, milliseconds. */
  readonly pauseMsAfter: number;
};

type Sent = Pick<DumpedMessage, 'topic' | 'payload'> &
  Partial<Pick<DumpedMessage, 'retain' | 'pauseMsAfter'>>;

const FORMS = ['device', 'entity'] as const;

const dumped = (
  name: string,
  judge: DumpedMessage['judge'],
  messages: readonly Sent[],
): readonly DumpedMessage[] =>
  messages.map(({ topic, payload, retain = true, pauseMsAfter = 0 }) => ({
    case: name,
    judge,
    topic,
    payload,
    qos: 1,
    retain,
    pauseMsAfter,
  }));

/** Every kind of device, every model and the whole house, in both forms; all of it has to be accepted. */
export function goodMessages(): readonly DumpedMessage[] {
  return FORMS.flatMap((form) => [
    ...EXAMPLES.flatMap(({ file, core }) =>
      dumped(`${form} ${file}`, 'nobody', discoveryMessages(inForm(core, form))),
    ),
    ...MODEL_HOUSES.flatMap((core) =>
      dumped(
        `${form} every model, ${core.control ? 'to be switched' : 'to be read'}`,
        'nobody',
        discoveryMessages(inForm(core, form)),
      ),
    ),
    ...dumped(`${form} house`, 'nobody', discoveryMessages(inForm(HOUSE, form))),
  ]);
}

/** Messages that were spoilt on purpose; the last message of each case is the spoilt one. */
export function badMessages(): readonly DumpedMessage[] {
  const cases = (form: 'device' | 'entity', rows: readonly Bad[]): readonly DumpedMessage[] =>
    rows.flatMap((row) => {
      const all = spoilt(form, row);
      const last = all.filter(({ topic }) => topic.endsWith(row.topicEnd));
      const before = all.filter(({ topic }) => !topic.endsWith(row.topicEnd));
      return dumped(`bad ${form}: ${row.what}`, row.judge, [...before, ...last]);
    });
  return [...cases('device', BAD_DEVICES), ...cases('entity', BAD_ENTITIES)];
}

/** From one configuration of the house to another, with everything that is taken back on the way. */
export function removals(): readonly DumpedMessage[] {
  const fewer = { ...HOUSE, sensors: HOUSE.sensors.slice(0, 5), zones: [], control: false };
  const ways = [
    ['device to entity', HOUSE, inForm(HOUSE, 'entity')],
    ['entity to device', inForm(HOUSE, 'entity'), HOUSE],
    ['to fewer devices', HOUSE, fewer],
    ['to fewer entities', inForm(HOUSE, 'entity'), inForm(fewer, 'entity')],
    ['to nothing', HOUSE, inForm(HOUSE, 'off')],
  ] as const;
  return ways.flatMap(([name, before, after]) => {
    const previous = discoveryMessages(before);
    const current = discoveryMessages(after);
    const steps = removalMessages(rememberedOf(previous), current);
    return dumped(`removal: ${name}`, 'nobody', [
      ...previous.map(({ topic, payload }) => ({ topic, payload })),
      ...steps.map(({ message, pauseMsAfter }) => ({ ...message, pauseMsAfter })),
      ...current.map(({ topic, payload }) => ({ topic, payload })),
    ]);
  });
}

/** One JSON object per line. */
export function dumpLines(messages: readonly DumpedMessage[]): string {
  return messages.map((message) => `${JSON.stringify(message)}\n`).join('');
}

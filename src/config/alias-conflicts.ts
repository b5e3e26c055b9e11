/** Aliases that get into each other's way: the same address, the same dusk unit, the same id, the same topics. */
import type { ChannelTopic } from '../mqtt/topics.js';
import { RESERVED_LEVELS } from '../mqtt/topics.js';
import type { Address } from '../x10/address.js';
import type { AliasRead } from './aliases.js';
import { problemAt, type Problem } from './problem.js';
import { dotted } from './read-keys.js';

/** Last levels of the topics of a sensor; the type makes sure that none is missing. */
const CHANNEL_TABLE: Readonly<Record<ChannelTopic, true>> = {
  motion: true,
  light: true,
  contact: true,
  smoke: true,
  glass: true,
  water: true,
  battery: true,
  tamper: true,
  silent: true,
  state: true,
  brightness: true,
  temperature: true,
  temperature_2: true,
  humidity: true,
  pressure: true,
  voltage: true,
  voltage_supply: true,
  potentiometer: true,
  counter: true,
  power: true,
  energy: true,
  current: true,
  weight: true,
  wind_speed: true,
  wind_gust: true,
  wind_direction: true,
  rain_rate: true,
  rain_total: true,
  uv: true,
  setpoint: true,
  attributes: true,
  last_seen: true,
  event: true,
  set: true,
};

/** Last levels of the topics of a sensor: a topic of others that ends so may lie on one of them. */
export const CHANNELS: ReadonlySet<string> = new Set(Object.keys(CHANNEL_TABLE));

/** All conflicts among aliases, each told at the later of the two. Linear in their number. */
export function conflicts(aliases: readonly AliasRead[], file: string): readonly Problem[] {
  const problems: Problem[] = [];
  const say: Say = ({ settings, line, lines }, key, problem, hint, other) => {
    problems.push({
      ...problemAt(
        { file, line: lines.get(key) ?? line, key: dotted('aliases', settings.alias, key) },
        problem,
        hint,
      ),
      about: { aliases: [settings.alias, ...(other === undefined ? [] : [other.settings.alias])], key },
    });
  };
  const at = ({ settings, line }: AliasRead): string => `${settings.alias} (line ${line})`;

  const byAddress = new Map<Address, AliasRead>();
  const byId = new Map<string, AliasRead>();
  const byTopic = new Map<string, AliasRead>();
  for (const alias of aliases) {
    const { address, id, topic } = alias.settings;
    const there = byAddress.get(address);
    if (there !== undefined) {
      say(
        alias,
        'address',
        `${address} is already the address of ${at(there)}`,
        'an address can have one alias',
        there,
      );
      // The default id is made of the address: saying it twice would help nobody.
      if (!alias.lines.has('id')) continue;
    } else byAddress.set(address, alias);
    const namesake = byId.get(id.toLowerCase());
    if (namesake !== undefined) {
      say(
        alias,
        'id',
        `"${id}" is already the id of ${at(namesake)}`,
        'give one of them an id of its own',
        namesake,
      );
    } else byId.set(id.toLowerCase(), alias);
    checkTopic(alias, byTopic, say, at);
    if (namesake === undefined && /^(bridge|zone|heyu2mqtt)($|[_-])/i.test(id)) {
      say(alias, 'id', `"${id}" begins like the ids of the bridge and its zones`, 'choose another one');
    }
    if (!byTopic.has(topic)) byTopic.set(topic, alias);
  }
  checkParents(aliases, byTopic, say, at);
  checkDusk(aliases, byAddress, say, at);
  return problems;
}

type Say = (alias: AliasRead, key: string, problem: string, hint: string, other?: AliasRead) => void;
type At = (alias: AliasRead) => string;

function checkTopic(alias: AliasRead, byTopic: ReadonlyMap<string, AliasRead>, say: Say, at: At): void {
  const { topic } = alias.settings;
  const [level = ''] = topic.split('/');
  const same = byTopic.get(topic);
  if ((RESERVED_LEVELS as readonly string[]).includes(level)) {
    say(
      alias,
      'topic',
      `begins with the level ${level}, which the bridge needs for itself`,
      'give it another topic',
    );
  } else if (same !== undefined) {
    say(
      alias,
      'topic',
      `"${topic}" is already the topic of ${at(same)}`,
      'give one of them another topic',
      same,
    );
  }
}

/** `hall/motion` is a topic of the sensor `hall`: no other sensor can lie there. */
function checkParents(
  aliases: readonly AliasRead[],
  byTopic: ReadonlyMap<string, AliasRead>,
  say: Say,
  at: At,
): void {
  for (const alias of aliases) {
    const { topic } = alias.settings;
    const slash = topic.lastIndexOf('/');
    if (slash < 0 || !CHANNELS.has(topic.slice(slash + 1))) continue;
    const parent = byTopic.get(topic.slice(0, slash));
    if (parent === undefined) continue;
    say(alias, 'topic', `"${topic}" is one of the topics of ${at(parent)}`, 'give it another topic', parent);
  }
}

function checkDusk(
  aliases: readonly AliasRead[],
  byAddress: ReadonlyMap<Address, AliasRead>,
  say: Say,
  at: At,
): void {
  const byDusk = new Map<Address, AliasRead>();
  for (const alias of aliases) {
    const { dusk } = alias.settings;
    if (dusk === undefined) continue;
    const owner = byAddress.get(dusk);
    const other = byDusk.get(dusk);
    if (owner === alias) {
      say(alias, 'dusk', 'is its own address', 'the dusk unit is normally the unit after the address');
    } else if (owner !== undefined) {
      say(
        alias,
        'dusk',
        `${dusk} is the address of ${at(owner)}`,
        'remove one: a unit tells either motion or darkness',
        owner,
      );
    } else if (other !== undefined) {
      say(alias, 'dusk', `${dusk} is already the dusk unit of ${at(other)}`, 'remove one of them', other);
    } else byDusk.set(dusk, alias);
  }
}

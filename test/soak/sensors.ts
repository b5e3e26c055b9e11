/** The house of the soak: which sensors it has, and the configuration that tells the bridge so. */

/** A sensor as the traffic knows it. */
export type SoakSensor = {
  readonly alias: string;
  readonly house: string;
  readonly unit: number;
  readonly model: 'MS14A' | 'MS10A' | 'DM10' | 'DS10A' | 'LM465';
  /** Hold time in ms. */
  readonly holdMs: number;
  readonly zone: Zone | undefined;
};

/** `armed` and `disarmed` stay so, `changing` is armed and disarmed while the bridge runs. */
export type Zone = 'armed' | 'disarmed' | 'changing';

export const ZONES: readonly Zone[] = ['armed', 'disarmed', 'changing'];

export const BASE = 'x10';

/** Where a zone says its state. */
export const zoneTopicOf = (zone: Zone): string => `others/${zone}`;

const sensor = (
  house: string,
  unit: number,
  model: SoakSensor['model'],
  holdS: number,
  zone?: Zone,
): SoakSensor => ({
  alias: `${model.toLowerCase()}_${house.toLowerCase()}${unit}`,
  house,
  unit,
  model,
  holdMs: holdS * 1000,
  zone,
});

const odd = [1, 3, 5, 7, 9, 11, 13, 15];

/** Every sensor. Units after those of a MS14A say dusk and dawn. */
export const SENSORS: readonly SoakSensor[] = [
  ...odd.map((unit) => sensor('A', unit, 'MS14A', 5)),
  ...odd.map((unit) => sensor('B', unit, 'MS14A', 6, 'armed')),
  ...odd.map((unit) => sensor('C', unit, 'MS14A', 5, 'disarmed')),
  ...odd.map((unit) => sensor('D', unit, 'MS14A', 7, 'changing')),
  ...odd.map((unit) => sensor('E', unit, 'MS14A', 8)),
  ...[1, 2, 3, 4, 10, 16].map((unit) => sensor('F', unit, 'MS10A', 6, 'armed')),
  ...[1, 2, 3, 4].map((unit) => sensor('G', unit, 'MS10A', 6)),
  ...[1, 2, 3, 12].map((unit) => sensor('H', unit, 'DM10', 5)),
  ...[1, 2, 3, 4, 5, 6].map((unit) => sensor('I', unit, 'DS10A', 5)),
  ...[1, 2].map((unit) => sensor('J', unit, 'LM465', 5)),
  // still ON when all is over
  sensor('K', 1, 'MS14A', 3600),
];

/** Zones that the bridge keeps itself; one of them asks for a code. */
export const OWNED_ZONES = ['kept', 'coded'] as const;

/** One of them. */
export type OwnedZoneName = (typeof OWNED_ZONES)[number];

/** A sensor in such a zone: each of its signals is a line of its own, and a motion. */
type OwnedSensor = SoakSensor & {
  readonly owned: OwnedZoneName;
  readonly entry: 'delayed' | 'immediate';
  readonly modes?: readonly ['away'];
};

/** The sensors of the owned zones. */
export const OWNED_SENSORS: readonly OwnedSensor[] = OWNED_ZONES.flatMap((owned, index) => [
  { ...sensor('L', 4 * index + 1, 'DM10', 5), owned, entry: 'delayed' },
  { ...sensor('L', 4 * index + 2, 'DM10', 5), owned, entry: 'immediate' },
  { ...sensor('L', 4 * index + 3, 'DM10', 5), owned, entry: 'delayed', modes: ['away'] },
]);

/** The keyfob that arms and disarms all of them. */
export const KEYFOB = 'fob';

/** What aliases.yaml has for the owned zones, beside `aliasesText`. */
export function ownedAliasesText(): string {
  const lines = OWNED_SENSORS.map(({ alias, house, unit, model, holdMs, owned, entry, modes }) => {
    const more = modes === undefined ? '' : `, modes: [${modes.join(', ')}]`;
    const keys = `address: ${house}${unit}, model: ${model}, hold: ${holdMs / 1000}s, zone: ${owned}, entry: ${entry}`;
    return `  ${alias}: { ${keys}${more} }\n`;
  });
  return `${lines.join('')}  ${KEYFOB}: { address: L16, model: KR10A }\n`;
}

/** What config.yaml says of the owned zones, at the end of `configText`. */
export function ownedConfigText(): string {
  const keys = `exit_delay: { away: 8s }, entry_delay: 6s, alert_cooldown: 20s, keyfobs: [${KEYFOB}]`;
  return OWNED_ZONES.map((zone) => `  ${zone}: { ${keys} }\n`).join('');
}

/** The text of aliases.yaml. */
export function aliasesText(): string {
  const lines = SENSORS.map(({ alias, house, unit, model, holdMs, zone }) => {
    const isMotion = model !== 'DS10A' && model !== 'LM465';
    const keys = [
      `address: ${house}${unit}`,
      `model: ${model}`,
      ...(isMotion ? [`hold: ${holdMs / 1000}s`] : []),
      ...(model === 'MS14A' ? [`dusk: ${house}${unit + 1}`] : []),
      ...(zone === undefined ? [] : [`zone: ${zone}`]),
    ];
    return `  ${alias}: { ${keys.join(', ')} }`;
  });
  return `aliases:\n${lines.join('\n')}\n`;
}

/** What config.yaml says beside the log and the state directory. */
export function configText(mqttUrl: string): string {
  const zones = ZONES.map((zone) => `  ${zone}: { state_topic: ${zoneTopicOf(zone)}, alert_cooldown: 0s }`);
  return `mqtt: { url: "${mqttUrl}", base_topic: ${BASE}, keepalive: 5s }\nzones:\n${zones.join('\n')}\n`;
}

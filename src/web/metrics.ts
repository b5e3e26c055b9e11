/** Metrics for Prometheus: its text format, and OpenMetrics for clients that ask for it. */

import { SECURITY_STATES } from '../security/vocabulary.js';
import type { Figures, SensorFigures } from '../service/figures.js';

/** What of the process and the page belongs to it. Times in seconds. */
export type ProcessFigures = {
  readonly node: string;
  readonly residentBytes: number;
  readonly cpuSeconds: number;
  /** Undefined where the system does not tell. */
  readonly openFiles: number | undefined;
  /** Bytes of the log that are not read yet; undefined = not known. */
  readonly lagBytes: number | undefined;
  readonly page: { readonly streams: number; readonly dropped: number; readonly errors: number };
};

/** Which of the two formats. */
export type MetricsFormat = 'text' | 'openmetrics';

/** The `Content-Type` of each; Prometheus takes nothing without it. */
export const METRICS_TYPES: Readonly<Record<MetricsFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** The format that an `Accept` prefers; plain text when in doubt. */
export function metricsFormat(accept = ''): MetricsFormat {
  const weightOf = (type: string): number => {
    const range = accept.split(',').find((each) => each.trim().toLowerCase().startsWith(type));
    if (range === undefined) return 0;
    const [, weight = '1'] = /;\s*q=([\d.]+)/.exec(range) ?? [];
    return Number(weight);
  };
  const openmetrics = weightOf('application/openmetrics-text');
  return openmetrics > 0 && openmetrics >= weightOf('text/plain') ? 'openmetrics' : 'text';
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number, ending?: string];

type Metric = {
  /** Of the family; of a counter without `_total`. */
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'summary';
  readonly help: string;
  readonly samples: readonly Sample[];
};

const gauge = (name: string, help: string, samples: number | readonly Sample[]): Metric => ({
  name,
  type: 'gauge',
  help,
  samples: typeof samples === 'number' ? [[{}, samples]] : samples,
});

const counter = (name: string, help: string, samples: number | readonly Sample[]): Metric => ({
  ...gauge(name, help, samples),
  type: 'counter',
});

/** The text of all metrics. Labels are bounded: aliases and zones of the configuration, and words of the program. */
export function metricsText(figures: Figures, own: ProcessFigures, format: MetricsFormat): string {
  const all = [
    ...ofService(figures, own),
    ...ofLog(figures, own),
    ...ofSensors(figures),
    ...ofZones(figures),
  ];
  const lines = all.flatMap((metric) => linesOf(metric, format));
  return [...lines, ...(format === 'openmetrics' ? ['# EOF'] : []), ''].join('\n');
}

function ofService(
  figures: Figures,
  { node, residentBytes, cpuSeconds, openFiles, page }: ProcessFigures,
): readonly Metric[] {
  const { messages, latency } = figures.published;
  return [
    gauge('heyu2mqtt_build_info', 'The version of the program and of Node.', [
      [{ version: figures.version, node }, 1],
    ]),
    gauge('heyu2mqtt_start_time_seconds', 'When the service was started.', seconds(figures.startedAt)),
    gauge('process_resident_memory_bytes', 'Memory of the process.', residentBytes),
    counter('process_cpu_seconds', 'Processor time of the process.', cpuSeconds),
    gauge('process_open_fds', 'Open files and connections.', openFiles ?? []),
    gauge('heyu2mqtt_broker_connected', 'Whether the broker is connected.', Number(figures.isConnected)),
    counter('heyu2mqtt_broker_connects', 'Connects to the broker since the start.', figures.connects),
    counter(
      'heyu2mqtt_messages_published',
      'Messages that the broker has acknowledged since the start.',
      Object.entries(messages).map(([kind, count]) => [{ kind }, count]),
    ),
    gauge('heyu2mqtt_messages_pending', 'Messages that wait for the broker.', figures.pending),
    {
      name: 'heyu2mqtt_publish_latency_seconds',
      type: 'summary',
      help: "From the stamp of a line to the broker's acknowledgement of its event; stamps are whole seconds.",
      samples: [
        [{}, seconds(latency.sumMs), '_sum'],
        [{}, latency.count, '_count'],
      ],
    },
    gauge('heyu2mqtt_page_streams', 'Browsers that look at the page.', page.streams),
    counter(
      'heyu2mqtt_page_streams_dropped',
      'Browsers that did not read what they were sent.',
      page.dropped,
    ),
    counter('heyu2mqtt_page_errors', 'Requests to the page that have failed.', page.errors),
    gauge(
      'heyu2mqtt_problem',
      'Whether there is such a problem.',
      Object.entries(figures.problems).map(([reason, isThere]) => [{ reason }, Number(isThere)]),
    ),
  ];
}

function ofLog(
  { isSourceUp, lineAt, fileSwitches, counters }: Figures,
  { lagBytes }: ProcessFigures,
): readonly Metric[] {
  return [
    gauge('heyu2mqtt_source_up', "Whether heyu's log is being followed.", Number(isSourceUp)),
    gauge(
      'heyu2mqtt_source_last_line_timestamp_seconds',
      'The time of the last line.',
      lineAt > 0 ? seconds(lineAt) : [],
    ),
    gauge('heyu2mqtt_source_lag_bytes', 'Bytes of the log that are not read yet.', lagBytes ?? []),
    counter(
      'heyu2mqtt_file_switches',
      'How often the log became another file, since the start.',
      fileSwitches,
    ),
    counter('heyu2mqtt_lines_read', 'Lines that were read.', counters.lines),
    counter('heyu2mqtt_lines_unrecognised', 'Lines that were not understood.', counters.unrecognised),
    counter('heyu2mqtt_orphan_functions', 'Functions without an address.', counters.orphans),
    counter('heyu2mqtt_stamp_misfits', 'Stamps that do not fit the clock.', counters.stampMismatches),
    counter('heyu2mqtt_unmapped_signals', 'Signals of senders without an alias.', counters.unmapped),
  ];
}

/** Where a channel is ON or OFF. */
function onOff(sensors: readonly SensorFigures[]): readonly Sample[] {
  return sensors.flatMap(({ alias, values }) =>
    Object.entries(values).flatMap(([channel, value]): Sample[] =>
      value === 'ON' || value === 'OFF' ? [[{ alias, channel }, Number(value === 'ON')]] : [],
    ),
  );
}

function ofSensors({ sensors, at }: Figures): readonly Metric[] {
  const each = (value: (sensor: SensorFigures) => number): readonly Sample[] =>
    sensors.map((sensor) => [{ alias: sensor.alias }, value(sensor)]);
  const motionMs = ({ tally: { motionMs: past, motionSince } }: SensorFigures): number =>
    past + (motionSince === undefined ? 0 : Math.max(0, at - motionSince));
  return [
    gauge(
      'heyu2mqtt_sensor_info',
      'Name, model, zone and area of a sensor.',
      sensors.map(({ alias, name, model, zone = '', area = '' }) => [{ alias, name, model, zone, area }, 1]),
    ),
    gauge(
      'heyu2mqtt_sensor_state',
      'Whether a channel is ON; absent while that is not known.',
      onOff(sensors),
    ),
    counter(
      'heyu2mqtt_sensor_signals',
      'Signals since the settings were read.',
      each(({ tally }) => tally.signals),
    ),
    counter(
      'heyu2mqtt_sensor_motions',
      'Motions since the settings were read.',
      each(({ tally }) => tally.motions),
    ),
    counter(
      'heyu2mqtt_sensor_motion_seconds',
      'How long there was motion.',
      each((sensor) => seconds(motionMs(sensor))),
    ),
    counter(
      'heyu2mqtt_sensor_off_missed',
      'Motions that were ended by the hold time.',
      each(({ tally }) => tally.missedOffs),
    ),
    gauge(
      'heyu2mqtt_sensor_last_seen_timestamp_seconds',
      'When it was last heard.',
      sensors.filter(({ seenAt }) => seenAt > 0).map(({ alias, seenAt }) => [{ alias }, seconds(seenAt)]),
    ),
  ];
}

function ofZones({ zones }: Figures): readonly Metric[] {
  return [
    gauge(
      'heyu2mqtt_zone_state',
      'One for the state in which the zone is, none while that is not known.',
      zones.flatMap(({ zone, state }) =>
        SECURITY_STATES.map((each): Sample => [{ zone, state: each }, Number(each === state)]),
      ),
    ),
    gauge(
      'heyu2mqtt_zone_known',
      'Whether its state is known.',
      zones.map(({ zone, state }) => [{ zone }, Number(state !== undefined)]),
    ),
    counter(
      'heyu2mqtt_zone_alerts',
      'Alerts since the start.',
      zones.map(({ zone, alerts }) => [{ zone }, alerts]),
    ),
  ];
}

const seconds = (ms: number): number => ms / 1000;

/** OpenMetrics wants the unit of a family said if its name ends with it. */
const UNITS = ['seconds', 'bytes'];

function linesOf({ name, type, help, samples }: Metric, format: MetricsFormat): readonly string[] {
  if (samples.length === 0) return [];
  const ending = type === 'counter' ? '_total' : '';
  const family = format === 'text' ? name + ending : name;
  const unit = UNITS.find((each) => name.endsWith(`_${each}`));
  return [
    `# HELP ${family} ${escaped(help)}`,
    `# TYPE ${family} ${type}`,
    ...(format === 'openmetrics' && unit !== undefined ? [`# UNIT ${family} ${unit}`] : []),
    ...samples.map(([labels, value, own = '']) => `${name}${own || ending}${labelsText(labels)} ${value}`),
  ];
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** Nothing of it may end a line. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

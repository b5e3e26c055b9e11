/** What Home Assistant writes into its log, and which of it is a fault of ours. */

/** One record of its log; `text` may have several lines (a traceback). */
export type LogRecord = {
  readonly level: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';
  /** The Python module that wrote it. */
  readonly logger: string;
  readonly text: string;
};

const HEAD =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\S* (DEBUG|INFO|WARNING|ERROR|CRITICAL) \(.*?\) \[([^\]]+)\] (.*)$/;

/** The records in a piece of log; lines without a head belong to the record before them. */
export function logRecords(log: string): readonly LogRecord[] {
  const records: { level: LogRecord['level']; logger: string; text: string }[] = [];
  for (const line of log.split('\n')) {
    const [, level, logger, text] = HEAD.exec(line) ?? [];
    const last = records.at(-1);
    if (level !== undefined && logger !== undefined && text !== undefined) {
      records.push({ level: level as LogRecord['level'], logger, text });
    } else if (last !== undefined && line !== '') {
      last.text += `\n${line}`;
    }
  }
  return records;
}

/** At INFO only, yet faults: a state that fits no payload of its entity, a device without a name. */
const TELLING = ['No matching payload found for entity', 'always needs to include a name'];

/** Not about us: a bare machine without camera and voice software, a test that stops the broker. */
const NOT_OURS = [
  /^haffmpeg/,
  /^homeassistant\.bootstrap.*(Skipping pip installation|running Python version)/s,
  /^homeassistant\.components\.camera\.img_util/,
  /^homeassistant\.setup.*(assist_pipeline|assist_satellite|camera)/s,
  /^homeassistant\.components\.mqtt\.client.*(Disconnected from|Failed to connect to|Error returned from) MQTT server/s,
  /^homeassistant .*The client is not currently connected/s,
  /^paho\.mqtt\.client/,
  // integrations of others
  /^homeassistant\.loader.*custom integration/s,
  /^custom_components\.alarmo.*(Wrong code provided|Alarm is triggered)/s,
  /was used from \w+\. It will be removed.*custom integration/s,
  /^aiohttp_fast_zlib/,
  /logging too frequently/,
];

/**
 * The records of level WARNING or above, and those at INFO that mean a fault.
 */
export function faults(records: readonly LogRecord[]): readonly LogRecord[] {
  return records.filter(({ level, logger, text }) => {
    if (NOT_OURS.some((known) => known.test(`${logger} ${text}`))) return false;
    if (level === 'INFO') return TELLING.some((words) => text.includes(words));
    return level !== 'DEBUG';
  });
}

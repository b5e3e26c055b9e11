/**
 * The systemd unit of the service as a text: the packaged file systemd/heyu2mqtt.service, fitted to where this
 * program lies and to the systemd of this machine.
 */

/** Where the parts of the service are. */
export type UnitPlace = {
  /** Absolute path of the Node that runs the service. */
  readonly node: string;
  /** Absolute path of dist/main.js. */
  readonly program: string;
  /** Absolute path of config.yaml. */
  readonly config: string;
};

/**
 * The first systemd whose manager waits for `systemd-notify` (the barrier): before it, a message of a child that
 * has already ended is not attributed to the service, and the start would time out (systemd NEWS, version 246).
 */
export const NOTIFY_SINCE = 246;

/** The first systemd that has LoadCredential= (systemd NEWS, version 247). */
export const CREDENTIALS_SINCE = 247;

/** Directives of the unit that older versions of systemd do not know and would warn about (systemd NEWS). */
const SINCE: Readonly<Record<string, number>> = {
  ProtectHostname: 242,
  RestrictSUIDSGID: 242,
  ProtectKernelLogs: 244,
  ProtectClock: 245,
  ProtectProc: 247,
  ProcSubset: 247,
  PrivateIPC: 248,
};

/**
 * Fits the packaged unit to `place` and to systemd `version`. Below 246 it is of Type=exec, without status text
 * and watchdog, because such a systemd loses the messages of systemd-notify.
 */
export function unitText(packaged: string, place: UnitPlace, version: number): string {
  const canNotify = version >= NOTIFY_SINCE;
  const unit = paragraphs(packaged).flatMap((paragraph) => {
    const { name } = paragraph;
    if (name !== undefined && (SINCE[name] ?? 0) > version) return [];
    if (name === 'ExecStart') return [{ ...paragraph, directive: `ExecStart=${commandLine(place)}` }];
    if (canNotify) return [paragraph];
    if (name === 'Type') return [{ name, comments: [EXEC_REASON], directive: 'Type=exec' }];
    return name === 'NotifyAccess' || name === 'WatchdogSec' ? [] : [paragraph];
  });
  return unit.flatMap(({ comments, directive }) => [...comments, directive]).join('\n');
}

const EXEC_REASON =
  '# systemd before 246 loses the messages of systemd-notify: no READY, no status text, no watchdog.';

/** One line of the unit with the comment lines right above it. */
type Paragraph = {
  /** The directive's name; undefined for blank lines and section headers. */
  readonly name: string | undefined;
  readonly comments: readonly string[];
  readonly directive: string;
};

function paragraphs(text: string): Paragraph[] {
  const found: Paragraph[] = [];
  let comments: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) {
      comments.push(line);
      continue;
    }
    found.push({ name: /^([A-Za-z]+)=/.exec(line)?.[1], comments, directive: line });
    comments = [];
  }
  return found;
}

/** The ExecStart= line: words quoted, `%` and `$` doubled (systemd.service(5), "Command lines"). */
function commandLine({ node, program, config }: UnitPlace): string {
  return [node, program, 'run', '--config', config].map(quoted).join(' ');
}

function quoted(word: string): string {
  const literal = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$-]+$/.test(literal)
    ? literal
    : `"${literal.replaceAll('\\', '\\\\').replaceAll('"', String.raw`\"`)}"`;
}

/** The drop-in that hands the password file to the service; it is written only together with that file. */
export function passwordDropIn(passwordFile: string): string {
  return `# Written by "heyu2mqtt service password" together with ${passwordFile}.
# systemd reads the file as root and shows it to the service alone. Without the file the service would not start.
[Service]
LoadCredential=mqtt-password:${passwordFile}
Environment=HEYU2MQTT_MQTT_PASSWORD_FILE=/run/credentials/heyu2mqtt.service/mqtt-password
`;
}

/**
 * Our own log, with pino: for journald each line carries its priority (sd-daemon(3), `<4>`) and no time stamp,
 * because journald has its own; JSON for collectors; readable on a terminal.
 */

import { pino, type DestinationStream, type Logger } from 'pino';
import { isJournal, type Environment } from './journal.js';

/** How lines look; `auto` asks who is listening. */
export type LogFormat = 'auto' | 'journald' | 'json' | 'pretty';

/** What is written; each level includes the ones after it. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** pino's level -> priority of syslog(3). */
const PRIORITY: Readonly<Record<number, number>> = { 10: 7, 20: 7, 30: 6, 40: 4, 50: 3, 60: 2 };

function formatOf(format: LogFormat, env: Environment): Exclude<LogFormat, 'auto'> {
  if (format !== 'auto') return format;
  if (isJournal(1, env)) return 'journald';
  return process.stdout.isTTY ? 'pretty' : 'json';
}

/** One line for journald: priority, message, then the fields as key=value. */
function journalLine(line: string): string {
  const { level, msg, ...fields } = JSON.parse(line) as { level: number; msg?: string };
  const rest = Object.entries(fields).map(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${key}=${/[\s"=]/.test(text) ? JSON.stringify(text) : text}`;
  });
  return `<${PRIORITY[level] ?? 6}>${[msg ?? '', ...rest].join(' ')}\n`;
}

async function destination(format: Exclude<LogFormat, 'auto'>): Promise<DestinationStream> {
  if (format === 'pretty') {
    // loaded on a terminal only: the service does without its memory
    const { default: pretty } = await import('pino-pretty');
    return pretty({ sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname', singleLine: true });
  }
  const out = pino.destination({ dest: 1, sync: true });
  if (format === 'json') return out;
  return { write: (line) => out.write(journalLine(line)) };
}

/** Opens the log. Nothing secret is ever given to it; should it be, `password` and `url` fields are hidden. */
export async function openLog(level: LogLevel, format: LogFormat, env: NodeJS.ProcessEnv): Promise<Logger> {
  const chosen = formatOf(format, env);
  const redact = { paths: ['password', 'url', '*.password', '*.url'], censor: '[hidden]' };
  return pino({ level, redact, base: null, timestamp: chosen !== 'journald' }, await destination(chosen));
}

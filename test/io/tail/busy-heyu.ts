/**
 * A heyu that has much to say, in a process of its own: 100 events a second, each an address and a function, each of
 * these a message for which the log is opened by name at its beginning and written to at its end (poll.c
 * `check4poll`). Between messages the last file stays open.
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What heyu has written, in its order. */
type Said = {
  readonly lines: readonly string[];
  /** `A3 on`. */
  readonly events: readonly string[];
};

/** A heyu that writes. */
export type BusyHeyu = {
  readonly process: ChildProcess;
  /** Lets heyu finish its message and ends it; gives all that it has written. */
  readonly ends: () => Promise<Said>;
};

const PROGRAM = `
const fs = require('node:fs');
const [log, truth] = process.argv.slice(1);
const on = new Set();
const events = [];
const lines = [];
let fd;
let isOver = false;
process.on('SIGTERM', () => { isOver = true; });
const stamp = () => new Date().toISOString().slice(5, 19).replace('-', '/').replace('T', ' ');
const message = (text, then) => {
  if (fd !== undefined) fs.closeSync(fd);
  fd = fs.openSync(log, 'a', 0o640);
  const write = () => {
    const line = stamp() + '  ' + text;
    fs.writeSync(fd, line + '\\n');
    lines.push(line);
    setTimeout(then, 1);
  };
  if (Math.random() < 0.3) write(); else setTimeout(write, Math.random() * 6);
};
const event = () => {
  if (isOver) {
    fs.writeFileSync(truth, JSON.stringify({ lines, events }));
    process.exit(0);
  }
  const house = String.fromCharCode(65 + Math.floor(Math.random() * 4));
  const unit = 1 + Math.floor(Math.random() * 16);
  const name = house + unit;
  const isOn = !on.has(name);
  isOn ? on.add(name) : on.delete(name);
  const began = Date.now();
  message('rcvi addr unit     ' + String(unit).padStart(3) + ' : hu ' + name.padEnd(3) + ' (s_' + name + ')', () =>
    message('rcvi func ' + (isOn ? 'On' : 'Off').padStart(12) + ' : hc ' + house, () => {
      events.push(name + (isOn ? ' on' : ' off'));
      setTimeout(event, Math.max(0, 10 - (Date.now() - began)));
    }));
};
event();
`;

/** Starts a heyu that writes to `log`; `truth` is where it may write down what it has said. */
export function startBusyHeyu(log: string, truth: string): BusyHeyu {
  const process_ = spawn(process.execPath, ['-e', PROGRAM, log, truth], { stdio: 'inherit' });
  return {
    process: process_,
    ends: async () => {
      const gone = new Promise((resolve) => process_.once('exit', resolve));
      process_.kill('SIGTERM');
      await gone;
      return JSON.parse(readFileSync(truth, 'utf8')) as Said;
    },
  };
}

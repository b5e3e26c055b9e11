// A log of a million lines, 50 MB.
import { closeSync, openSync, writeSync } from 'node:fs';

const LINES = 1_000_000;
const two = (value) => String(value).padStart(2, '0');

/** A time as heyu writes it, in UTC. */
function stampOf(at) {
  const date = new Date(at);
  const [month, day] = [date.getUTCMonth() + 1, date.getUTCDate()];
  return `${two(month)}/${two(day)} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

/** House code and unit of a sensor, from 0: A1 to A16, then B1. */
export const addressOf = (index) => ({
  house: 'ABCDEFGHIJKLMNOP'[Math.floor(index / 16)],
  unit: (index % 16) + 1,
});

/** Motion of so many sensors in turn, from an instant on (epoch ms); `stepMs` is the time before each signal. */
export function writeMillion(path, { from, sensors, stepMs }) {
  const file = openSync(path, 'w');
  let at = from;
  let text = '';
  for (let index = 0; index < LINES / 2; index += 1) {
    at += stepMs(index);
    const stamp = stampOf(at);
    const sensor = index % sensors;
    const { house, unit } = addressOf(sensor);
    text += `${stamp}  rcvi addr unit      ${String(unit).padStart(2)} : hu ${house}${String(unit).padEnd(2)} (s${sensor + 1})\n`;
    text += `${stamp}  rcvi func          ${index % 11 === 10 ? 'Off' : ' On'} : hc ${house}\n`;
    if (text.length > 1_000_000) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
}

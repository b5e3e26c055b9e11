/** The mistakes that people make in YAML: line, key, what is wrong and what to do. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.js';
import { readDocument } from '../../src/config/yaml.js';

const folder = mkdtempSync(join(tmpdir(), 'hints-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Faults, else warnings, of a house: `line: key: problem -> hint`, without the name of the file. */
function told(file: 'aliases.yaml' | 'config.yaml', text: string): string[] {
  const other = file === 'aliases.yaml' ? 'config.yaml' : 'aliases.yaml';
  writeFileSync(join(folder, file), text);
  writeFileSync(
    join(folder, other),
    other === 'config.yaml' ? 'zones: { ground: {} }\n' : 'aliases: { hall: { address: A3 } }\n',
  );
  const loaded = loadConfiguration({ configFile: 'config.yaml', env: {}, version: '1', cwd: folder });
  return (loaded.ok ? loaded.configuration.warnings : loaded.problems).map(
    ({ file: of, line, key, problem, hint }) => {
      expect(of).toBe(file);
      return `${loaded.ok ? 'warning ' : ''}${line ?? '-'}: ${key}: ${problem} -> ${hint ?? 'NO HINT'}`;
    },
  );
}

const HALL = 'aliases:\n  hall:\n    address: A3\n';

describe('a mistake in aliases.yaml', () => {
  test.each<[string, string, string]>([
    // colons
    [
      'aliases\n  hall: { address: A3 }\n',
      '1: aliases',
      'a colon is missing behind "aliases" -> write aliases:',
    ],
    [
      'aliases:\n  hall\n    address: A3\n',
      '2: aliases.hall',
      'a colon is missing behind "hall" -> write hall:',
    ],
    [
      'aliases:\n  hall:\n    address A3\n    model: MS14A\n',
      '3: aliases.hall.address',
      'a colon is missing behind "address" -> write address: and the value',
    ],
    [
      `${HALL}    model MS14A\n  porch: { address: A5 }\n`,
      '4: aliases.hall.model',
      'a colon is missing behind "model"',
    ],
    [`${HALL}    model MS14A\n`, '4: aliases.hall.model', 'a colon is missing behind "model"'],
    [
      'aliases:\n  hall: { address A3, model: MS14A }\n',
      '2: aliases.hall',
      'a colon is missing behind "address"',
    ],
    [
      'aliases:\n  hall:\n    address:A3\n    model: MS14A\n',
      '3: aliases.hall.address',
      'a blank is missing behind "address:" -> write address: and a blank',
    ],
    ['aliases:\n  hall:\n    address:A3\n', '3: aliases.hall', 'a blank is missing behind "address:"'],
    [
      'aliases:\n  hall: { address: A3, model:MS14A }\n',
      '2: aliases.hall',
      'a blank is missing behind "model:"',
    ],
    [
      'aliases:\n  hall { address: A3 }\n',
      '2: aliases',
      'a colon is missing behind "hall": write hall: { ... }',
    ],
    [
      'aliases:\n  hall {address: A3}\n',
      '2: aliases',
      'a colon is missing behind "hall": write hall: { ... }',
    ],
    ['aliases:\n  hall:{ address: A3 }\n', '2: aliases', 'a blank is missing behind "hall:"'],
    [
      'aliases:\n  hall:\n    address = A3\n    model = MS14A\n',
      '3: aliases.hall',
      'there is = for a colon -> write address: and the value',
    ],
    [`${HALL}    name:: x\n`, '4: aliases.hall', 'two colons'],
    [`${HALL}    name\uff1a x\n`, '4: aliases.hall', 'wide one'],
    ['aliases: hall: { address: A3 }\n', '1: aliases', 'write hall: into the next line, indented'],
    ['aliases:\n  hall: address: A3 }\n', '2: aliases.hall', '"address:" is in the line of "hall:"'],
    // commas and brackets
    [
      'aliases:\n  hall: { address: A3 model: MS14A }\n',
      '2: aliases.hall',
      'a comma is missing before "model" -> write , before model:',
    ],
    [
      'aliases:\n  hall: { address: A3; model: MS14A }\n',
      '2: aliases.hall',
      'there is ; for a comma -> write , before model:',
    ],
    [
      'aliases:\n  hall: { address: A3\n  porch: { address: A5 }\n',
      '2: aliases.hall',
      'the bracket { is not closed -> put } behind the last value',
    ],
    [
      'aliases:\n  hall: { address: A3, sources: [rcvi, rcva }\n',
      '2: aliases.hall',
      'the bracket [ is not closed -> put ]',
    ],
    [
      'aliases:\n  hall: { address: A3 }}\n',
      '2: aliases.hall',
      'one bracket too many -> remove the last one',
    ],
    [
      'aliases:\n  hall: { address: A3 },\n  porch: { address: A5 }\n',
      '2: aliases.hall',
      'a comma at the end of the line -> remove it',
    ],
    ['aliases:\n  hall: ( address: A3 )\n', '2: aliases.hall', 'round brackets -> write { and }'],
    [`${HALL}    zone: ground;\n`, '4: aliases.hall.zone', 'remove the ; at the end of the line'],
    // blanks that are none, tabs
    ['aliases:\n\u00a0\u00a0hall:\n    address: A3\n', '2: ', 'no-break space'],
    [
      'aliases:\n  hall:\n   \u00a0address: A3\n    model: MS14A\n',
      '3: aliases.hall.address',
      'begins with a no-break space',
    ],
    [
      'aliases:\n  hall:\n    address:\u00a0A3\n    model: MS14A\n',
      '3: aliases.hall.address',
      'no-break space',
    ],
    ['aliases:\n  hall: {\u00a0address: A3 }\n', '2: aliases.hall', 'no-break space'],
    [`${HALL}    \u200bmodel: MS14A\n`, '4: aliases.hall', 'only looks like a blank'],
    [
      'aliases:\n\thall: { address: A3 }\n',
      '2: aliases.hall',
      'tabs are not allowed as indentation -> indent with blanks',
    ],
    [`${HALL}\tmodel: MS14A\n`, '4: aliases.hall.model', 'tabs are not allowed as indentation'],
    [
      'aliases:\n  hall:\n  \taddress: A3\n    model: MS14A\n',
      '3: aliases.hall.address',
      'tabs are not allowed as indentation',
    ],
    // texts that need quotes
    [
      `${HALL}    name: Hall: upstairs\n`,
      '4: aliases.hall.name',
      'a text contains ": " -> put the text into quotes: name: "..."',
    ],
    [
      'aliases:\n  hall: { name: Hall: upstairs, address: A3 }\n',
      '2: aliases.hall',
      'put the text into quotes: name: "..."',
    ],
    [
      'aliases:\n  hall: { address: A3, name: Room #3 }\n',
      '2: aliases.hall',
      'the text after # is a comment',
    ],
    [
      `${HALL}    name: #3\n`,
      '4: aliases.hall.name',
      'has no value -> put text that begins with # into quotes',
    ],
    [`${HALL}    name: @home\n`, '4: aliases.hall.name', 'put text that begins with @ into quotes'],
    [`${HALL}    name: %x\n`, '4: aliases.hall.name', 'put text that begins with % into quotes'],
    [`${HALL}    name: \`x\`\n`, '4: aliases.hall.name', 'put text that begins with ` into quotes'],
    [`${HALL}    name: !important\n`, '4: aliases.hall.name', 'put text that begins with ! into quotes'],
    [`${HALL}    name: & co\n`, '4: aliases.hall.name', 'put text that begins with & into quotes'],
    [`${HALL}    name: &co\n`, '4: aliases.hall.name', 'put text that begins with & into quotes'],
    [`${HALL}    name: *hall*\n`, '4: aliases.hall.name', 'put text that begins with * into quotes'],
    [`${HALL}    name: - x\n`, '4: aliases.hall.name', 'a value begins with a dash -> put it into quotes'],
    [`${HALL}    name: [Hall] left\n`, '4: aliases.hall.name', 'put the text into quotes'],
    // quotes
    [
      `${HALL}    name: "Hall\n`,
      '4: aliases.hall.name',
      'the quote " is not closed -> put " at the end of the text',
    ],
    [`${HALL}    name: "Hall\n  b: { address: A9 }\n`, '4: aliases.hall.name', 'the quote " is not closed'],
    [
      `${HALL}    name: 'Hall"\n    model: MS14A\n`,
      '4: aliases.hall.name',
      "the quote ' is not closed -> put ' at the end",
    ],
    ['aliases:\n  hall: { address: "A3, model: MS14A }\n', '2: aliases.hall', 'the quote " is not closed'],
    [
      `${HALL}    name: 'Bob's room'\n`,
      '4: aliases.hall.name',
      'ends in the middle of the text -> put the whole text between double quotes',
    ],
    [`${HALL}    name: "Hall" up\n`, '4: aliases.hall.name', 'ends in the middle of the text'],
    [`${HALL}    name: "C:\\house"\n`, '4: aliases.hall.name', 'backslash'],
    ['aliases:\n  hall:\n    address: “A3”\n', '3: aliases.hall.address', 'write straight quotes'],
    ['aliases:\n  “hall”: { address: A3 }\n', '2: aliases', 'write straight quotes'],
    [`${HALL}    name: “Hall: up”\n`, '4: aliases.hall.name', 'write straight quotes'],
    // twice
    [
      `${HALL}    dusk: A4\n    dusk: A5\n`,
      '5: aliases.hall.dusk',
      '"dusk" is there twice, first in line 4 -> keep one of them',
    ],
    [
      'aliases:\n  hall: { address: A3, dusk: A4, dusk: A5 }\n',
      '2: aliases.hall.dusk',
      'twice, in this line -> keep one of them',
    ],
    [
      `${HALL}  hall: { address: A7 }\n`,
      '4: aliases.hall',
      '"hall" is there twice, first in line 2 -> give one of them another name',
    ],
    [`${HALL}aliases:\n  b: { address: A9 }\n`, '4: aliases', 'write the keys of both below one aliases:'],
    // indentation
    ['aliases:\nhall:\n  address: A3\n', '2: hall', 'write aliases below aliases:, indented'],
    [
      'aliases:\n  hall:\n  address: A3\n',
      '2: aliases.hall',
      'indent address and the lines that belong to hall deeper than hall',
    ],
    [`${HALL}  model: MS14A\n`, '4: aliases.model', 'model is a key of the alias above: indent it deeper'],
    [`${HALL}     model: MS14A\n`, '4: aliases.hall.model', 'indented deeper than the line above'],
    [
      'aliases:\n  hall:\n     address: A3\n    model: MS14A\n',
      '4: aliases.hall.model',
      'is indented by 4 blanks, "address" in line 3 by 5 -> indent it by 5 blanks',
    ],
    [
      'aliases:\n  hall: { address: A3 }\n porch: { address: A5 }\n',
      '3: aliases.porch',
      'is indented by 1 blank, "hall" in line 2 by 2 -> indent it by 2 blanks',
    ],
    // of a line between two others, the lines around it are right
    [
      `${HALL}   model: MS14A\n    zone: ground\n    name: Hall\n`,
      '4: aliases.hall.model',
      'is indented by 3 blanks, "address" in line 3 by 4 -> indent it by 4 blanks',
    ],
    [
      `${HALL}   # a comment\n\n   model: MS14A # another\n    # and one\n    zone: ground\n`,
      '6: aliases.hall.model',
      'is indented by 3 blanks, "address" in line 3 by 4',
    ],
    [
      `${HALL}   zone: ground\n  porch: { address: A5 }\n`,
      '4: aliases.hall.zone',
      'is indented by 3 blanks, "address" in line 3 by 4',
    ],
    [
      `${HALL}  model: MS14A\n    zone: ground\n`,
      '4: aliases.model',
      'is indented by 2 blanks, "address" in line 3 by 4 -> indent it by 4 blanks',
    ],
    [
      `${HALL}     model: MS14A\n    zone: ground\n`,
      '4: aliases.hall.model',
      'is indented by 5 blanks, "address" in line 3 by 4 -> indent it by 4 blanks',
    ],
    [
      'aliases:\n hall:\n  address: A3\n  model: MS14A\n   zone: ground\n',
      '5: aliases.hall.zone',
      'is indented by 3 blanks, "model" in line 4 by 2 -> indent it by 2 blanks',
    ],
    [
      'aliases:\n hall: { address: A3 }\n  porch: { address: A5 }\n',
      '3: aliases.porch',
      'is indented by 2 blanks, "hall" in line 2 by 1 -> indent it by 1 blank',
    ],
    [
      `${HALL}porch:\n    address: A5\n    model: MS14A\n  front_door:\n    address: A7\n`,
      '4: porch',
      'is indented by 0 blanks, "hall" in line 2 by 2 -> indent it by 2 blanks',
    ],
    [
      `${HALL}porch: { address: A5 }\n  front_door:\n    address: A7\n`,
      '4: porch',
      'is indented by 0 blanks, "hall" in line 2 by 2',
    ],
    [
      `${HALL} porch:\n    address: A5\n  front_door:\n    address: A7\n`,
      '4: aliases.porch',
      'is indented by 1 blank, "hall" in line 2 by 2',
    ],
    [
      `${HALL}   porch:\n    address: A5\n  front_door:\n    address: A7\n`,
      '4: aliases.hall.porch',
      'is indented by 3 blanks, "hall" in line 2 by 2',
    ],
    [
      'aliases:\n  hall: { address: A3 }\n  porch: { address: A5 }\n    dusk: A6\n',
      '4: aliases.dusk',
      'indented deeper than the line above, which has its value already -> write it between { and } of "porch"',
    ],
    // dashes, comments, other things
    ['aliases:\n  - hall: { address: A3 }\n', '2: aliases', 'is a list -> remove the dash'],
    [
      'aliases:\n  hall:\n    - address: A3\n    - model: MS14A\n',
      '3: aliases.hall',
      'is a list -> remove the dash',
    ],
    [`${HALL}    -model: MS14A\n`, '4: aliases.hall', 'there is a dash before "model"'],
    ['aliases:\n  hall: { address: A3 }  // the hall\n', '2: aliases.hall', 'a comment begins with #'],
    ['aliases:\n  // hall\n  hall: { address: A3 }\n', '2: aliases', 'a comment begins with #'],
    [`${HALL}    ; comment\n`, '4: aliases.hall', 'a comment begins with #'],
    ['<<<<<<< HEAD\naliases:\n  hall: { address: A3 }\n=======\n>>>>>>> x\n', '1: ', 'merge conflict'],
    [`${HALL}---\n${HALL}`, '4: ', 'one document'],
    ['aliases:\n\0\0\0\0', '2: ', 'zero bytes'],
  ])('%j', (text, place, words) => {
    const [first = 'nothing is told'] = told('aliases.yaml', text);
    expect(first.startsWith(place), first).toBe(true);
    expect(first).toContain(words);
  });

  test('is found where one line of a file is indented wrongly', () => {
    const lines = `# the house
aliases:
  hall:
    address: A3
    model: MS14A
    zone: ground
    name: Hall
  porch: { address: A5, model: MS14A }
  # the door
  front_door: # in front
    address: C2
    model: DS10A
    zone: ground

  garage:
    address: C4
    type: garage
`.split('\n');
    // the first two lines are not in question
    const mistakes = lines.slice(2).flatMap((line, index) =>
      [0, 1, 2, 3, 4, 5, 6].map((indent) => ({
        line: index + 3,
        text: lines.with(index + 2, ' '.repeat(indent) + line.trim()).join('\n'),
      })),
    );
    const found = mistakes.flatMap(({ line, text }) =>
      readDocument(text, 'aliases.yaml')
        .problems.filter(({ problem }) => problem.startsWith('not YAML'))
        .map((problem) => ({ line, problem })),
    );
    expect(found.filter(({ line, problem }) => problem.line !== line)).toEqual([]);
    expect(found.length).toBeGreaterThan(60);
  });

  test.each([
    ['name: Room #3', 'the text after # is a comment -> put text that contains # into quotes'],
    ['name: “Hall”', 'typographic quotes are part of the text -> write straight quotes'],
    ['name: „Diele“', 'typographic quotes are part of the text -> write straight quotes'],
    ['name: Hall"', 'the quote at the end is part of the text'],
  ])('that YAML accepts is a warning: %s', (line, words) => {
    expect(told('aliases.yaml', `${HALL}    ${line}\n`)).toEqual([
      expect.stringMatching(/^warning 4: aliases\.hall\.name: /) as string,
    ]);
    expect(told('aliases.yaml', `${HALL}    ${line}\n`)[0]).toContain(words);
  });

  test.each([
    'name: Bad\u00a0Zimmer',
    'name: "Hall: upstairs"',
    "name: 'Hall: upstairs'",
    'name: "Room #3"',
    'name: Room#3',
    'name: Hall # the room downstairs',
    'name: "Hall" #left',
    'hold: 5m # five minutes',
    'hold: 5m #five',
    "name: Bob's room",
    'name: 5" pipe',
    'name: "“Hall”"',
    'name : Hall',
    'name:\tHall',
    'name: a = b; c // d',
    'name: Hall (left)',
    'name: 12:30',
    'name: |-\n      Hall',
    'name: O’Brien’s room',
    'area: "it\'s"',
    'sources: [rcvi, rcva]',
  ])('is not this: %s', (line) => {
    expect(told('aliases.yaml', `${HALL}    ${line}\n`)).toEqual([]);
  });

  test.each([
    [
      `${HALL}    hold: five\n`,
      '4: aliases.hall.hold: "five" is not a valid duration -> write it as 90s, 5m or 24h',
    ],
    [`${HALL}    nmae: x\n`, '4: aliases.hall.nmae: unknown key -> did you mean "name"?'],
    [`${HALL}    name:\n`, '4: aliases.hall.name: has no value -> write a value or remove the line'],
    ['aliases:\n  hall: A3\n', '2: aliases.hall: must be a section -> write at least { address: A3 }'],
  ])('with a hint of its own keeps that: %j', (text, row) => {
    expect(told('aliases.yaml', text)).toEqual([row]);
  });
});

describe('a mistake in config.yaml', () => {
  test.each<[string, string, string]>([
    ['mqtt\n', '1: ', 'a colon is missing behind "mqtt" -> write mqtt:'],
    ['mqtt\n  url: mqtt://b\n', '1: mqtt', 'a colon is missing behind "mqtt"'],
    ['mqtt:\n  url:mqtt://b\n', '2: mqtt', 'a blank is missing behind "url:"'],
    ['mqtt:\n  url:mqtt://b\n  username: x\n', '2: mqtt.url', 'a blank is missing behind "url:"'],
    ['mqtt:\n  password: @secret\n', '2: mqtt.password', 'put text that begins with @ into quotes'],
    ['mqtt:\n  password: "secret\n  username: x\n', '2: mqtt.password', 'the quote " is not closed'],
    ['cron:\n  summary: */5 * * * *\n', '2: cron.summary', '"*/5 * * * *"'],
    ['mqtt:\n  username: x\n  username: y\n', '3: mqtt.username', 'twice, first in line 2'],
    ['zones:\n  - ground: {}\n', '2: zones', 'remove the dash'],
    [
      'heyu:\n  log: x\nmqtt:\n    username: y\n  client_id: z\n',
      '5: mqtt.client_id',
      'is indented by 2 blanks, "username" in line 4 by 4 -> indent it by 4 blanks',
    ],
    [
      'mqtt:\n  tls:\n    ca: x\n  username: y\n    client_id: z\n',
      '5: mqtt.client_id',
      'indented deeper than the line above, which has its value already -> indent it by 2 blanks',
    ],
    [
      'zones:\n  ground:\n    name: x\nupper:\n    name: y\n  cellar:\n    name: z\n',
      '4: upper',
      'is indented by 0 blanks, "ground" in line 2 by 2 -> indent it by 2 blanks',
    ],
    ['zones:\n  ground:\n    state_topic: a: b\n', '3: zones.ground.state_topic', 'a text contains ": "'],
  ])('%j', (text, place, words) => {
    const [first = 'nothing is told'] = told('config.yaml', text);
    expect(first.startsWith(place), first).toBe(true);
    expect(first).toContain(words);
    expect(first).not.toContain('secret');
  });

  test('a password of which a part is taken for a comment', () => {
    expect(told('config.yaml', 'mqtt:\n  username: x\n  password: abc #def\n')).toContain(
      'warning 3: mqtt.password: the text after # is a comment -> put text that contains # into quotes',
    );
  });
});

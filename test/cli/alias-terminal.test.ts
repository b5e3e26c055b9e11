import { appendFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { house } from './run-cli.js';
import { atTerminal, KEY } from './terminal-session.js';

const at = (args: readonly string[], config: string) => atTerminal([...args, '--config', config]);

describe('alias import at a terminal', () => {
  it('asks what heyu does not say, and writes when it may', async () => {
    const { path, read } = house({
      x10config: 'ALIAS hall A3 MS14A RFFORWARD\nALIAS stairs A4 MS14A RFFORWARD\nALIAS kitchen C1\n',
    });
    rmSync(path('aliases.yaml'));
    const session = at(['alias', 'import'], path('config.yaml'));
    await session.sees('What is kitchen (C1)?');
    session.types(KEY.down); // from the last-but-one, an appliance, to a remote control
    session.types(KEY.enter);
    await session.sees('Is stairs (A4) the dusk sensor of hall?');
    session.types('y');
    await session.sees('Write ');
    session.types(KEY.enter);
    await session.sees('written: ');
    expect(await session.ends()).toBe(0);
    expect(read('aliases.yaml')).toContain(
      '  hall:\n    address: A3\n    model: MS14A\n    name: Hall\n    dusk: A4\n',
    );
    expect(read('aliases.yaml')).toContain('type: remote');
    expect(read('aliases.yaml')).not.toContain('stairs');
  });

  it('writes nothing when it is called off', async () => {
    const { path, read } = house({ x10config: 'ALIAS porch A9 MS13A RFFORWARD\n' });
    const before = read('aliases.yaml');
    const session = at(['alias', 'import'], path('config.yaml'));
    await session.sees('Write ');
    session.types(KEY.ctrlC);
    await session.sees('cancelled, nothing was written');
    expect(await session.ends()).toBe(1);
    expect(read('aliases.yaml')).toBe(before);
  });
});

describe('alias learn at a terminal', () => {
  it('shows what is heard, and names it', async () => {
    const { path, read } = house();
    const heard = (unit: number, label: string) =>
      appendFileSync(
        path('heyu.log'),
        `11/22 15:00:00  rcvi addr unit      ${unit} : hu A${unit}  (${label})\n11/22 15:00:00  rcvi func           On : hc A\n`,
      );
    const session = at(['alias', 'learn'], path('config.yaml'));
    await session.sees('Enter = name what was heard');
    heard(3, 'hall_motion');
    await session.sees('motion');
    await session.sees('hall_motion');
    heard(9, '_no_alias_');
    await session.sees('no name yet');
    session.types(KEY.enter);
    await session.sees('A9 has no name here');
    session.types(KEY.enter);
    await session.sees('Which alias does it get?');
    session.types(`porch${KEY.enter}`);
    await session.sees('What is A9?');
    session.types(KEY.enter);
    await session.sees('Its name for people?');
    session.types(KEY.enter);
    await session.sees('Which zone does it guard?');
    session.types(KEY.enter);
    await session.sees('written: ');
    heard(9, '_no_alias_');
    await session.sees('porch');
    session.types('q');
    expect(await session.ends()).toBe(0);
    expect(read('aliases.yaml')).toContain('  porch:\n    address: A9\n    name: Porch\n    zone: ground\n');
  });

  it('offers who was heard last first, and goes on after Escape and a refused entry', async () => {
    const { path, read, write } = house();
    const log = (lines: string) => appendFileSync(path('heyu.log'), lines);
    const press = (stamp: string, unit: number) =>
      log(
        `${stamp}  rcvi addr unit      ${unit} : hu A${unit}  (_no_alias_)\n${stamp}  rcvi func           On : hc A\n`,
      );
    for (let hour = 10; hour < 15; hour += 1) press(`11/22 ${hour}:00:00`, 8);
    const session = at(['alias', 'learn'], path('config.yaml'));
    await session.sees('Enter = name what was heard');
    log('11/22 15:00:00  rcva func        Alert : hu C2  swMin (front_door)\n');
    await session.sees('door opened');
    press('11/22 15:00:01', 9);
    await session.sees('no name yet');
    session.types(KEY.enter);
    await session.sees('A9 has no name here');
    session.types(KEY.enter);
    await session.sees('Which alias does it get?');
    session.types(KEY.escape);
    await session.sees('cancelled, nothing was written');
    await session.sees('listening');
    session.types(KEY.enter);
    await session.sees('A9 has no name here');
    session.types(KEY.enter);
    await session.sees('Which alias does it get?');
    session.types(`porch${KEY.enter}`);
    await session.sees('What is A9?');
    // somebody else takes the name meanwhile
    write('aliases.yaml', `${read('aliases.yaml')}\n  porch:\n    address: B1\n`);
    session.types(KEY.enter);
    await session.sees('Its name for people?');
    session.types(KEY.enter);
    await session.sees('Which zone does it guard?');
    session.types(KEY.enter);
    await session.sees('there is an alias "porch" already');
    await session.sees('listening');
    session.types('q');
    expect(await session.ends()).toBe(0);
    expect(read('aliases.yaml')).not.toContain('A9');
  });

  it('says so when a sensor was given no zone', async () => {
    const { path } = house();
    const session = at(['alias', 'learn'], path('config.yaml'));
    await session.sees('Enter = name what was heard');
    appendFileSync(
      path('heyu.log'),
      '11/22 15:00:00  rcvi addr unit      9 : hu A9  (_no_alias_)\n11/22 15:00:00  rcvi func           On : hc A\n',
    );
    await session.sees('no name yet');
    session.types(KEY.enter);
    await session.sees('A9 has no name here');
    for (const question of ['Which alias does it get?', 'What is A9?', 'Its name for people?']) {
      session.types(KEY.enter);
      await session.sees(question);
    }
    session.types(KEY.enter);
    await session.sees('Which zone does it guard?');
    session.types(KEY.down);
    session.types(KEY.enter);
    await session.sees('can never raise an alert: it has no zone');
    session.types('q');
    expect(await session.ends()).toBe(0);
  });

  it('takes a security sender with a delay switch for a contact', async () => {
    const { path, read } = house({ x10config: 'TTY /dev/ttyS0\n' });
    const session = at(['alias', 'learn'], path('config.yaml'));
    await session.sees('Enter = name what was heard');
    appendFileSync(path('heyu.log'), '11/22 15:00:00  rcva func        Alert : hu C7  swMin (sec_door)\n');
    await session.sees('sec_door');
    session.types(KEY.enter);
    await session.sees('C7 has no name here');
    for (const question of [
      'Which alias does it get?',
      'What is C7?',
      'Its name for people?',
      'Which zone does it guard?',
    ]) {
      session.types(KEY.enter);
      await session.sees(question);
    }
    session.types(KEY.enter);
    await session.sees('written: ');
    session.types('q');
    expect(await session.ends()).toBe(0);
    expect(read('aliases.yaml')).toContain('  sec_door:\n    address: C7\n    type: door\n');
  });

  it('waits for a log that does not exist yet', async () => {
    const { path } = house();
    rmSync(path('heyu.log'));
    const session = at(['alias', 'learn'], path('config.yaml'));
    await session.sees('does not exist');
    session.types('q');
    expect(await session.ends()).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { Anonymizer } from '../../src/bridge/anonymous.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';

const core = coreSettings({
  baseTopic: 'villa/x10',
  sensors: [
    sensorSettings('A3', 'MS14A', {
      alias: 'annas_room',
      name: 'Anna\'s "den"',
      zone: 'rosa',
      area: 'Annex',
    }),
    sensorSettings('A5', 'MS14A', { alias: 'motion', name: 'Motion', zone: 'rosa' }),
    sensorSettings('C1', 'DS10A', { alias: 'annas_room.window', name: 'Window', zone: 'rosa' }),
  ],
  zones: [zoneSettings('rosa', { name: 'Casa Rosa' })],
});

describe('a text without names', () => {
  it.each([
    ['zone rosa: annas_room is open', 'zone zone1: sensor1 is open'],
    ['Casa Rosa: Annas room, ANNAS-ROOM.WINDOW', 'zone1: sensor1, sensor2'],
    ['villa/x10/annas_room/motion', 'name1/x10/sensor1/motion'],
    ['villa_annas_room_motion', 'name1_sensor1_motion'],
    // what is a word of the program, or a part of another, tells nothing
    ['motion at 02:10:13 (rcvi A3 On), prosa', 'motion at 02:10:13 (rcvi A3 On), prosa'],
    ['/home/anna/.heyu/x10config:12: no', '/path1/x10config:12: no'],
    ['/home/anna/.heyu/emma.log', '/path2'],
    ['/home/anna/.heyu/heyu.log.ttyS0', '/path1/heyu.log.ttyS0'],
    ['/etc/heyu2mqtt/config.yaml and /var/log/heyu/heyu.log.ttyUSB0', undefined],
    [
      'mqtt://broker.villa.example:1883 (ECONNREFUSED 192.168.7.9:1883)',
      'mqtt://host1:1883 (ECONNREFUSED host2:1883)',
    ],
    ['mqtt://localhost:1883, 127.0.0.1, ::1, fe80::17', 'mqtt://localhost:1883, 127.0.0.1, ::1, host3'],
    ['Sec 0x22: heyu maps no such id (Data 0x0C)', 'Sec 0x01: heyu maps no such id (Data 0x0C)'],
    ['ALIAS door A5 DS90 0x22 0x3f', 'ALIAS door A5 DS90 0x01 0x02'],
    ['RFdata : Type VISONIC ID 0x050201 Data 0x22', 'RFdata : Type VISONIC ID 0x000003 Data 0x22'],
    ['"rosa": 11-22 15:28 Europe/Berlin, 5m', '"zone1": 11-22 15:28 Europe/Berlin, 5m'],
  ])('%s', (text, shown = text) => {
    const hide = new Anonymizer().learn(core);
    for (const before of [
      '/home/anna/.heyu/x10config',
      '/home/anna/.heyu/emma.log',
      'mqtt://broker.villa.example:1883 192.168.7.9',
      'Sec 0x22 0x3f',
    ])
      hide.text(before);
    expect(hide.text(text)).toBe(shown);
  });

  it.each([
    ['"kitchn" is not a zone; "off" is', '"name3" is not a zone; "off" is'],
    ['left: villa/x10/old_aunt/motion, homeassistant/device/x10_a5/config', undefined],
    ['write it as "5m" or/and "0"', 'write it as "5m" or/and "0"'],
  ])('in sentences also what nobody has named: %s', (text, shown) => {
    const hide = new Anonymizer(['or']).learn(core);
    expect(hide.sentence(text)).toBe(
      shown ?? 'left: name1/x10/name3/motion, homeassistant/device/x10_a5/config',
    );
  });

  it.each([
    ['Engine started', 'Engine started'],
    ['Phone of Anna 5551234 at 17:05', 'xxxxx xx xxxx 0000000 xx 17:05'],
    ['rcvi func  Alrt : hu A3 (annas_room)', 'rcvi func  xxxx : hu A3 (sensor1)'],
  ])('of what others write into the log only the form: %s', (text, shown) => {
    expect(new Anonymizer().learn(core).heard(text)).toBe(shown);
  });

  it('hides names that only an answer knows, and those within payloads', () => {
    const hide = new Anonymizer().learn(core);
    const payload = JSON.stringify({ alias: 'annas_room', text: 'Motion: Anna\'s "den"' });
    expect(
      hide.json({
        words: ['alert for old_attic, disarmed by Emma'],
        facts: [{ alias: 'old_attic', at: 3, by: 'Emma' }, { payload }],
      }),
    ).toEqual({
      words: ['alert for sensor3, disarmed by name3'],
      facts: [
        { alias: 'sensor3', at: 3, by: 'name3' },
        { payload: JSON.stringify({ alias: 'sensor1', text: 'Motion: sensor1' }) },
      ],
    });
  });
});

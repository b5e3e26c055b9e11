import { describe, expect, it } from 'vitest';
import { nameFor, saysDuskOf, saysMotion, typeIn, wordsOf } from '../../src/alias/words.js';

describe('a name for people', () => {
  it.each([
    ['hall_motion', 'Hall'],
    ['hall_pir_2', 'Hall 2'],
    ['HALL_MOTION', 'Hall'],
    ['HallMotion', 'Hall'],
    ['front-door.motion', 'Front door'],
    ['kitchen', 'Kitchen'],
    ['garage_door', 'Garage door'],
    ['TV_room', 'TV room'],
    ['Living_Room_Motion', 'Living room'],
    ['motion', 'Motion'],
    ['motion_1', 'Motion 1'],
    ['motion3', 'Motion 3'],
    ['pir_sensor', 'Pir sensor'],
    ['sec_ds90', 'Sec DS90'],
    ['sec_ms90', 'Sec MS90'],
    ['dm10', 'DM10'],
    ['hall_ms14a', 'Hall MS14A'],
    ['SEC_DS90', 'Sec DS90'],
    ['sec_keyfob2', 'Sec keyfob 2'],
    ['remote2', 'Remote 2'],
    ['rain8', 'Rain 8'],
    ['A3', 'A3'],
    ['.', '.'],
    ['X234567890123456789012345678901_', 'X234567890123456789012345678901'],
  ])('of %s is %s', (label, name) => {
    expect(nameFor(label)).toBe(name);
  });

  it('keeps every word when it is asked to', () => {
    expect(nameFor('hall_motion', true)).toBe('Hall motion');
  });
});

describe('a dusk unit', () => {
  it.each([
    ['hall_dark', 'hall_motion', true],
    ['hall_dusk', 'garage_motion', true],
    ['photocell', 'hall_motion', true],
    ['daylight_hall', 'hall', true],
    ['hall_light', 'hall_motion', true],
    ['hallLight', 'hall_pir', true],
    ['light', 'motion', true],
    ['night_hall', 'hall_motion_sensor', true],
    ['kitchen_light', 'hall_motion', false],
    ['hall2', 'hall', false],
    ['hall_motion2', 'hall_motion', false],
    ['hall_motion_dark', 'hall_motion', true],
    ['den_ms_ldr', 'den_ms', true],
    ['den_ls', 'den_ms', true],
    ['dark_hall_motion', 'hall_motion', true],
    ['hall_motion_upper', 'hall_motion', false],
    ['dark_room_motion', 'hall_motion', false],
    ['lighthouse', 'hall', false],
    ['darkroom', 'hall_motion', false],
  ])('%s beside %s: %s', (label, motion, says) => {
    expect(saysDuskOf(label, motion)).toBe(says);
  });
});

describe('words', () => {
  it.each([
    ['hall_motion-2', ['hall', 'motion', '2']],
    ['hallMotion2', ['hall', 'motion', '2']],
    ['__x..y', ['x', 'y']],
  ])('of %s are %j', (label, words) => {
    expect(wordsOf(label)).toEqual(words);
  });

  it('speak of motion as a word, not as a part of one', () => {
    expect(saysMotion('hall_Motion')).toBe(true);
    expect(saysMotion('emotional')).toBe(false);
  });

  it('speak of a type only when that type is possible', () => {
    expect(typeIn('bath_window', ['window', 'door'])).toBe('window');
    expect(typeIn('bath_window', ['light'])).toBeUndefined();
    expect(typeIn('bath', ['window', 'door'])).toBeUndefined();
  });
});

describe('the type that a label speaks of', () => {
  it.each([
    ['garage_house_door', 'door'],
    ['garage_door', 'garage'],
    ['garage', 'garage'],
    ['garage_window', 'window'],
    ['garage_motion', 'motion'],
    ['garage_door_light', 'light'],
    ['window_light', 'light'],
    ['light_motion', 'motion'],
    ['motion_light', 'motion'],
    ['back_door_window', 'window'],
    ['carport', 'garage'],
    ['cellar', undefined],
  ] as const)('%s: %s', (label, type) => {
    expect(typeIn(label, ['motion', 'window', 'garage', 'door', 'light'])).toBe(type);
  });
});

import { describe, expect, it } from 'vitest';
import { defaultEntityId, slug, topicId } from '../../src/homeassistant/device.js';
import { fc } from '../support/property.js';

describe('slug', () => {
  it.each([
    ['hall', 'hall'],
    ['Hall Motion', 'hall_motion'],
    ['home/x10/hall', 'home_x10_hall'],
    ['Gerätehütte', 'geratehutte'],
    ['Größe', 'grosse'],
    ['Łazienka', 'lazienka'],
    ['--a..b--', 'a_b'],
    ['廊下', ''],
    ['', ''],
  ])('writes %j as %j', (text, expected) => {
    expect(slug(text)).toBe(expected);
  });

  it('never writes what an entity id cannot hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(slug(text)).toMatch(/^([a-z0-9]+(_[a-z0-9]+)*)?$/);
        expect(slug(slug(text))).toBe(slug(text));
      }),
    );
  });
});

describe('topicId', () => {
  it('leaves alone what a discovery topic allows and replaces the rest', () => {
    expect(topicId('Cellar-2_a3')).toBe('Cellar-2_a3');
    expect(topicId('my house/a.3')).toBe('my_house_a_3');
  });
});

describe('defaultEntityId', () => {
  it.each([
    ['binary_sensor', 'hall', 'motion', 'binary_sensor.hall_motion'],
    ['binary_sensor', 'hall_motion', 'motion', 'binary_sensor.hall_motion'],
    ['binary_sensor', 'motion', 'motion', 'binary_sensor.motion'],
    ['binary_sensor', 'emotion', 'motion', 'binary_sensor.emotion_motion'],
    ['sensor', 'hall_motion', 'last_seen', 'sensor.hall_motion_last_seen'],
    ['light', 'garden/porch', '', 'light.garden_porch'],
    ['binary_sensor', '廊下', 'motion', 'binary_sensor.cellar_a3_motion'],
  ])('%s of %s, channel %j, is %s', (platform, name, channel, expected) => {
    expect(defaultEntityId(platform, name, 'cellar_a3', channel)).toBe(expected);
  });
});

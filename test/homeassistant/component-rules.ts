/** Rules for one component: an entity of each platform, or a device trigger. */
import {
  availabilityFaults,
  closed,
  isObject,
  isText,
  show,
  topicFaults,
  word,
  type Item,
  type JsonObject,
} from './rules.js';
import * as tables from './tables.js';

export function triggerFaults({ config, form }: Item, where: string): string[] {
  const allowed = [
    ...tables.TRIGGER.required,
    ...tables.TRIGGER.optional,
    ...(form === 'entity' ? ['device', 'origin'] : []),
  ];
  const faults = closed(Object.keys(config), allowed, where);
  for (const key of tables.TRIGGER.required)
    if (!isText(config[key])) faults.push(`${where}: ${key} is missing`);
  if (config['automation_type'] !== 'trigger') faults.push(`${where}: automation_type must be trigger`);
  return faults;
}

function sensorFaults(config: JsonObject, where: string): string[] {
  const faults: string[] = [];
  const deviceClass = config['device_class'];
  const unit = config['unit_of_measurement'];
  const stateClass = config['state_class'];
  const options = config['options'];
  if (stateClass !== undefined && !tables.STATE_CLASSES.includes(word(stateClass))) {
    faults.push(`${where}: state_class ${show(stateClass)} is unknown`);
  }
  if (deviceClass === 'timestamp' || deviceClass === 'date' || deviceClass === 'enum') {
    if (unit !== undefined) faults.push(`${where}: a ${deviceClass} has no unit`);
    if (stateClass !== undefined) faults.push(`${where}: a ${deviceClass} has no state_class`);
  }
  if (deviceClass === 'enum') {
    if (!Array.isArray(options) || options.length === 0 || new Set(options).size !== options.length) {
      faults.push(`${where}: an enum needs options, each once`);
    }
  } else if (options !== undefined) {
    faults.push(`${where}: only an enum has options`);
  }
  const rule = tables.SENSOR_CLASSES[word(deviceClass)];
  if (rule !== undefined) {
    if (!rule.units.includes(word(unit)))
      faults.push(`${where}: ${show(unit)} is no unit of ${word(deviceClass)}`);
    if (stateClass !== undefined && !rule.stateClasses.includes(word(stateClass))) {
      faults.push(`${where}: state_class ${show(stateClass)} does not fit ${word(deviceClass)}`);
    }
  }
  return faults;
}

function eventFaults(config: JsonObject, where: string): string[] {
  const types = config['event_types'];
  if (!Array.isArray(types) || types.length === 0 || !types.every(isText)) {
    return [`${where}: event_types must be a list of texts`];
  }
  const faults = new Set(types).size === types.length ? [] : [`${where}: an event type is listed twice`];
  const standard = tables.STANDARD_EVENT_TYPES[word(config['device_class'])];
  if (standard !== undefined && !types.some((type) => standard.includes(word(type)))) {
    faults.push(`${where}: events of class ${word(config['device_class'])} have types of their own`);
  }
  return faults;
}

function platformFaults(item: Item, where: string): string[] {
  const { config, platform } = item;
  switch (platform) {
    case 'sensor':
      return sensorFaults(config, where);
    case 'event':
      return eventFaults(config, where);
    case 'alarm_control_panel': {
      const features = config['supported_features'] ?? [];
      const known =
        Array.isArray(features) && features.every((feature) => tables.PANEL_FEATURES.includes(word(feature)));
      return known ? [] : [`${where}: supported_features ${show(features)}`];
    }
    case 'light': {
      const type = config['on_command_type'] ?? 'last';
      return ['first', 'last', 'brightness'].includes(word(type))
        ? []
        : [`${where}: on_command_type ${show(type)}`];
    }
    default:
      return [];
  }
}

export function entityFaults(item: Item, where: string): string[] {
  const { config, platform, form } = item;
  const table = tables.PLATFORMS[platform];
  if (table === undefined) return [`${where}: platform ${platform} is unknown`];
  const allowed = [
    ...tables.ENTITY_KEYS,
    ...table.required,
    ...table.optional,
    ...(form === 'entity' ? ['device', 'origin'] : tables.SHARED_KEYS),
  ];
  const faults = closed(Object.keys(config), allowed, where);
  for (const key of table.required) if (!(key in config)) faults.push(`${where}: ${platform} needs ${key}`);
  if (!isText(config['unique_id'])) faults.push(`${where}: unique_id is missing`);
  const deviceClass = config['device_class'];
  if (deviceClass !== undefined && !table.classes.includes(word(deviceClass))) {
    faults.push(`${where}: ${show(deviceClass)} is no device class of ${platform}`);
  }
  const category = config['entity_category'];
  if (category !== undefined && category !== 'diagnostic' && category !== 'config') {
    faults.push(`${where}: entity_category ${show(category)}`);
  }
  if (category === 'config' && ['sensor', 'binary_sensor', 'event'].includes(platform)) {
    faults.push(`${where}: a ${platform} cannot have the category config`);
  }
  const icon = config['icon'];
  if (icon !== undefined && !/^[a-z]+:[a-z0-9-]+$/.test(word(icon)))
    faults.push(`${where}: icon ${show(icon)}`);
  const id = config['default_entity_id'];
  if (!isText(id) || !new RegExp(`^${platform}\\.[a-z0-9]+(_[a-z0-9]+)*$`).test(id)) {
    faults.push(`${where}: default_entity_id ${show(id)}`);
  }
  const name = config['name'];
  // without a name the class has one
  const isNamed = name !== undefined || deviceClass !== undefined;
  if (!isNamed) faults.push(`${where}: neither a name nor a class`);
  if (name !== undefined && name !== null && !(isText(name) && /^\p{Lu}/u.test(name)))
    faults.push(`${where}: name ${show(name)}`);
  if (isText(name) && isObject(item.device) && name.startsWith(word(item.device['name']))) {
    faults.push(`${where}: the name repeats the name of the device`);
  }
  if (config['qos'] !== 1) faults.push(`${where}: qos must be 1`);
  for (const key of ['payload_on', 'payload_off', 'value_template', 'state_value_template']) {
    if (key in config && !isText(config[key])) faults.push(`${where}: ${key} must be a text`);
  }
  for (const key of [
    'enabled_by_default',
    'visible_by_default',
    'retain',
    'optimistic',
    'code_arm_required',
  ]) {
    if (key in config && typeof config[key] !== 'boolean')
      faults.push(`${where}: ${key} must be true or false`);
  }
  if (config['retain'] === true) faults.push(`${where}: commands must not be retained`);
  return [
    ...faults,
    ...topicFaults(config, where),
    ...availabilityFaults(config, where),
    ...platformFaults(item, where),
  ];
}

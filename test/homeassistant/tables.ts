/**
 * What Home Assistant's MQTT integration takes, as tables: allowed and required keys, classes, units. Written down
 * from its documentation and source (releases of 2024 to 2026), independently of the code that is tested.
 */

export const ROOT_KEYS = [
  'device',
  'components',
  'origin',
  'availability',
  'availability_topic',
  'availability_mode',
  'availability_template',
  'payload_available',
  'payload_not_available',
  'state_topic',
  'command_topic',
  'qos',
  'encoding',
];

/** Keys at the root that a component without its own takes over. */
export const SHARED_KEYS = [
  'availability',
  'availability_topic',
  'availability_mode',
  'availability_template',
  'payload_available',
  'payload_not_available',
  'state_topic',
  'command_topic',
];

/** The device object; the value says in which form of discovery the key may be used. */
export const DEVICE_KEYS: Readonly<Record<string, 'both' | 'device'>> = {
  identifiers: 'both',
  connections: 'both',
  name: 'both',
  manufacturer: 'both',
  model: 'both',
  hw_version: 'both',
  sw_version: 'both',
  via_device: 'both',
  suggested_area: 'both',
  configuration_url: 'both',
  // Since 2024.2 and 2024.9: older releases reject the message.
  serial_number: 'device',
  model_id: 'device',
};

export const ORIGIN_KEYS = ['name', 'sw_version', 'support_url'];

/** Keys of every entity. `object_id` was removed in 2026.4 and is not among them. */
export const ENTITY_KEYS = [
  'unique_id',
  'default_entity_id',
  'name',
  'enabled_by_default',
  'visible_by_default',
  'entity_category',
  'entity_picture',
  'icon',
  'json_attributes_topic',
  'json_attributes_template',
  'message_expiry_interval',
  'qos',
  'encoding',
  'availability',
  'availability_topic',
  'availability_mode',
  'availability_template',
  'payload_available',
  'payload_not_available',
];

type PlatformTable = {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Allowed device classes. */
  readonly classes: readonly string[];
};

const BINARY_SENSOR_CLASSES =
  'battery battery_charging carbon_monoxide cold connectivity door garage_door gas glass_break heat light lock moisture motion ' +
  'moving occupancy opening plug power presence problem running safety smoke sound tamper update vibration window';

export const PLATFORMS: Readonly<Record<string, PlatformTable>> = {
  binary_sensor: {
    required: ['state_topic'],
    optional: [
      'payload_on',
      'payload_off',
      'device_class',
      'off_delay',
      'expire_after',
      'force_update',
      'value_template',
    ],
    classes: BINARY_SENSOR_CLASSES.split(' '),
  },
  sensor: {
    required: ['state_topic'],
    optional: [
      'device_class',
      'state_class',
      'unit_of_measurement',
      'options',
      'expire_after',
      'force_update',
      'suggested_display_precision',
      'value_template',
    ],
    classes: [
      'timestamp',
      'date',
      'enum',
      'temperature',
      'humidity',
      'atmospheric_pressure',
      'voltage',
      'power',
      'energy',
      'current',
      'weight',
      'wind_speed',
      'precipitation',
      'precipitation_intensity',
    ],
  },
  event: {
    required: ['state_topic', 'event_types'],
    optional: ['device_class', 'value_template'],
    classes: ['button', 'doorbell', 'motion'],
  },
  switch: {
    required: ['command_topic'],
    optional: [
      'state_topic',
      'payload_on',
      'payload_off',
      'state_on',
      'state_off',
      'retain',
      'optimistic',
      'device_class',
      'command_template',
      'value_template',
    ],
    classes: ['outlet', 'switch'],
  },
  light: {
    required: ['command_topic'],
    optional: [
      'schema',
      'state_topic',
      'payload_on',
      'payload_off',
      'retain',
      'optimistic',
      'state_value_template',
      'brightness_command_topic',
      'brightness_command_template',
      'brightness_state_topic',
      'brightness_value_template',
      'brightness_scale',
      'on_command_type',
    ],
    classes: [],
  },
  button: {
    required: ['command_topic'],
    optional: ['payload_press', 'device_class', 'retain'],
    classes: ['identify', 'restart', 'update'],
  },
  alarm_control_panel: {
    required: ['state_topic', 'command_topic'],
    optional: [
      'supported_features',
      'code',
      'code_arm_required',
      'code_disarm_required',
      'code_trigger_required',
      'command_template',
      'value_template',
      'retain',
      'payload_disarm',
      'payload_arm_home',
      'payload_arm_away',
      'payload_arm_night',
      'payload_arm_vacation',
      'payload_arm_custom_bypass',
      'payload_trigger',
    ],
    classes: [],
  },
};

/** Device triggers are no entities: they have neither a name nor a unique id. */
export const TRIGGER = {
  required: ['automation_type', 'topic', 'type', 'subtype'],
  optional: ['payload', 'value_template', 'qos', 'encoding'],
};

/** Sensors with a class: units and state classes that Home Assistant takes without a warning. */
export const SENSOR_CLASSES: Readonly<
  Record<string, { readonly units: readonly string[]; readonly stateClasses: readonly string[] }>
> = {
  temperature: { units: ['°C', '°F', 'K'], stateClasses: ['measurement'] },
  humidity: { units: ['%'], stateClasses: ['measurement'] },
  atmospheric_pressure: { units: ['hPa', 'mbar', 'kPa', 'inHg', 'mmHg'], stateClasses: ['measurement'] },
  voltage: { units: ['V', 'mV'], stateClasses: ['measurement'] },
  power: { units: ['W', 'kW'], stateClasses: ['measurement'] },
  energy: { units: ['Wh', 'kWh', 'MWh'], stateClasses: ['total', 'total_increasing'] },
  current: { units: ['A', 'mA'], stateClasses: ['measurement'] },
  weight: { units: ['kg', 'g', 'lb', 'st'], stateClasses: ['measurement'] },
  wind_speed: { units: ['m/s', 'km/h', 'mph', 'kn'], stateClasses: ['measurement'] },
  precipitation: { units: ['mm', 'cm', 'in'], stateClasses: ['total', 'total_increasing'] },
  precipitation_intensity: { units: ['mm/h', 'in/h', 'mm/d'], stateClasses: ['measurement'] },
};

export const STATE_CLASSES = ['measurement', 'total', 'total_increasing'];

export const PANEL_FEATURES = [
  'arm_home',
  'arm_away',
  'arm_night',
  'arm_vacation',
  'arm_custom_bypass',
  'trigger',
];

/** Event types that a class of events prescribes. */
export const STANDARD_EVENT_TYPES: Readonly<Record<string, readonly string[]>> = {
  doorbell: ['ring'],
  button: [
    'press_start',
    'press_end',
    'long_press_start',
    'long_press_end',
    'multi_press_ongoing',
    'multi_press_end',
  ],
};

"""Home Assistant's own verdicts on discovery messages, without starting it.

Reads JSON lines {"topic", "payload"} from stdin and writes one JSON line {"topic", "faults"} for each: what
Home Assistant's schemas have against the message, nothing for a good one. What only a running Home Assistant
notices (the same unique id twice, a device that is its own via device ...) is not seen here.
"""

import asyncio
import importlib
import json
import logging
import sys
from tempfile import gettempdir

from homeassistant.components.mqtt import discovery
from homeassistant.core import HomeAssistant

DEVICE = "device"


class Warnings(logging.Handler):
    """Collects what discovery.py only logs."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = []

    def emit(self, record):
        self.texts.append(record.getMessage())

    def take(self):
        texts, self.texts = self.texts, []
        return texts


warnings = Warnings()
logging.getLogger("homeassistant").addHandler(warnings)
logging.getLogger("homeassistant").propagate = False


def schema_of(platform):
    if platform == "device_automation":
        return importlib.import_module("homeassistant.components.mqtt.device_trigger").TRIGGER_DISCOVERY_SCHEMA
    return importlib.import_module(f"homeassistant.components.mqtt.{platform}").DISCOVERY_SCHEMA


def component_faults(key, platform, config):
    """What the schema of one platform says."""
    try:
        schema_of(platform)(discovery.MQTTDiscoveryPayload(config))
    except Exception as fault:  # noqa: BLE001, the kinds of error differ between releases
        return [f"{key}: {fault}"]
    return []


def device_faults(object_id, topic, payload):
    """What is said of a message that describes a whole device."""
    if not hasattr(discovery, "_parse_device_payload"):
        return ["this release does not know device discovery"]
    device = discovery._parse_device_payload(None, payload, topic, object_id, None)
    faults = warnings.take()
    for key, config in (device or {}).get("components", {}).items():
        platform = config.pop("platform")
        if not config:
            continue
        config["device"], config["origin"] = device["device"], device["origin"]
        discovery._merge_common_device_options(config, device)
        faults += component_faults(key, platform, config)
    return faults


def entity_faults(platform, topic, payload):
    """What is said of a message that describes one entity."""
    try:
        config = json.loads(payload)
        if not isinstance(config, dict):
            raise ValueError("no object")
    except ValueError as fault:
        return [f"unable to parse JSON: {fault}"]
    if platform not in discovery.SUPPORTED_COMPONENTS:
        return [f"the platform {platform} is not supported"]
    return component_faults(topic, platform, config)


def faults_of(topic, payload):
    match = discovery.TOPIC_MATCHER.match(topic.split("/", 1)[1])
    if match is None:
        return ["illegal discovery topic"]
    platform, _, object_id = match.groups()
    if payload in ("", '{"migrate_discovery":true}'):
        return []  # says something about what is there already
    if platform == DEVICE:
        return device_faults(object_id, topic, payload)
    return entity_faults(platform, topic, payload)


async def main():
    HomeAssistant(gettempdir())  # templates are checked only where there is one
    for line in sys.stdin:
        message = json.loads(line)
        faults = faults_of(message["topic"], message["payload"])
        print(json.dumps({"topic": message["topic"], "faults": faults}))


asyncio.run(main())

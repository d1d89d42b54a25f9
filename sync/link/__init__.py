"""The connection to a broker, used by agent and hub: one protocol, and MQTT 5 behind it."""

from sync.link.backoff import Backoff
from sync.link.interface import Link, Listener, Message, Renewable
from sync.link.mqtt import MqttLink
from sync.link.settings import BrokerAddress, LinkSettings

__all__ = ["Backoff", "BrokerAddress", "Link", "LinkSettings", "Listener", "Message", "MqttLink", "Renewable"]

"""What each broker allows, as its makers document it; the tests hold every message and topic of the wire against these."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one connection unless it says otherwise; None where there is no bound that could matter here."""

    broker: str
    payload_bytes: int
    """Of one message."""
    topic_levels: int
    """Parts between slashes, those of `$share/GROUP` left out."""
    topic_bytes: int
    client_bytes: int
    """Of a client's name."""
    filters_at_once: int | None
    """In one SUBSCRIBE."""
    filters: int | None
    keepalive_s: tuple[int, int]
    """The shortest and the longest that is kept to; a shorter one counts as the shortest."""
    in_flight: int
    """QoS 1 messages that may wait for their PUBACK."""
    publishes_per_s: int | None
    bytes_per_s: int | None
    shared: bool = True
    """Whether `$share` is known."""
    mqtt5: bool = True


_KIB = 1024
MOSQUITTO = Limits("mosquitto", 262_144, 200, 65_535, 65_535, None, None, (1, 65_535), 1_000, None, None)
"""With what `opas` writes into its configuration."""
EMQX = Limits("EMQX", 256 * _KIB, 8, 65_535, 65_535, None, None, (1, 65_535), 32, None, None)
"""With `emqx.conf` beside this file."""
HIVEMQ = Limits("HiveMQ", 262_144, 65_535, 65_535, 65_535, None, None, (1, 65_535), 100, None, None)
"""With `hivemq.xml` beside this file."""
AWS_IOT = Limits("AWS IoT Core", 128 * _KIB, 8, 256, 128, 8, 50, (30, 1_200), 100, 100, 512 * _KIB)
"""Its quotas per connection, which nobody can raise; the rate holds for what a connection is sent, too."""
AWS_POLICY_CHARACTERS = 2_048
"""Of one policy, blanks left out."""
ALL = (MOSQUITTO, EMQX, HIVEMQ, AWS_IOT)


def hubs_needed(limits: Limits, messages_per_s: float, bytes_per_s: float) -> int:
    """How many hub processes, each with one connection, it takes so that the broker may send them so much."""
    by_count = 1.0 if limits.publishes_per_s is None else messages_per_s / limits.publishes_per_s
    by_bytes = 1.0 if limits.bytes_per_s is None else bytes_per_s / limits.bytes_per_s
    return max(1, -int(-max(by_count, by_bytes) // 1))

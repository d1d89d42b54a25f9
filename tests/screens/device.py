"""The device that the screens of the tests belong to."""

import base64
from pathlib import Path

from kiosk.config import Config, DemoConfig, DeviceConfig, Role, ScreenConfig
from kiosk.model.ids import DeviceId, SiteId


def config_for(role: Role, data: Path, size: tuple[int, int], demo: DemoConfig) -> Config:
    """A device's configuration for the tests."""
    return Config(
        device=DeviceConfig(
            id=DeviceId("test-1"),
            site=SiteId("site-1"),
            role=role,
            data=str(data),
            site_key=base64.b64encode(bytes(32)).decode(),
        ),
        screen=ScreenConfig(size="{}x{}".format(*size), fullscreen=False),
        demo=demo,
    )

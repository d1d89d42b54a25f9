"""`opas cluster`: writes what a broker cluster needs to know of a fleet.

The fleet is the hub's answer to `GET /v1/devices`, in a file. What is common to all fleets lies beside this file.
"""

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from deploy.broker.accounts import Account, Rights, new_password
from deploy.broker.clusters import aws_policy, emqx_acl, hivemq_credentials
from deploy.broker.files import write_private
from deploy.errors import DeployError

_HERE = Path(__file__).parent
_USAGE = "Save the hub's answer to GET /v1/devices in a file and name that."


def main(arguments: Sequence[str]) -> int:
    """Write the files and say where they go. Raises `DeployError`."""
    options = _parser().parse_args(arguments)
    into: Path = options.into
    try:
        into.mkdir(parents=True, exist_ok=True)
        written = _write(options, into)
    except ValueError as error:
        raise DeployError(f"{error}.", "Correct that and try again; nothing was left half written.") from error
    except OSError as error:
        raise DeployError(f"{into}: can't be written ({error.strerror}).", "Name another folder.") from error
    for path, says in written:
        print(f"{path}\n  {says}")
    return 0


def _write(options: argparse.Namespace, into: Path) -> list[tuple[Path, str]]:
    if options.broker == "aws":
        return [
            _put(into / name, aws_policy((_HERE / name).read_text(), options.region, options.account), says)
            for name, says in (
                ("awsiot-device.json", "for every device's certificate: aws iot create-policy, attach-policy"),
                ("awsiot-hub.json", "for the hubs' certificates; each connects as hub-SOMETHING"),
            )
        ]
    accounts = _accounts(options.devices, options.hubs, certified=options.broker == "emqx")
    if options.broker == "emqx":
        shutil.copyfile(_HERE / "emqx.conf", into / "emqx.conf")
        rules = _put(into / "acl.conf", emqx_acl(accounts), "etc/acl.conf of every node")
        return [(into / "emqx.conf", "etc/emqx.conf of every node; write the names and the cookie"), rules]
    shutil.copyfile(_HERE / "hivemq.xml", into / "config.xml")
    says = "conf/credentials.xml of the File RBAC extension; it holds new passwords, give them to the devices"
    rules = _put(into / "credentials.xml", hivemq_credentials(accounts), says)
    return [(into / "config.xml", "conf/config.xml of every node; write the names and the stores"), rules]


def _put(path: Path, text: str, says: str) -> tuple[Path, str]:
    write_private(path, text)
    return path, says


def _accounts(devices: Path | None, hubs: int, *, certified: bool) -> list[Account]:
    if devices is None:
        raise DeployError("--devices is missing.", _USAGE)
    try:
        listed = json.loads(devices.read_text(encoding="utf-8"))
        pairs = [(str(each["id"]), str(each["site"])) for each in listed]
    except OSError as error:
        raise DeployError(f"{devices}: can't be read ({error.strerror}).", _USAGE) from error
    except (ValueError, TypeError, KeyError) as error:
        raise DeployError(f"{devices}: is no list of devices with id and site.", _USAGE) from error
    names = [f"hub-{number}" for number in range(1, hubs + 1)]
    if taken := sorted({device for device, _ in pairs} & set(names)):
        raise DeployError(f"A device is called {taken[0]}, as a hub would be.", "Give that device another name.")
    made = [
        Account(device, _secret(certified=certified), Rights.DEVICE, site, certified=certified)
        for device, site in pairs
    ]
    return [*made, *(Account(name, _secret(certified=certified), Rights.HUB, certified=certified) for name in names)]


def _secret(*, certified: bool) -> str:
    return "" if certified else new_password()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="opas cluster", description="Writes a broker cluster's configuration.")
    parser.add_argument("broker", choices=("emqx", "hivemq", "aws"))
    parser.add_argument("--into", type=Path, required=True, help="the folder to write")
    parser.add_argument("--devices", type=Path, help="the hub's answer to GET /v1/devices, as a file (not for aws)")
    parser.add_argument("--hubs", type=int, default=1, help="how many hubs share the work: users hub-1, hub-2, ...")
    parser.add_argument("--region", default="", help="aws: as eu-north-1")
    parser.add_argument("--account", default="", help="aws: twelve digits")
    return parser

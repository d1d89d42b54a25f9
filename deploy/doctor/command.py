"""`opas doctor [--config device.toml] [--json]`: looks at everything and prints a line for each thing."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from deploy.doctor import device, hardware, scanners, system
from deploy.doctor.finding import Finding, Level, Machine, fail

_REPOSITORY = Path(__file__).resolve().parents[2]
_MARKS = {Level.OK: ("✓", "+"), Level.WARN: ("⚠", "!"), Level.FAIL: ("✗", "x")}
_CHECKS: tuple[Callable[[Machine], list[Finding]], ...] = (
    hardware.camera,
    hardware.display,
    hardware.sound,
    system.broker,
    system.clock,
    system.disk,
    system.fonts,
    system.libraries,
)
_FAILED_STATUS = 1


def main(arguments: Sequence[str]) -> int:
    """Status 0 when nothing that is needed is missing, else 1."""
    options = _parser().parse_args(arguments)
    machine = Machine(assets=_REPOSITORY / "assets", data=_REPOSITORY / "build")
    findings = examine(machine, options.config)
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        for line in lines(findings, sys.stdout.encoding or "ascii"):
            print(line)
    return _FAILED_STATUS if any(finding.level is Level.FAIL for finding in findings) else 0


def examine(machine: Machine, config: Path | None) -> list[Finding]:
    """Everything that was found; with `config` also about that device."""
    if config is None:
        return [finding for check in _CHECKS for finding in check(machine)]
    file, about_file = device.read(config)
    if file is not None:
        machine = replace(machine, data=file.database.parent)
    findings = [about_file, *(finding for check in _CHECKS for finding in check(machine))]
    if file is None:
        return findings
    found = [_for_device(finding, file) for finding in findings] + scanners.scanners(machine, file)
    return found + device.device(machine, file)


def lines(findings: Sequence[Finding], encoding: str) -> list[str]:
    """The findings for a terminal: mark and word, the thing, what is found; below it what to do."""
    width = max(len(finding.topic) for finding in findings)
    out = []
    for finding in findings:
        out.append(f"{_mark(finding.level, encoding)} {finding.level:<4}  {finding.topic:<{width}}  {finding.says}")
        if finding.todo:
            out.append(f"{'':<{width + 10}}-> {finding.todo}")
    return [line.encode(encoding, "replace").decode(encoding) for line in (*out, _summary(findings))]


def _for_device(finding: Finding, file: device.DeviceFile) -> Finding:
    """A device is no broker, but one that looks through a camera must have one."""
    if finding.topic == "broker" and finding.level is Level.FAIL:
        return replace(finding, level=Level.WARN, todo=f"Not needed on a device. For a hub: {finding.todo}")
    if finding.topic == "camera" and finding.level is Level.WARN and file.uses_camera:
        return fail("camera", finding.says, "Plug it in: the device's file names it as a source of codes.")
    return finding


def _mark(level: Level, encoding: str) -> str:
    mark, plain = _MARKS[level]
    try:
        mark.encode(encoding)
    except UnicodeEncodeError:
        return plain
    return mark


def _summary(findings: Sequence[Finding]) -> str:
    failed = sum(finding.level is Level.FAIL for finding in findings)
    warned = sum(finding.level is Level.WARN for finding in findings)
    if failed:
        return f"{failed} needed and missing or broken, {warned} it goes without."
    return f"Opas can run here; {warned} it goes without." if warned else "All is well."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="opas doctor", description="What is fine for Opas here, and what to do else.")
    parser.add_argument("--config", type=Path, help="a device's device.toml: also look at its database, hub and broker")
    parser.add_argument("--json", action="store_true", help="print a JSON array instead of lines")
    return parser

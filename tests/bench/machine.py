"""Which machine a figure is from."""

import os
import platform
from pathlib import Path


def machine() -> dict[str, object]:
    """System, processor, cores, memory and the load while measuring; written beside every figure."""
    return {
        "system": platform.platform(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "load": [round(each, 2) for each in os.getloadavg()],
        "python": platform.python_version(),
    }


def processor() -> str:
    """The processor by name, as far as the system tells."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")

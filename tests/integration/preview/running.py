"""`opas pack preview` as an author starts it, and a browser beside it."""

import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select

ROOT = Path(__file__).resolve().parents[3]
PICTURES = ROOT / "build" / "screens"
PATIENCE_S = 40.0
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--hide-scrollbars",
    "--lang=en-GB",
)


def until(done: Callable[[], bool], what: str) -> None:
    """Wait for it, also while one page takes the place of another."""
    deadline = time.monotonic() + PATIENCE_S
    while not _already(done):
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.05)


def _already(done: Callable[[], bool]) -> bool:
    try:
        return done()
    except StaleElementReferenceException:
        return False


class RunningPreview:
    """The process and where its page is."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "deploy.cli", "pack", "preview", str(folder), "--port", "0", "--no-open"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline()
        self.address = self.said.split()[1] if self.said else ""

    def get(self, path: str) -> bytes:
        """What is served there."""
        with urllib.request.urlopen(f"{self.address}{path}", timeout=PATIENCE_S) as reply:  # noqa: S310 - loopback
            body: bytes = reply.read()
        return body

    def painters(self) -> list[int]:
        """The processes that draw for it."""
        task = Path(f"/proc/{self.process.pid}/task")
        children = " ".join(each.joinpath("children").read_text() for each in task.iterdir())
        return [int(word) for word in children.split()]

    def interrupt(self) -> tuple[int, str]:
        """Ctrl-C. The exit status and what was said on standard error."""
        self.process.send_signal(signal.SIGINT)
        _, errors = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, errors

    def close(self) -> None:
        """End it, whatever it does."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=PATIENCE_S)


class Author:
    """Somebody before the page. Skips the test where there is no chromium."""

    def __init__(self, profile: Path) -> None:
        browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
        if browser is None or driver is None:
            pytest.skip("chromium or chromedriver is not installed")
        options = Options()
        options.binary_location = browser
        for flag in (*_FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        self.driver = webdriver.Chrome(options=options, service=Service(executable_path=driver))

    def begin(self) -> None:
        """A page as somebody has it who comes anew."""
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
        self.driver.get("about:blank")
        self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        self.resize(1440)

    def resize(self, width: int) -> None:
        """Another width of the window."""
        size = {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def open(self, address: str) -> None:
        """Go there."""
        self.driver.get(address)

    def find(self, css: str) -> WebElement:
        """The piece of the page."""
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def has(self, css: str) -> bool:
        """Whether the page has such a piece."""
        return bool(self.driver.find_elements(By.CSS_SELECTOR, css))

    def text(self) -> str:
        """All that the page says."""
        return str(self.driver.execute_script("return document.body.innerText"))

    def row(self) -> str:
        """The row that answers."""
        found = self.driver.execute_script("return document.querySelector('#answer b')?.innerText")
        return str(found or "")

    def picture(self) -> str:
        """The picture's address once it is loaded, empty before."""
        script = (
            "const i = document.querySelector('#picture img'); return i && i.complete && i.naturalWidth ? i.src : ''"
        )
        return str(self.driver.execute_script(script))

    def unfold(self, group: str) -> None:
        """Open a group of choices by its summary."""
        if not self.find(f"#group-{group}").get_property("open"):
            self.find(f"#group-{group} > summary").click()

    def choose(self, name: str, value: str) -> None:
        """Choose a value of a list."""
        Select(self.find(f"select[name='{name}']")).select_by_value(value)
        self.settle()

    def press(self, name: str, words: str) -> None:
        """Press one of the stretches below a number."""
        buttons = self.driver.find_elements(By.CSS_SELECTOR, f"button[name='{name}']")
        next(button for button in buttons if button.text == words).click()
        self.settle()

    def settle(self) -> None:
        """Wait until what was asked for is shown."""
        until(lambda: not self.has("main[aria-busy]"), "at rest")

    def until_row(self, row: str) -> None:
        """Wait until another row answers, with its picture."""
        until(lambda: self.row() == row and bool(self.picture()), f"row {row}; it is {self.row()}\n{self.text()}")

    def until_text(self, words: str) -> None:
        """Wait until the page says so."""
        until(lambda: words in self.text(), f"{words!r}\n{self.text()}")

    def save(self, name: str) -> None:
        """A picture of the page, to be looked at: build/screens/NAME.png."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(PICTURES / f"{name}.png"))

    def close(self) -> None:
        """Leave."""
        self.driver.quit()

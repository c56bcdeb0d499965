"""A browser that asks nobody anything, and pages with every nasty thing in them."""

import shutil
from pathlib import Path

import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def _find(*names):
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip(f"no {names[0]} on PATH: apt-get install chromium chromium-driver")
    return found


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """Chromium of the system, driven by the chromedriver beside it."""
    webdriver = pytest.importorskip("selenium.webdriver")
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = _find("chromium", "chromium-browser", "google-chrome")
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability(
        "goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"}
    )
    # Named, so that selenium looks for no driver and downloads none.
    driver = webdriver.Chrome(options, Service(_find("chromedriver")))
    yield driver
    driver.quit()


class Browser:
    """One page in a browser, as a reader sees it."""

    def __init__(self, driver):
        self.driver = driver
        self._script = Path(__file__).with_name("contrast.js").read_text("utf-8")

    def open(self, page, *, width=1100, scheme="light", media="screen"):
        """Show a file of the disk, or an address; forget what was logged before."""
        self.show(width=width, scheme=scheme, media=media)
        self.logged("browser"), self.logged("performance")
        self.driver.get(page if isinstance(page, str) else page.as_uri())

    def show(self, *, width, scheme="light", media="screen"):
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", media=media, features=features)

    def ask(self, command, **parameters):
        return self.driver.execute_cdp_cmd(command, parameters)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def press(self, key):
        """Press a key by its name in selenium, such as Tab."""
        from selenium.webdriver import ActionChains, Keys

        ActionChains(self.driver).send_keys(getattr(Keys, key.upper())).perform()

    def logged(self, kind):
        return self.driver.get_log(kind)

    def read_contrasts(self):
        """Return for each piece of text: its contrast, the least it needs, itself."""
        return self.run(self._script)


@pytest.fixture
def browser(chromium):
    return Browser(chromium)

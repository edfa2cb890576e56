"""A headless Chromium that has no network, and tells what pages asked for and complained about."""

import json
import shutil

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # as root, in a container
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--proxy-server=127.0.0.1:9",  # where nobody listens
    "--window-size=1500,1000",
)


class Browser(Chrome):
    def __init__(self):
        options = ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for option in OPTIONS:
            options.add_argument(option)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        super().__init__(options, Service(shutil.which("chromedriver")))

    def errors(self) -> list[str]:
        """Those in the console since the last call."""
        return [e["message"] for e in self.get_log("browser") if e["level"] == "SEVERE"]

    def requested(self) -> set[str]:
        """What was asked for since the last call, but for what is in the page itself."""
        messages = [json.loads(e["message"])["message"] for e in self.get_log("performance")]
        sent = [m for m in messages if m["method"] == "Network.requestWillBeSent"]
        urls = {m["params"]["request"]["url"] for m in sent}
        return {url for url in urls if not url.startswith(("data:", "blob:", "about:"))}

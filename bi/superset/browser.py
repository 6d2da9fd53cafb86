"""Run by Superset's own Python, which has Selenium: log in through the form, open dashboards in headless Chromium.

Prints one JSON object: what the pages asked of which host, what failed, and what they say of errors.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

WIDTH, MOST_HEIGHT = 1500, 6000
PATIENCE = 180
BUSY = "return document.querySelectorAll('.loading, [data-test=loading-indicator]').length"
DRAWN = "return document.querySelectorAll('[data-test=slice-container], .slice_container').length"
ERRORS = (
    "return [...document.querySelectorAll('.dashboard-component-chart-holder')].map(e => e.innerText)"
    ".filter(t => /no data|no results|error|unexpected|not found/i.test(t))"
)
HEIGHT = (
    "return Math.max(...[...document.querySelectorAll('.dashboard-component-chart-holder')]"
    ".map(e => e.getBoundingClientRect().bottom)) + 30"
)


def main(base: str, password: str, folder: Path, charts: dict[str, int]) -> dict[str, Any]:
    """Return what was seen of each dashboard of `charts`, by its slug and number of charts; a PNG each lies in `folder`."""
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=id-ID"):
        options.add_argument(word)
    options.add_argument(f"--window-size={WIDTH},1200")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.set_page_load_timeout(PATIENCE)
    try:
        login(driver, base, password)
        seen = {
            slug: look(driver, f"{base}/superset/dashboard/{slug}/", folder / f"{slug}.png", number)
            for slug, number in charts.items()
        }
        return {"dashboards": seen, "requests": requests(driver), "console": console(driver)}
    finally:
        driver.quit()


def login(driver: webdriver.Chrome, base: str, password: str) -> None:
    """Log in as a person does."""
    driver.get(f"{base}/login/")
    wait = WebDriverWait(driver, PATIENCE)
    wait.until(lambda page: page.find_elements(By.CSS_SELECTOR, "input#username, input[name=username]"))
    driver.find_element(By.CSS_SELECTOR, "input#username, input[name=username]").send_keys("admin")
    driver.find_element(By.CSS_SELECTOR, "input#password, input[name=password]").send_keys(password)
    driver.find_element(By.CSS_SELECTOR, "button[type=submit], input[type=submit]").click()
    wait.until(lambda page: "/login" not in page.current_url)


def look(driver: webdriver.Chrome, address: str, picture: Path, charts: int) -> dict[str, Any]:
    """Open a dashboard, wait until all its charts are drawn, and take its picture from top to bottom."""
    driver.set_window_size(WIDTH, MOST_HEIGHT)
    driver.get(f"{address}?standalone=1")
    until, quiet = time.monotonic() + PATIENCE, 0
    while time.monotonic() < until and quiet < 4:
        time.sleep(1)
        done = driver.execute_script(DRAWN) >= charts and not driver.execute_script(BUSY)
        quiet = quiet + 1 if done else 0
    driver.set_window_size(WIDTH, int(min(MOST_HEIGHT, driver.execute_script(HEIGHT))))
    time.sleep(4)
    driver.save_screenshot(str(picture))
    return {
        "drawn": driver.execute_script(DRAWN),
        "busy": driver.execute_script(BUSY),
        "errors": driver.execute_script(ERRORS),
    }


def requests(driver: webdriver.Chrome) -> list[dict[str, Any]]:
    """Return every request that the pages sent: address and, where it was answered, status."""
    sent: dict[str, dict[str, Any]] = {}
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        params = message["params"]
        if message["method"] == "Network.requestWillBeSent":
            sent[params["requestId"]] = {"url": params["request"]["url"], "body": params["request"].get("postData", "")}
        elif message["method"] == "Network.responseReceived" and params["requestId"] in sent:
            sent[params["requestId"]]["status"] = params["response"]["status"]
        elif message["method"] == "Network.loadingFailed" and params["requestId"] in sent:
            sent[params["requestId"]]["blocked"] = params.get("blockedReason", params.get("errorText"))
    return list(sent.values())


def console(driver: webdriver.Chrome) -> list[str]:
    """Return what the pages complained of."""
    return [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.stdin.read(), Path(sys.argv[2]), json.loads(sys.argv[3]))))

"""A person at a browser: signs in, walks, looks at pages, and notices what is wrong."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

PICTURES = Path(settings.BASE_DIR) / "var" / "screenshots"
DESK = {"width": 1440, "height": 900}
TALLEST = 4000
LOOKING = os.environ.get("BROWSER_LOOK", "1") == "1"
GRAVE = {"serious", "critical"}
CALM = """() => {
  const busy = document.querySelectorAll('.htmx-request, .htmx-settling').length;
  return document.readyState === 'complete' && !busy;
}"""
OVERFLOW = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = [...document.querySelectorAll('body *')].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width && box.right > root.clientWidth + 1;
  });
  return wide.slice(0, 4).map((e) => e.outerHTML.slice(0, 140));
}"""
CODE = """() => {
  const crude = /^([a-z]+([ _.][a-z]+)*|[A-Z]{5,}|[A-Z]+(_[A-Z]+)+|None|True|False)$/;
  const plain = 'code,pre,kbd,.mono,.sub,textarea,script,style,svg,option,bdi';
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node; (node = walk.nextNode());) {
    const text = node.nodeValue.trim();
    if (text.length > 3 && crude.test(text) && !node.parentElement.closest(plain))
      found.push(text);
  }
  return found.slice(0, 5);
}"""
AXE = """(rules) => axe.run(rules
  ? {resultTypes: ['violations'], runOnly: {type: 'rule', values: rules}}
  : {resultTypes: ['violations']}).then((seen) => seen.violations)"""
NARROW = ["scrollable-region-focusable", "color-contrast", "target-size"]
NARROW += ["link-in-text-block", "meta-viewport", "label", "button-name", "link-name"]
_axe = Axe()


class Visitor:
    """One browser context, watched: its faults fail the test that used it."""

    def __init__(
        self, browser: Browser, site: str, name: str = "", *, scripts: bool = True
    ) -> None:
        self.site = site
        self.name = name
        self.host = urlsplit(site).netloc
        self.faults: list[str] = []
        self.forgiven: set[str] = set()
        self.context = browser.new_context(
            base_url=site,
            viewport=DESK,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=scripts,
            accept_downloads=True,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self._watch(self.page)

    # --- What is noticed -----------------------------------------------------
    def _watch(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._fault(f"script error: {error}"))
        page.on("request", self._see_request)
        page.on("response", self._see_response)

    def _fault(self, text: str) -> None:
        self.faults.append(f"{self.name} on {urlsplit(self.page.url).path}: {text}")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if re.search(r"status of (4\d\d)", message.text):
            return  # judged by _see_response, which knows the address
        self._fault(f"console {message.type}: {message.text[:300]}")

    def _see_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self._fault(f"request to another host: {request.url[:200]}")

    def _see_response(self, response: Any) -> None:
        path = urlsplit(response.url).path
        if response.status >= 400 and f"{response.status} {path}" not in self.forgiven:
            self._fault(f"{response.status} {path}")

    def forgive(self, status: int, path: str) -> None:
        """Expect an answer that would else be a fault."""
        self.forgiven.add(f"{status} {path}")

    # --- Walking -------------------------------------------------------------
    def sign_in(self, username: str, password: str) -> None:
        """Sign in on the sign-in page and arrive at the home page."""
        self.page.goto("/accounts/login/")
        self.page.fill("input[name=login]", username)
        self.page.fill("input[name=password]", password)
        self.page.click("form[data-login] button.btn-primary")
        self.page.wait_for_url(self.site + "/")

    def go(self, path: str) -> None:
        """Open a page of the site."""
        answer = self.page.goto(path)
        assert answer is not None and answer.ok, (
            f"{self.name}: {path} answered {answer and answer.status}"
        )

    @property
    def path(self) -> str:
        """The path of the page that is open."""
        return urlsplit(self.page.url).path

    def follow(self, text: str, *, within: str = "main", exact: bool = False) -> None:
        """Follow the link of this text."""
        part = self.page.locator(within)
        with self.page.expect_navigation():
            part.get_by_role("link", name=text, exact=exact).first.click()

    def turn_to(self, text: str) -> None:
        """Follow an entry of the navigation."""
        self.follow(text, within="#nav", exact=True)

    def press(self, text: str, *, within: str = "main") -> None:
        """Press the button of this text and wait for the next page."""
        button = self.page.locator(within).get_by_role("button", name=text, exact=True)
        with self.page.expect_navigation():
            button.first.click()

    def move(self, name: str) -> None:
        """Choose a move of the object shown, in the open or in the menu."""
        link = self.page.locator(f".moves a[href$='/{name}/']").first
        if not link.is_visible():
            self.page.locator(".moves > details > summary").click()
        with self.page.expect_navigation():
            link.click()

    def confirm(self) -> None:
        """Press the verb on the page that tells what it will do."""
        with self.page.expect_navigation():
            self.page.locator("form.confirm .form-actions button").first.click()

    def field(self, name: str) -> Locator:
        """Return the form field of this name."""
        return self.page.locator(f"main [name='{name}']")

    def fill(self, **values: str) -> None:
        """Fill fields by name."""
        for name, value in values.items():
            self.field(name).first.fill(value)

    def choose(self, name: str, label: str | list[str]) -> None:
        """Choose options of a select by label, whether it is dressed or plain."""
        labels = [label] if isinstance(label, str) else label
        self.field(name).first.evaluate(
            """(select, labels) => {
              const values = [];
              for (const label of labels) {
                const fit = [...select.options].find((o) => o.text.trim() === label)
                  || [...select.options].find((o) => o.text.includes(label));
                if (!fit) throw new Error(`no option ${label} in ${select.name}`);
                values.push(fit.value);
              }
              const chosen = (o) => { o.selected = values.includes(o.value); };
              if (select.tomselect) select.tomselect.setValue(values);
              else [...select.options].forEach(chosen);
              select.dispatchEvent(new Event('change', {bubbles: true}));
            }""",
            labels,
        )

    # --- Looking -------------------------------------------------------------
    def look(self, name: str) -> None:
        """Look at the page at both widths: picture, overflow, accessibility.

        The window is as high as the page, so that parts which load when they come
        into view are there and nothing that sticks lies over something else.
        """
        if not LOOKING:
            return
        for width, rules in ((1440, None), (390, NARROW)):
            self._stretch(width)
            self._judge(f"{name} at {width} px", rules)
            self.page.screenshot(path=self.picture_path(f"{name}-{width}"))
        self.page.set_viewport_size(DESK)  # type: ignore[arg-type]

    def picture_path(self, name: str) -> Path:
        """Return where the picture of this name is kept."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        return PICTURES / f"{name}.png"

    def _stretch(self, width: int) -> None:
        least = 900 if width > 600 else 844
        self.page.set_viewport_size({"width": width, "height": least})
        self.page.wait_for_function(CALM)
        height = self.page.evaluate("document.documentElement.scrollHeight")
        height = max(least, min(height, TALLEST))
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.wait_for_function(CALM)

    def _judge(self, where: str, rules: list[str] | None) -> None:
        for problem, script in (("scrolls sideways", OVERFLOW), ("has code", CODE)):
            found = self.page.evaluate(script)
            if found:
                self._fault(f"{where} {problem}: {found}")
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_axe.axe_script)
        for found in self.page.evaluate(AXE, rules):
            if found["impact"] in GRAVE:
                first, times = found["nodes"][0], len(found["nodes"])
                self._fault(
                    f"{where}: {found['id']} ({found['impact']}) ×{times} "
                    f"{first['html'][:160]} – {first['failureSummary'][:200]}"
                )

    def show_last_page(self) -> None:
        """Keep a picture of where a test failed."""
        path = self.picture_path(f"failed-{self.name}")
        self.page.screenshot(path=path, full_page=True)

    def close(self) -> None:
        """Close the context."""
        self.context.close()

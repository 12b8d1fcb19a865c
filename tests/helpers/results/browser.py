"""Debian's chromium, told by its own protocol what to open: pages as a person finds them, scripts run."""

import asyncio
import base64
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
from packages import needs

PATIENCE = 120.0  # seconds for a page to say what is looked for, on a machine that has much other work
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--remote-debugging-port=0"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = needs("chromium", CHROMIUM or "chromium")


class Page:
    """One tab of a browser."""

    def __init__(self, address: str) -> None:
        self.address = address

    def seen(
        self, url: str, condition: str, *, width: int = 1440, height: int = 1200, picture: Path | None = None
    ) -> Any:
        """What the JavaScript expression `condition` gives on the page at `url`, as soon as it gives anything.

        picture  where a screenshot is put, whether or not it does

        AssertionError, with the text of the page, where it gives nothing for PATIENCE seconds.
        """
        return asyncio.run(self._seen(url, condition, width, height, picture))

    async def _seen(self, url: str, condition: str, width: int, height: int, picture: Path | None) -> Any:
        async with aiohttp.ClientSession() as session, session.ws_connect(self.address, max_msg_size=0) as socket:
            ask = Asker(socket)
            size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            await ask("Emulation.setDeviceMetricsOverride", **size)
            await ask("Page.navigate", url="about:blank")  # of one page only what follows its # may change
            await ask("Page.navigate", url=url)
            try:
                return await self._waited(ask, condition)
            finally:
                if picture is not None:
                    shot = await ask("Page.captureScreenshot", format="png")
                    picture.write_bytes(base64.b64decode(shot["data"]))

    async def _waited(self, ask: "Asker", condition: str) -> Any:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = await ask("Runtime.evaluate", expression=condition, returnByValue=True)
            if found["result"].get("value"):
                return found["result"]["value"]
            await asyncio.sleep(0.2)
        text = await ask("Runtime.evaluate", expression="document.body.innerText", returnByValue=True)
        raise AssertionError(f"{condition} stays without a value on a page that says:\n{text['result'].get('value')}")


class Asker:
    """Questions to the browser, each with its answer."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket, self.count = socket, 0

    async def __call__(self, method: str, **params: Any) -> dict[str, Any]:
        self.count += 1
        await self.socket.send_json({"id": self.count, "method": method, "params": params})
        while True:
            answer = json.loads((await self.socket.receive()).data)
            if answer.get("id") == self.count:
                assert "error" not in answer, answer["error"]
                return answer["result"]


@contextmanager
def browser() -> Iterator[Page]:
    """A browser of its own, which has seen nothing yet."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={folder}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield Page(asyncio.run(address_of_tab(Path(folder, "DevToolsActivePort"))))
        finally:
            process.terminate()
            process.wait()


async def address_of_tab(file: Path) -> str:
    """Where the one tab of the browser listens that writes its port into `file`."""
    end = time.monotonic() + PATIENCE
    while not (file.exists() and file.read_text().count("\n")):
        assert time.monotonic() < end, "chromium does not start"
        await asyncio.sleep(0.1)
    port = file.read_text().splitlines()[0]
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/json/list") as answer:
        tabs = await answer.json(content_type=None)
    return str(next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page"))

"""A page as a browser has it: what it says unasked, what it asks for, how it looks on other screens and on paper."""

import asyncio
import base64
import json
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from browser import PATIENCE, Asker

COMPLAINTS = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
SETTLED = "document.readyState === 'complete'"


@dataclass(frozen=True)
class Visit:
    """What came of a visit to a page.

    said      what the JavaScript expression gave
    requests  addresses that the page asked for, but for itself and what stands in it
    shot      a PNG of what is seen first or a PDF of all of it, where asked for
    """

    said: Any
    complaints: list[dict[str, Any]]
    requests: list[str]
    shot: bytes


@dataclass
class Heard:
    """A socket that keeps all it receives."""

    socket: aiohttp.ClientWebSocketResponse
    messages: list[dict[str, Any]] = field(default_factory=list)

    async def send_json(self, message: dict[str, Any]) -> None:
        await self.socket.send_json(message)

    async def receive(self) -> aiohttp.WSMessage:
        message = await self.socket.receive()
        self.messages.append(json.loads(message.data))
        return message


def visited(
    address: str, path: Path, script: str = "1", *, width: int = 1440, scheme: str = "light", shot: str = ""
) -> Visit:
    """Open the page at `path` in the tab at `address`, and evaluate the JavaScript expression when it is there.

    scheme  of colours that the reader prefers, light or dark
    shot    how to take a picture: captureScreenshot or printToPDF
    """
    return run(_visited(address, path.resolve().as_uri(), script, width, scheme, shot))


def run(visit: Coroutine[Any, Any, Visit]) -> Visit:
    """Wait for it, not for ever."""
    return asyncio.run(asyncio.wait_for(visit, PATIENCE))


async def _visited(address: str, url: str, script: str, width: int, scheme: str, shot: str) -> Visit:
    async with aiohttp.ClientSession() as session, session.ws_connect(address, max_msg_size=0) as socket:
        heard = Heard(socket)
        ask = Asker(heard)  # type: ignore[arg-type]  # all that it uses of a socket
        for domain in ("Page", "Runtime", "Log", "Network"):
            await ask(f"{domain}.enable")
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        await ask("Emulation.setDeviceMetricsOverride", **size)
        await ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        await ask("Page.navigate", url="about:blank")
        heard.messages.clear()
        await ask("Page.navigate", url=url)
        while not (await value_of(ask, SETTLED)):
            await asyncio.sleep(0.05)
        said = await value_of(ask, script)
        taken = await ask(f"Page.{shot}") if shot else {"data": ""}
    told = [message for message in heard.messages if message.get("method") in COMPLAINTS]
    asked = [m["params"]["request"]["url"] for m in heard.messages if m.get("method") == "Network.requestWillBeSent"]
    elsewhere = [address for address in asked if address != url and not address.startswith("data:")]
    return Visit(said, told, elsewhere, base64.b64decode(taken["data"]))


async def value_of(ask: Asker, script: str) -> Any:
    """What a JavaScript expression, or the promise that it gives, comes to."""
    answer = await ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return answer["result"].get("value")

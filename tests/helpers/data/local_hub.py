"""The Hugging Face Hub on this machine: one repository, whose revisions are folders, served as the Hub serves files."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from unittest import mock
from urllib.parse import unquote

from huggingface_hub import constants


class LocalHub:
    """What the Hub knows of one repository, and what it was asked for.

    commits  {commit: folder of its files}
    names    {branch or tag: commit}
    asked    (method, revision, file) in order
    """

    def __init__(self, repository: str) -> None:
        self.repository = repository
        self.commits: dict[str, Path] = {}
        self.names: dict[str, str] = {}
        self.asked: list[tuple[str, str, str]] = []

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and content of /owner/name/resolve/revision/file."""
        repository, _, rest = unquote(path).removeprefix("/").partition("/resolve/")
        if repository != self.repository:
            return 404, {"X-Error-Code": "RepoNotFound"}, b""
        known = {**{commit: commit for commit in self.commits}, **self.names}
        revision = next((name for name in known if rest.startswith(f"{name}/")), None)
        if revision is None:
            return 404, {"X-Error-Code": "RevisionNotFound"}, b""
        commit, file = known[revision], rest.removeprefix(f"{revision}/")
        place = self.commits[commit] / file
        if not place.is_file():
            return 404, {"X-Repo-Commit": commit, "X-Error-Code": "EntryNotFound"}, b""
        content = place.read_bytes()
        return 200, {"X-Repo-Commit": commit, "ETag": f'"{sha256(content).hexdigest()}"'}, content

    def handler(hub) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        """What answers requests."""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                status, headers, content = hub.answer(self.path)
                if "/resolve/" in self.path:  # once it also asks which tools there are
                    hub.asked.append((self.command, *map(unquote, self.path.partition("/resolve/")[2].split("/", 1))))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(content)

            do_HEAD = do_GET  # noqa: N815

            def log_message(self, *_):
                """Nothing is printed."""

        return Handler


@contextmanager
def served(hub: LocalHub, cache: Path) -> Iterator[LocalHub]:
    """The Hub that huggingface_hub asks inside the block, with a cache of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), hub.handler())
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    template = address + "/{repo_id}/resolve/{revision}/{filename}"
    try:
        with mock.patch.multiple(
            constants, ENDPOINT=address, HUGGINGFACE_CO_URL_TEMPLATE=template, HF_HUB_CACHE=str(cache)
        ):
            yield hub
    finally:
        server.shutdown()
        server.server_close()

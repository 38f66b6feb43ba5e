"""Somebody before the pages without a browser: signs in, opens a page, sends its forms."""

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

from tests.village import PASSWORD, Worker


def shown(answer: Any) -> str:
    """All that an answer shows: its text, or, of a workbook, that of everything in it."""
    if not answer.content.startswith(b"PK"):
        return str(answer.text)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return "\n".join(archive.read(entry).decode() for entry in archive.infolist())


class Visitor:
    """One session over HTTP, with the cookies and the secret word that a browser would keep."""

    def __init__(self, client: TestClient[Litestar]) -> None:
        self.client = client

    def sign_in(self, who: Worker, onward: str = "/") -> Any:
        self.client.cookies.clear()
        told = {
            "township": who.township, "name": who.username, "password": PASSWORD, "next": onward
        }  # fmt: skip
        return self.client.post("/login", data=told, follow_redirects=False)

    def open(self, path: str) -> str:
        """The page at a path, which must be there."""
        answer = self.client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return str(answer.text)

    def send(self, path: str, **fields: str | list[str]) -> Any:
        """Send a form as the page at `/help` would let one: with the session's own word."""
        return self._post(path, fields)

    def upload(self, path: str, field: str, content: bytes, **fields: str) -> Any:
        """Send a form with a file in one of its fields; no file where there is no content."""
        name = "list.json" if content else ""
        return self._post(path, fields, {field or "file": (name, content)})

    def _post(self, path: str, fields: Mapping[str, str | list[str]], files: Any = None) -> Any:
        word = re.search(r'name="_csrf_token" value="([^"]+)"', self.open("/help"))
        assert word, "no form on the page, or nobody is signed in"
        return self.client.post(
            path, data={"_csrf_token": word[1], **fields}, files=files,
            headers={"Accept": "text/html"}, follow_redirects=False,
        )  # fmt: skip

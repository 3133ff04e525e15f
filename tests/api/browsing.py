"""Somebody in front of the console: signed in by a link, reading pages and sending their forms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from tests.api.conftest import Api


@dataclass
class Visitor:
    api: Api
    cookie: str

    def get(self, path: str) -> httpx2.Response:
        return self.api.call("GET", path, who=None, headers={"Cookie": self.cookie})

    def read(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, **form: str) -> httpx2.Response:
        """With the token that this session's forms carry."""
        return self.forge(path, csrf=self._token(), **form)

    def upload(self, path: str, form: Mapping[str, str], *, file: tuple[str, bytes] | None) -> httpx2.Response:
        """The same with a file: its name, and what is in it."""
        parts = {"data": {**form, "csrf": self._token()}, "files": {"file": file or ("", b"")}}
        return self.api.call("POST", path, who=None, headers={"Cookie": self.cookie}, **parts)

    def forge(self, path: str, **form: str) -> httpx2.Response:
        """Without it."""
        return self.api.call("POST", path, who=None, headers={"Cookie": self.cookie}, data=form)

    def _token(self) -> str:
        token = re.search(r'name="csrf" value="(\w+)"', self.read("/projects"))
        assert token is not None
        return token[1]


def visitor(api: Api, who: str) -> Visitor:
    link = api.call("POST", "/api/v1/sign-in-links", who=who).json()["url"]
    answer = api.call("POST", "/sign-in", who=None, data={"token": link.partition("token=")[2]})
    return Visitor(api, answer.headers["set-cookie"].partition(";")[0])


def faults(text: str) -> dict[str, str]:
    """What stands beside fields, by form and field: `key-expires`."""
    return dict(re.findall(r'id="([\w.-]+)-fault">.*?<span>(.*?)</span>', text))

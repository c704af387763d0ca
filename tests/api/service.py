"""The service over a home in this process: a client for each role."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response

from api.app import create_app
from api.auth import ROLES
from api.keys import create_key
from graph.book.home import home_from_environment

PREFIX = "/api/v1"


class Callers:
    """Calls as any role, with a purpose unless told otherwise."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.keys = {role: create_key(home_from_environment(), role)["key"] for role in ROLES}

    def issue(self, role: str, division: str) -> str:
        """A key of a role with a division; the name under which it calls."""
        name = f"{role} of {division}"
        if name not in self.keys:
            self.keys[name] = create_key(home_from_environment(), role, division)["key"]
        return name

    def get(self, role: str, path: str, /, purpose: str | None = "a test", **query: Any) -> Response:
        """GET below the prefix."""
        found: Response = self.client.get(PREFIX + path, params=query or None, headers=self.headers(role, purpose))
        return found

    def post(self, role: str, path: str, purpose: str | None = "a test", **more: Any) -> Response:
        """POST below the prefix."""
        headers = self.headers(role, purpose) | more.pop("headers", {})
        found: Response = self.client.post(PREFIX + path, headers=headers, **more)
        return found

    def headers(self, role: str, purpose: str | None = "a test") -> dict[str, str]:
        """Key and purpose."""
        return {"X-API-Key": self.keys[role]} | ({"X-Purpose": purpose} if purpose else {})


@contextmanager
def serving() -> Iterator[Callers]:
    """The service over the home of the environment; errors of the server come as answers."""
    with TestClient(create_app(), raise_server_exceptions=False, follow_redirects=False) as client:
        yield Callers(client)

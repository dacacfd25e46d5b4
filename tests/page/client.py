"""The API as a program sees it, with nothing but HTTP: what `gradio_client` would refuse to send can be sent."""

import json

import httpx

from .serving import PATIENCE, Server


class Refused(Exception):
    """The server answered with an error; the text it gave, or None."""


def predict(server: Server, endpoint: str, *arguments, body: str | None = None):
    """Queue a call and wait for its one result. `body` is sent as it is, instead of the arguments."""
    url = f"{server.url}/gradio_api/call/{endpoint}"
    body = json.dumps({"data": arguments}) if body is None else body
    answer = httpx.post(url, content=body, headers={"content-type": "application/json"}, timeout=PATIENCE)
    answer.raise_for_status()
    events = httpx.get(f"{url}/{answer.json()['event_id']}", timeout=PATIENCE).text
    kind, data = events.strip().rsplit("event: ", 1)[1].split("\ndata: ", 1)
    if kind == "error":
        raise Refused(json.loads(data)["error"])
    return json.loads(data)[0]

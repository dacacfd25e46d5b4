"""The endpoints as tools of the Model Context Protocol, called as its clients call them."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from dualroute.app.endpoints import compare
from dualroute.trace.record import Trace

TOOLS = {"trace", "replay", "compare", "attribute", "evaluate"}
LANGUAGE_TOOLS = {"trace_answer", "write_answer", "answer_sources"}
X, H = "Bank shares jump", "Lenders reported higher profits for the quarter."


def ask(server, use):
    """What `use` finds in a session of its own; in a thread, for the browser's driver has its loop in this one."""

    async def session_of_its_own():
        address = f"{server.url}/gradio_api/mcp/"
        async with streamable_http_client(address) as (read, write, *_), ClientSession(read, write) as session:
            await session.initialize()
            return await use(session)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(session_of_its_own())).result()


def call(server, tool: str, **arguments):
    return ask(server, lambda session: session.call_tool(tool, arguments))


@pytest.fixture(scope="module")
def tools(server):
    return {tool.name: tool for tool in ask(server, lambda session: session.list_tools()).tools}


def test_the_endpoints_are_the_tools_and_nothing_else_is(tools):
    assert set(tools) == TOOLS | LANGUAGE_TOOLS


@pytest.mark.parametrize("name", sorted(TOOLS | LANGUAGE_TOOLS))
def test_every_argument_is_described(tools, name):
    arguments = tools[name].inputSchema["properties"]
    assert ("task" if name in TOOLS else "passage") in arguments
    assert all(told["description"] for told in arguments.values())


def test_a_tool_traces(server, router):
    answer = call(server, "trace", task="news", x=X, h=H)
    assert not answer.isError
    found = Trace.from_json(answer.content[0].text)
    assert found.gates == pytest.approx(router.trace(X, H).gates, abs=1e-6)


def test_a_tool_answers_what_the_function_answers(server):
    other = json.dumps({"policy": "direct"})
    answer = call(server, "compare", task="news", x=X, h=H, other=other)
    assert json.loads(answer.content[0].text)["sentence"] == json.loads(compare("news", X, H, other=other))["sentence"]


def test_a_wrong_argument_is_reported_in_words(server):
    answer = call(server, "trace", task="nope", x=X)
    assert answer.isError
    assert "Unknown task 'nope'; there are" in answer.content[0].text


def test_lists_and_objects_are_taken_as_they_are(server):
    decisions = [{"policy": "direct"}, {"threshold": 0.2}]
    parsed = call(server, "replay", task="news", x=X, h=H, decisions=decisions)
    assert not parsed.isError, parsed.content
    as_text = call(server, "replay", task="news", x=X, h=H, decisions=json.dumps(decisions))
    assert parsed.content[0].text == as_text.content[0].text
    other = call(server, "compare", task="news", x=X, h=H, overrides={"0": "direct"}, other={"policy": "merged"})
    assert not other.isError, other.content
    rows = [{"x": X, "h": H, "label": "Business"}, {"x": X, "h": None, "label": "Sports"}]
    measured = call(server, "evaluate", task="news", rows=rows, thresholds=[0.2])
    assert json.loads(measured.content[0].text)["n"] == 2


def test_messages_hold_no_html(server):
    answer = call(server, "trace", task="<b>&</b>", x=X)
    assert "'<b>&</b>'" in answer.content[0].text

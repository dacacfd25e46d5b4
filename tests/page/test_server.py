"""What the server refuses: ways round the queue, large uploads, files that are not the page's."""

import httpx
import pytest

from dualroute.paths import assets_dir

from .serving import APP

FILES = {
    "system": "/etc/passwd",
    "entry": str(APP),
    "source": str(APP.parent / "dualroute" / "ui" / "app.py"),
    "weights": str(assets_dir() / "checkpoints" / "news" / "model.safetensors"),
    "relative": "app.py",
    "dots": "../../../../etc/passwd",
    "quoted dots": "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "elsewhere": "http://127.0.0.1:1/",
    "process": "/proc/self/environ",
}


@pytest.fixture(scope="module")
def http(server):
    with httpx.Client(base_url=server.url, timeout=180) as http:
        yield http


def test_programs_see_eight_endpoints_typed_and_described(http):
    endpoints = http.get("/gradio_api/info").json()["named_endpoints"]
    assert set(endpoints) == {"/trace", "/replay", "/compare", "/attribute", "/evaluate"} | {
        "/trace_answer",
        "/write_answer",
        "/answer_sources",
    }
    for endpoint in endpoints.values():
        assert endpoint["description"]
        assert all({"type", "oneOf", "anyOf"} & set(parameter["type"]) for parameter in endpoint["parameters"])


def test_run_does_not_go_round_the_queue(http):
    dependencies = http.get("/config").json()["dependencies"]
    names = {event["api_name"] for event in dependencies if event["backend_fn"]}  # others run in the browser alone
    assert {
        "trace",
        "attribute",
        "inspect_attribute",
        "rewrite",
        "retrace",
        "through_all",
    } <= names  # the page's own are hidden, not closed
    for name in names:
        answer = http.post(f"/gradio_api/run/{name}", json={"data": ["news", "a", "b", "threshold", 0.5, ""]})
        assert answer.status_code == 404, name
        assert "tokens" not in answer.text


def test_the_page_is_answered_beside_the_queue(http):
    answer = http.post("/dualroute/example", json={"id": 7, "task": "news", "index": 0}).json()
    assert (answer["id"], answer["payload"]["checkpoint"]) == (7, "news")
    wrong = http.post("/dualroute/view", json={"id": 8, "checkpoint": "none", "x": "a"})
    assert wrong.json()["id"] == 8
    assert "unknown task" in wrong.json()["error"]
    for request in (b"", b"[", b'"' + b"x" * 20_000_000 + b'"'):
        assert http.post("/dualroute/view", content=request).status_code == 400
    assert http.get("/dualroute/view").status_code == 405


def test_a_large_upload_is_refused(http):
    answer = http.post("/gradio_api/upload", files={"files": ("large.txt", b"x" * 9_000_000)})
    assert answer.status_code == 413
    assert http.get("/").status_code == 200


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_files_are_not_served(http, path):
    answer = http.get(f"/gradio_api/file={path}")
    assert answer.status_code in (403, 404)
    assert "root:" not in answer.text


def test_the_one_file_that_is_served_is_plotly(http):
    config = http.get("/config").text
    path = config.split("/gradio_api/file=")[1].split("plotly.min.js")[0] + "plotly.min.js"
    assert http.get(f"/gradio_api/file={path}").status_code == 200
    assert http.get(f"/gradio_api/file={path.rsplit('/', 2)[0]}/__init__.py").status_code == 403


def test_nothing_is_reported_about_the_inside(http):
    for path in ("/monitoring", "/docs", "/redoc", "/gradio_api/runs"):
        answer = http.get(path)
        assert answer.status_code in (403, 404) or answer.text == "[]" or "<gradio-app" in answer.text, path

"""Handlers for every kind of answer and context, with tiny models: pictures, items, spans and written texts."""

import base64
import io
import json

import numpy as np
import pytest
from factories.tiny import VOCABULARY, make_model
from PIL import Image

from dualroute.api import DualRouter
from dualroute.app import contracts, models
from dualroute.app import endpoints as api
from dualroute.app.contracts import MAX_PICTURE, MAX_URL
from dualroute.app.inspect import tab as handlers
from dualroute.attribute.quadrature import MAX_STEPS

X = "the striker scored twice"
KNOWN = ("striker", "scored", "market", "shares", "fell", "say")
ENDS = {"id2label": {0: "start", 1: "end"}, "label2id": {"start": 0, "end": 1}}
WRITES = {"context": "backward", "reader": "diagonal", "readout": "generation", "recurrent_size": 12}
WRITES |= {"vocabulary_size": len(KNOWN) + 2, "max_new_tokens": 5, "id2label": {}, "label2id": {}}
KINDS = {
    "pictures": {"context": "image", "image_size": 32, "patches": 4, "reader": "bilinear"},
    "items": {"context": "items", "context_max_length": 3},
    "spans": {"readout": "span", "reader": "bilinear", "max_answer_length": 3, **ENDS},
    "writes": WRITES,
}


@pytest.fixture(autouse=True, scope="module")
def routers():
    """Handlers that know these tiny models alone."""
    made = {name: DualRouter(make_model(**settings), name) for name, settings in KINDS.items()}
    made["writes"].model.readout.set_vocabulary([VOCABULARY[word] for word in KNOWN], 2, 3, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "get_router", made.__getitem__)
        patch.setattr(contracts, "served_routers", lambda: made)
        yield made


def picture_file(kind="PNG", size=(40, 30)) -> bytes:
    file = io.BytesIO()
    picture = Image.new("RGB", size, (240, 250, 255))
    picture.paste((200, 30, 30), (8, 8, 24, 16))
    picture.save(file, kind)
    return file.getvalue()


def url_of(content: bytes, kind="png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def analyse(name: str, x: str, h: str, image: str | None = None) -> dict:
    return handlers.view_payload({"checkpoint": name, "x": x, "h": h, "image": image})


def request_for(name: str, h="", **more) -> dict:
    return {"checkpoint": name, "x": X, "h": h, "policy": "soft", "threshold": 0.5, "overrides": []} | more


def test_a_picture_by_file_by_text_and_as_the_page_has_it():
    uploaded = analyse("pictures", X, "", url_of(picture_file()))
    assert uploaded["contextKind"] == "image"
    assert len(uploaded["contextTokens"]) == 16
    assert uploaded == analyse("pictures", X, url_of(picture_file()))
    again = handlers.attribute(request_for("pictures", image=uploaded["image"]))
    assert again["key"] == uploaded["key"]
    assert len(again["prediction"]["contextScores"]) == 16
    record = json.loads(api.trace("pictures", X, url_of(picture_file())))
    assert record["context"]["image"] == uploaded["image"]


def test_without_a_picture_there_is_nothing_to_read():
    payload = analyse("pictures", X, "")
    assert (payload["image"], payload["contextTokens"]) == ("", [])


@pytest.mark.parametrize(
    "content", [b"no picture", b"", picture_file()[:60], b"<svg onload='window.__hit=1'/>", b"%PDF-1.4"]
)
def test_a_wrong_file_is_refused_in_words(content):
    with pytest.raises(ValueError, match=r"the [a-z]+ is (not a picture|broken)"):
        analyse("pictures", X, "", url_of(content))


@pytest.mark.parametrize(
    "h", ["a text", "http://localhost/evil.png", "/etc/passwd", "data:text/html;base64,PHNjcmlwdD4="]
)
def test_what_is_no_picture_is_never_opened(h):
    with pytest.raises(ValueError, match=r"must be a picture|data: URL"):
        analyse("pictures", X, h)
    with pytest.raises(ValueError, match=r"must be a picture|data: URL"):
        handlers.attribute(request_for("pictures", image=h))


def test_large_pictures_are_refused():
    for place in ({"h": "data:image/png;base64," + "A" * MAX_URL}, {"h": "", "image": url_of(bytes(MAX_PICTURE + 99))}):
        with pytest.raises(ValueError, match="at most 8 MB"):
            analyse("pictures", X, **place)


def test_a_picture_for_a_task_of_texts_is_refused():
    with pytest.raises(ValueError, match="takes no picture"):
        handlers.attribute(request_for("spans", h="market", image=url_of(picture_file())))


def test_any_answer_of_a_passage_is_attributed(routers):
    trace = routers["spans"].trace(X, "say the market")
    payload = handlers.attribute(request_for("spans", h="say the market", label="1-2", policy=trace.spec.policy))
    assert payload["request"]["label"] == "1-2"
    expected = routers["spans"].attribute(trace, target="prediction:1-2")
    assert expected.label == "striker scored"
    np.testing.assert_allclose(payload["prediction"]["scores"], expected.scores, rtol=0.05, atol=0.01)
    first, last = trace.replay().span
    payload = handlers.attribute(request_for("spans", h="say the market", policy=trace.spec.policy))
    assert payload["request"]["label"] == f"{first}-{last}"


@pytest.mark.parametrize("label", ["2-1", "0-3", "0-99", "x-1", "1", "-1-1", "1-2-3"])
def test_an_answer_that_is_none_is_refused(label):
    with pytest.raises(ValueError, match=r"no (answer|token)"):
        handlers.attribute(request_for("spans", h="say", label=label))


def test_a_text_is_written_anew_for_another_route(routers):
    first = analyse("writes", X, "peace talks")
    assert first["hName"] == "words that follow"
    assert set(first["written"]["alternatives"]) == {"direct", "merged"}
    again = handlers.view_payload(
        request_for("writes", h=first["h"], x=first["x"], overrides=[[0, "direct"]], policy="merged")
    )
    assert again["key"] == first["key"]
    trace = routers["writes"].trace(first["x"], first["h"], "merged", 0.5, {0: "direct"})
    assert again["written"]["text"] == trace.generation.text


def test_a_written_text_and_one_of_its_words_are_attributed():
    whole = handlers.attribute(request_for("writes"))
    assert whole["request"]["label"] == ""
    step = handlers.attribute(request_for("writes", label="step:0"))
    assert step["request"]["label"] == "step:0"
    assert len(step["prediction"]["scores"]) == len(whole["gate"]["scores"])
    with pytest.raises(ValueError, match="no target"):
        handlers.attribute(request_for("writes", label="step:99"))


def test_items_are_named_one_by_one():
    payload = analyse("items", X, "Market (1999): 4\nPeace (2001): 2.5")
    assert (payload["contextKind"], len(payload["contextTokens"])) == ("items", 2)
    assert len(handlers.attribute(request_for("items", h=payload["h"]))["gate"]["contextScores"]) == 2


def test_long_inputs_get_fewer_steps(routers, monkeypatch):
    asked = []
    spans = routers["spans"]
    monkeypatch.setattr(spans, "attribute_many", lambda *_, max_steps, **__: asked.append(max_steps) or 1 / 0)
    for x in ("say", "market " * 35):
        with pytest.raises(ZeroDivisionError):
            handlers.attribute(request_for("spans", x=x, h="fell " * 50))
    assert MAX_STEPS == handlers.MAX_STEPS  # as much as the library takes
    assert MAX_STEPS >= asked[0] > asked[1] >= handlers.MIN_STEPS

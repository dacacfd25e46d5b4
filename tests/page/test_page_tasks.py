"""Every task on the real page: its stored example, a picture of one's own, a wrong file, another decision layer."""

import pytest
from PIL import Image, ImageDraw

from dualroute.app.catalogue import load_catalogue
from dualroute.export.trace_payload import trace_key

CATALOGUE = load_catalogue()
PICTURED = next((name for name, entry in CATALOGUE.items() if entry.task.h_is_image), None)
LAYERED = [name for name, entry in CATALOGUE.items() if len(entry.layers) > 1]


def changed(visitor, act) -> None:
    """Do something, and wait until another input or checkpoint is on screen."""
    before = visitor.state()["key"]
    act()
    visitor.page.wait_for_function("(key) => document.querySelector('.dr').dataset.ready !== key", arg=before)


def choose(visitor, task: str) -> None:
    if visitor.page.input_value("#task") != task:
        changed(visitor, lambda: visitor.page.select_option("#task", task))


def test_every_task_shows_its_first_example_without_a_model(visitor):
    for name, entry in CATALOGUE.items():
        visitor.unfold()
        assert len(entry.examples) >= 5, name
        trace = entry.examples[0].trace
        choose(visitor, name)
        assert visitor.state()["key"] == trace_key(trace)
        assert visitor.page.input_value("#x textarea") == trace.x
        for place, there in (("#picture", entry.task.h_is_image), ("#layer", len(entry.layers) > 1)):
            visitor.page.locator(place).wait_for(state="visible" if there else "hidden")
        visitor.attributed()
        assert visitor.page.locator("#examples option:not([hidden])").count() == len(entry.examples)
        assert visitor.texts("#question") == [entry.task.question]
        assert visitor.texts(".dr-note") == [entry.note]


@pytest.mark.skipif(PICTURED is None, reason="no checkpoint of a task with pictures is shipped")
def test_a_picture_of_ones_own_and_a_wrong_file(visitor, tmp_path):
    picture = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(picture).rectangle((60, 60, 180, 140), fill="green")
    picture.save(tmp_path / "own.jpg")
    (tmp_path / "wrong.png").write_bytes(b"this is no picture")
    choose(visitor, PICTURED)
    upload, shown = visitor.page.locator("#picture input[type=file]"), visitor.page.locator("#picture img")
    remove = visitor.page.locator(".dr-picture-remove")
    remove.click()
    upload.set_input_files(tmp_path / "own.jpg")
    shown.wait_for()
    changed(visitor, lambda: visitor.page.click("#run"))
    assert visitor.page.locator(".dr-frame img").get_attribute("src").startswith("data:image/png;base64,")
    assert visitor.page.locator(".dr-patch").count() == len(visitor.state()["contextTokens"]) > 1
    remove.click()
    changed(visitor, lambda: visitor.page.click("#run"))
    assert visitor.state()["contextTokens"] == []
    upload.set_input_files(tmp_path / "wrong.png")
    visitor.page.wait_for_selector(".dr-edit-status:has-text('cannot show')")
    visitor.page.click("#run")
    visitor.page.wait_for_selector(".dr-edit-status:has-text('is not a picture')")
    visitor.problems[:] = [problem for problem in visitor.problems if "console" not in problem]  # a broken image


@pytest.mark.skipif(not LAYERED, reason="no task has two decision layers")
def test_another_decision_layer_routes_the_same_input(visitor):
    entry = CATALOGUE[LAYERED[0]]
    choose(visitor, entry.task.name)
    before = visitor.state()
    changed(visitor, lambda: visitor.page.select_option("#layer", index=1))
    after = visitor.state()
    assert after["tokens"] == before["tokens"]
    assert f"Checkpoint {entry.layers[1].checkpoint} " in visitor.texts(".dr-made")[0]
    visitor.attributed()

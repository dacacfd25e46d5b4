"""How components reach the page: their two lines, their listeners, and the addresses of script and style sheet."""

import pytest

from dualroute.app.components import bundle_head, html_component, mount_script, static_url
from dualroute.export.scripts import SCRIPT, STYLE, asset


def test_a_component_has_a_listener_of_each_event_and_of_no_parameter():
    component = html_component("inspect", {}, "<p></p>", ("attribute", "rewritten"), elem_id="inspector")
    assert callable(component.attribute)
    assert callable(component.rewritten)
    with pytest.raises(AttributeError, match="rewrite"):
        _ = component.rewrite
    assert component.elem_id == "inspector"


@pytest.mark.parametrize("event", ["every", "value", "visible"])
def test_an_event_is_not_called_like_a_parameter(event):
    with pytest.raises(ValueError, match=f"an event cannot be called {event}"):
        mount_script("inspect", ("attribute", event))


def test_an_address_changes_with_the_content(tmp_path, monkeypatch):
    before = static_url(SCRIPT)
    for name in (SCRIPT, STYLE):
        (tmp_path / name).write_text("", encoding="utf-8")
    monkeypatch.setenv("DUALROUTE_ASSETS", str(tmp_path))
    empty = static_url(SCRIPT)
    assert empty.partition("?v=")[2] != before.partition("?v=")[2]
    (tmp_path / SCRIPT).write_text("1", encoding="utf-8")
    assert static_url(SCRIPT) != empty
    assert bundle_head().count("?v=") == 2


def test_the_bundle_fits_into_a_script_element():
    script = asset(SCRIPT)
    assert "</script" not in script.lower()
    assert "<!--" not in script
    assert "sourceMappingURL" not in script

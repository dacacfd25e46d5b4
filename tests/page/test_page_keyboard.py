"""Without a mouse and without eyes: everything is reached by keys and has a name."""

from .visitor import check_replay

NAMED = {"button", "radio", "slider", "textbox", "tab", "link", "table", "region", "checkbox", "combobox"}


def tab_to(visitor, selector: str, limit=60) -> int:
    """Press Tab until an element that matches has the focus; the number of presses."""
    for presses in range(1, limit + 1):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return presses
    raise AssertionError(f"{selector} is not reached by {limit} times Tab")


def focused(visitor) -> str:
    """Column and kind of the button that has the focus, for instance `3 dr-flow`."""
    return visitor.page.evaluate(
        "() => `${document.activeElement.closest('.dr-col').dataset.i} ${document.activeElement.className}`"
    )


def press(visitor, *keys: str) -> None:
    for key in keys:
        visitor.page.keyboard.press(key)


def test_tab_leads_to_every_control_in_order(visitor):
    for selector in (
        "#task",
        "#examples",
        ".dr-tile",
        ".dr-slider",
        "#x textarea",
        "#h textarea",
        "#run",
        ".dr-label",
        ".dr-policy",
        ".dr-x .dr-tok",
    ):
        tab_to(visitor, selector)
    # The tokens are one stop: the next Tab leaves them.
    visitor.page.keyboard.press("Tab")
    assert not visitor.page.evaluate("document.activeElement.matches('.dr-x .dr-tok, .dr-x .dr-flow')")


def test_arrows_move_among_tokens_and_enter_and_space_flip(visitor, examples):
    trace = examples[0].trace
    tab_to(visitor, ".dr-x .dr-tok")
    assert focused(visitor) == "0 dr-tok"
    press(visitor, "ArrowRight", "ArrowRight", "ArrowLeft")
    assert focused(visitor) == "1 dr-tok"
    press(visitor, "Enter")
    assert visitor.state()["token"] == 1
    press(visitor, "ArrowDown")
    assert focused(visitor) == "1 dr-flow"
    press(visitor, "Enter")
    shown = visitor.state()
    assert [token for token, _ in shown["overrides"]] == [1]
    check_replay(shown, trace)
    assert focused(visitor) == "1 dr-flow"
    press(visitor, "Space")
    assert visitor.state()["overrides"] == []
    press(visitor, *["ArrowLeft"] * 3)
    assert focused(visitor) == "0 dr-flow"
    press(visitor, *["ArrowRight"] * (len(trace.tokens) + 2), "ArrowUp")
    assert focused(visitor) == f"{len(trace.tokens) - 1} dr-tok"


def test_policies_by_keys(visitor, examples):
    tab_to(visitor, ".dr-policy")
    press(visitor, "ArrowRight", "ArrowRight", "Space")
    shown = visitor.state()
    assert shown["policy"] != examples[0].trace.spec.policy
    checked = visitor.page.locator(".dr-policies [aria-checked=true]")
    assert checked.get_attribute("data-policy") == shown["policy"]
    check_replay(shown, examples[0].trace)


def test_the_focus_is_seen(visitor):
    for selector in (".dr-slider", ".dr-x .dr-tok"):
        tab_to(visitor, selector)
        outline = visitor.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", selector


def test_every_control_has_a_name(visitor):
    visitor.page.locator(".dr-plot").scroll_into_view_if_needed()
    visitor.page.wait_for_selector(".dr-flow-ribbon")
    visitor.flip(1)
    session = visitor.context.new_cdp_session(visitor.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    named = [(n["role"]["value"], n["name"]["value"]) for n in nodes if not n["ignored"] and "name" in n]
    controls = [(role, name) for role, name in named if role in NAMED]
    assert [role for role, name in controls if not name.strip()] == []
    tokens = len(visitor.state()["tokens"])
    assert sum(role == "button" for role, _ in controls) >= 2 * tokens
    assert any(role == "button" and "flipped" in name for role, name in controls)
    assert any(role == "image" and name.startswith("Flow picture. Score of") for role, name in named)

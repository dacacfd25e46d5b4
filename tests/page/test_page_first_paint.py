"""What a visitor sees first: the stored trace, whole and true, before anything was computed."""

import numpy as np

from dualroute.export.trace_payload import trace_key

from .visitor import check_replay, check_screen, on_page


def test_the_stored_trace_is_there_without_a_run(visitor, examples):
    visitor.page.wait_for_load_state("networkidle")
    shown, trace = visitor.state(), examples[0].trace
    assert shown["key"] == trace_key(trace)
    assert visitor.texts(".dr-x button.dr-tok") == on_page(trace.tokens)
    assert visitor.texts(".dr-h .dr-col:not(.dr-head) .dr-tok") == on_page(trace.context_tokens)
    assert visitor.page.input_value("#x textarea") == trace.x
    assert visitor.page.input_value("#h textarea") == trace.h
    assert len(visitor.runs) <= 1  # whether the address holds a view; that alone runs nothing
    check_replay(shown, trace)
    check_screen(visitor, trace)


def test_the_stored_attribution_comes_with_it(visitor, examples):
    visitor.attributed()
    assert len(visitor.runs) <= 1
    titles = visitor.page.locator(".dr-x .dr-col[data-i] > :nth-child(5)").evaluate_all("(n) => n.map((m) => m.title)")
    scores = [float(title.replace("−", "-")) for title in titles]
    np.testing.assert_allclose(scores, examples[0].prediction.scores, atol=5.1e-4)  # shown with three digits


def test_what_made_it_stands_below(visitor, examples):
    spec = examples[0].trace.spec
    made = visitor.texts(".dr-made")[0]
    for word in (spec.checkpoint, spec.revision, spec.router, spec.backbone):
        assert word in made


def test_alone_and_always_stand_beside_the_routed_answer(visitor, examples):
    trace = examples[0].trace
    for column, policy in ((3, "direct"), (4, "merged")):
        cells = visitor.page.locator(f".dr-outcome tbody tr > :nth-child({column})")
        best = cells.evaluate_all("(cells) => cells.flatMap((cell, i) => (cell.matches('.best') ? [i] : []))")
        assert [trace.labels[i] for i in best] == [trace.replay(policy, overrides={}).label]

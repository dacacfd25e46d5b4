"""What a visitor sees first: the stored trace, whole and true, before anything was computed."""

from dualroute.figures.payload import trace_key

from .visitor import check_replay


def test_the_stored_trace_is_there_without_a_run(visitor, examples):
    visitor.page.wait_for_load_state("networkidle")
    shown, trace = visitor.state(), examples[0].trace
    assert shown["key"] == trace_key(trace)
    assert visitor.texts(".dr-x button.dr-tok") == list(trace.tokens)
    assert visitor.texts(".dr-h .dr-col:not(.dr-head) .dr-tok") == list(trace.context_tokens)
    assert visitor.runs == []
    check_replay(shown, trace)

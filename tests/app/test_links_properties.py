"""Whatever stands in an address, reading it raises nothing: what is of no use becomes a note."""

from factories.traces import make_spans, make_trace
from hypothesis import given, settings
from hypothesis import strategies as st

from dualroute.app.url_state.grammar import clip_to_trace, read_link, selection
from dualroute.app.url_state.query import TAB_PARAMETERS, UrlQuery, read_attribution, read_pair, read_rows
from dualroute.trace.decision import Decision, Route, overrides_to_text

NAMES = ["task", "x", "h", "policy", "theta", "flips", "label", "token", "unread"]
NAMES += [name for names in TAB_PARAMETERS.values() for name in names]
words = st.text(max_size=30) | st.sampled_from(
    ["news", "soft", "0:merged", "1.5", "-1", "nan", "3-5", "exact", "x:1", ","]
)
addresses = st.dictionaries(st.sampled_from(NAMES), words, max_size=8)
TRACE, SPANS = make_trace(tokens=6), make_spans(tokens=6)


@given(addresses)
@settings(max_examples=200, deadline=None)
def test_any_address_is_read(address):
    query = UrlQuery(address)
    link = read_link(query, ["news", "support"])
    read_attribution(query), read_rows(query, lambda: ["news"]), read_pair(query)
    for trace in (TRACE, SPANS):
        clipped = clip_to_trace(link, trace, query)
        selection(clipped, trace, query)
        trace.replay(decision=clipped.decision)  # what is left of the decision fits the trace
    assert all(isinstance(note, str) and note for note in query.notes)


@given(
    st.sampled_from(["soft", "threshold", "direct", "merged"]),
    st.floats(0, 1),
    st.dictionaries(st.integers(0, 5), st.sampled_from(TRACE.flows).map(Route)),
    st.lists(st.integers(0, 3), unique=True),
)
@settings(deadline=None)
def test_a_decision_comes_back_from_its_link(policy, theta, flips, unread):
    decision = Decision(policy, theta, flips, tuple(sorted(unread)))
    address = {"policy": policy, "theta": repr(theta), "unread": ",".join(map(str, decision.ignored or ()))}
    query = UrlQuery(address | {"flips": overrides_to_text(decision.overrides or {})})
    assert clip_to_trace(read_link(query, ["news"]), TRACE, query).decision == decision
    assert query.notes == []

"""`dualroute thresholds`: a line that says what a θ gives, and the file that says the rest."""

import json

import numpy as np
import pytest
from factories.corpora import make_corpus
from factories.gate_studies import make_gate_study
from typer.testing import CliRunner

from dualroute.cli import app
from dualroute.evaluation.row_study import Description, study
from dualroute.rows.gate_study import write_gate_study
from dualroute.rows.stored import write_rows
from dualroute.rows.threshold_index import ThresholdIndex


@pytest.fixture
def rows(tmp_path):
    """A file of 50 rows, and what is in it."""
    corpus = make_corpus(rows=50)
    corpus.gates[:] = corpus.gates.astype(np.float32)
    head = {"task": "news", "checkpoint": "made", "revision": "0", "labels": ["a", "b", "c", "d"], "data": "made"}
    head |= {"rows_note": "", "default_policy": "threshold", "default_threshold": 0.4, "skipped_empty_x": 0}
    found = study(corpus, [str(i) for i in range(50)], Description(head, "accuracy", 0.4), {}, draws=2)
    write_rows(tmp_path / "made.npz", found)
    return tmp_path / "made.npz", found


def invoke(*arguments):
    return CliRunner().invoke(app, ["thresholds", "made", *map(str, arguments)])


def test_it_says_what_the_theta_gives(rows):
    path, found = rows
    index = ThresholdIndex(found.steps)
    for theta, given in ((0.4, ()), (0.7, ("--theta", 0.7))):
        said, at = invoke("--rows", path, *given), index.at(theta)
        start = f"θ = {theta}: {100 * at.share:.1f}% of the tokens merged, accuracy {100 * at.quality:.1f} over 50 rows"
        assert said.stdout.startswith(start)


def test_it_writes_the_file(rows, tmp_path):
    path, found = rows
    said = invoke(
        "--rows", path, "--theta", 0.7, "--compare", 0.1, 0.6, "--html", tmp_path / "out.html", "--no-figures"
    )
    assert said.exit_code == 0
    text = (tmp_path / "out.html").read_text("utf-8")
    data = json.loads(text.split('id="saved-data">')[1].split("</script>")[0])
    assert data["state"] == {"rows": "made", "theta": 0.7, "one": 0.1, "other": 0.6, "facet": ""}
    assert data["rows"]["ids"] == list(found.ids)
    assert len(text) < 230_000


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--theta", 1.5), "threshold must lie in [0, 1], not 1.5"),
        (("--rows", "no.npz"), "no evaluation rows at no.npz"),
    ],
)
def test_what_does_not_fit_is_reported_in_one_line(rows, given, told):
    said = invoke("--rows", rows[0], *given)
    assert (said.exit_code, told in said.output) == (1, True)


def test_rows_of_a_gate_are_said_by_passage_and_saved(tmp_path):
    found = make_gate_study()
    write_gate_study(tmp_path / "made.npz", found)
    said = invoke("--rows", tmp_path / "made.npz", "--theta", 0.3, "--html", tmp_path / "out.html", "--no-figures")
    right = f"right {found.nll(0.3, 'right'):.2f} with {100 * found.share(0.3, 'right'):.1f}% (every token reading "
    assert said.stdout.startswith(f"θ = 0.3, nats per token and tokens that read by passage: {right}")
    data = json.loads((tmp_path / "out.html").read_text("utf-8").split('id="saved-data">')[1].split("</script>")[0])
    assert (data["rows"]["kind"], data["state"]["theta"]) == ("gate", 0.3)


def test_a_shipped_gate_is_named_like_a_checkpoint():
    said = CliRunner().invoke(app, ["thresholds", "lm-qa"])
    assert "right 2.44 with 61.0% (every token reading 2.40, none 4.63)" in said.stdout

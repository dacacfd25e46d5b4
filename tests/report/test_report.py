import json
from pathlib import Path

import pytest

from dualroute.paths import assets_dir
from dualroute.report.documents import markdown, pages_with_results, write_tables
from dualroute.report.reading import reading
from dualroute.report.results import load_results

SIGNS = "# Title\n\n<!-- results:news -->\n{}<!-- /results:news -->\n\nmore | text\n"


def accuracy(value: float) -> dict:
    return {"accuracy": value, "ci": [value - 0.01, value + 0.01]}


def threshold(theta: float, share: float) -> dict:
    return accuracy(0.884) | {
        "theta": theta,
        "share": share,
        "random": accuracy(0.861),
        "static": {"constant": accuracy(0.85), "leading": accuracy(0.865), "even": accuracy(0.84)},
        "minus_random": {"difference": 0.023, "ci": [0.0172, 0.0288]},
        "minus_merged": {"difference": -0.001, "ci": [-0.004, 0.002]},
    }


@pytest.fixture
def results() -> dict:
    return {
        "task": "news",
        "n": 6799,
        "data": "test.jsonl.gz",
        "checkpoint": "news",
        "revision": "0123456789ab",
        "rows_note": "",
        "skipped_empty_x": 0,
        "random_draws": 20,
        "default_threshold": 0.37,
        "direct": accuracy(0.82),
        "merged": accuracy(0.885),
        "soft": accuracy(0.886) | {"share": 0.22},
        "thresholds": [threshold(0.02, 0.6), threshold(0.3, 0.181), threshold(0.37, 0.15), threshold(0.4, 0.14)],
        "oracle": accuracy(0.92) | {"share": 0.1},
        "baselines": {"tfidf_x": accuracy(0.78), "tfidf_xh": accuracy(0.89)},
    }


@pytest.fixture
def readme(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(SIGNS.format("old table\n"), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path, results):
    (tmp_path / "news.json").write_text(json.dumps(results))
    return tmp_path


def test_the_rows_say_what_was_measured(results):
    lines = markdown(results).splitlines()
    assert "| without context | 0.0% | 82.0% [81.0, 83.0] |  |  |  |" in lines
    assert (
        "| routed, θ = 0.3 | 18.1% | 88.4% [87.4, 89.4] | 86.1% [85.1, 87.1] | 86.5% [85.5, 87.5], leading "
        "| +2.3 [+1.7, +2.9] |"
    ) in lines
    assert "| oracle: reads only where that helps | 10.0% | 92.0% [91.0, 93.0] |  |  |  |" in lines
    assert "| TF-IDF + logistic regression on x |  | 78.0% [77.0, 79.0] |  |  |  |" in lines


def test_every_row_has_the_cells_of_the_head(results):
    table = [line for line in markdown(results).splitlines() if line.startswith("|")]
    assert len(table) == 2 + 3 + 3 + 1 + 2  # head, flows, θ, oracle, baselines
    assert {line.count("|") for line in table} == {7}


def test_the_default_threshold_is_shown_and_marked(results):
    text = markdown(results)
    assert "**routed, θ = 0.37** (default)" in text
    assert "θ = 0.4 " not in text


def test_what_was_left_out_is_said(results):
    assert "left out" not in markdown(results)
    assert "3 rows with an empty main input are left out" in markdown(results | {"skipped_empty_x": 3})
    assert "Measured on the held-out rows" in markdown(results | {"rows_note": "the held-out rows"})


def test_only_the_text_between_the_markers_changes(readme, folder, results):
    assert write_tables(readme, folder)
    assert readme.read_text(encoding="utf-8") == SIGNS.format(markdown(results))
    assert not write_tables(readme, folder)


def test_check_changes_nothing(readme, folder):
    before = readme.read_text()
    assert write_tables(readme, folder, check=True)
    assert readme.read_text() == before


def test_another_number_is_noticed(readme, folder, results):
    write_tables(readme, folder)
    results["direct"]["accuracy"] = 0.83
    (folder / "news.json").write_text(json.dumps(results))
    assert write_tables(readme, folder, check=True)


def test_a_readme_without_markers_and_markers_without_results_are_reported(readme, folder, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"news\.json"):
        write_tables(readme, tmp_path / "elsewhere")
    readme.write_text("no markers")
    with pytest.raises(ValueError, match="has no section"):
        write_tables(readme, folder)


def test_files_that_hold_no_results_are_reported(tmp_path):
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(ValueError, match="is not JSON"):
        load_results(tmp_path / "bad.json")
    (tmp_path / "other.json").write_text('{"task": "news"}')
    with pytest.raises(ValueError, match="n, direct, merged"):
        load_results(tmp_path / "other.json")


def test_groups_are_reported_apart_and_unknown_labels_counted(results):
    part = {"n": 3, "direct": accuracy(0.1), "merged": accuracy(0.2), "soft": accuracy(0.2) | {"share": 0.5}}
    part |= {"thresholds": results["thresholds"], "oracle": accuracy(0.3) | {"share": 0.1}}
    text = markdown(results | {"groups": {"service unseen": part}, "skipped_unknown_label": 7})
    assert "| *service unseen* (3 rows): without context | 0.0% | 10.0%" in text
    assert "7 rows with a label that does not occur in training are left out." in text


def test_sentences_of_results_are_written_beside_the_table(readme, folder, results):
    readme.write_text("<!-- reading:news -->\nold\n<!-- /reading:news -->\nand after", encoding="utf-8")
    assert write_tables(readme, folder)
    assert readme.read_text("utf-8") == f"<!-- reading:news -->\n{reading(results)}\n<!-- /reading:news -->\nand after"
    readme.write_text("<!-- reading:sports -->\n<!-- /reading:sports -->", encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"sports\.json"):
        write_tables(readme, folder)


def test_pages_of_the_docs_that_have_sections_are_filled_too(readme):
    pages = readme.parent / "docs" / "results"
    pages.mkdir(parents=True)
    (pages / "plain.md").write_text("no section")
    (pages / "index.md").write_text(SIGNS.format(""))
    assert pages_with_results(readme) == [readme, pages / "index.md"]


def test_readme_and_docs_are_what_the_results_say():
    root = Path(__file__).resolve().parents[2]
    stale = [
        page for page in pages_with_results(root / "README.md") if write_tables(page, assets_dir() / "results", True)
    ]
    assert stale == [], "run `python -m dualroute table`"

"""What a long run keeps: found again, a line cut short taken off, and a file of something else refused."""

import pytest

from dualroute.studies.jsonl_store import KeptLines, KeptRows, KeptScores


def test_what_was_added_is_found_again(tmp_path):
    lines = KeptLines(tmp_path / "deep" / "kept.jsonl")
    lines.add({"a": 1})
    lines.add({"a": "ä"})
    assert KeptLines(lines.path).found == ({"a": 1}, {"a": "ä"})


def test_a_line_that_was_cut_short_is_taken_off_and_the_next_begins_on_its_own(tmp_path):
    path = tmp_path / "kept.jsonl"
    path.write_text('{"a": 1}\n{"a": ')
    lines = KeptLines(path)
    lines.add({"a": 3})
    assert lines.found == ({"a": 1},)
    assert KeptLines(path).found == ({"a": 1}, {"a": 3})


@pytest.mark.parametrize("line", ["no json\n", "[1]\n", "3\n", "a line without an end"])
def test_a_file_of_something_else_is_refused_and_left_alone(line, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text(line)
    with pytest.raises(ValueError, match=r"notes.txt holds a line that no run wrote; name another file"):
        KeptLines(path)
    assert path.read_text() == line


def test_rows_of_another_plan_are_refused(tmp_path):
    path, entry = tmp_path / "kept.jsonl", {"row": "r", "method": "exact", "what": "measures"}
    KeptRows({"seed": 0}, path).add(entry)
    assert KeptRows({"seed": 0}, path).entries == {("r", "exact", "measures"): entry}
    with pytest.raises(ValueError, match=r"kept.jsonl is of another run, \{'seed': 0\}"):
        KeptRows({"seed": 1}, path)


def test_a_file_without_attributions_is_refused(tmp_path):
    path = tmp_path / "kept.jsonl"
    KeptRows({"seed": 0}, path)
    with pytest.raises(ValueError, match=r"kept.jsonl holds no attributions"):
        KeptScores(None, path=path)


def test_without_a_file_entries_are_kept_in_memory():
    rows = KeptRows({})
    rows.add({"row": "r", "method": "exact", "what": "measures"})
    assert list(rows.entries) == [("r", "exact", "measures")]

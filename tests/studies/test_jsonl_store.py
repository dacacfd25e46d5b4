"""Stores of long studies: entries are read back, incomplete lines are removed, other files are refused."""

import pytest

from dualroute.studies.jsonl_store import AttributionStore, JsonlStore, MeasurementStore


def test_what_was_added_is_found_again(tmp_path):
    lines = JsonlStore(tmp_path / "deep" / "store.jsonl")
    lines.add({"a": 1})
    lines.add({"a": "ä"})
    assert JsonlStore(lines.path).stored == ({"a": 1}, {"a": "ä"})


def test_a_line_that_was_cut_short_is_taken_off_and_the_next_begins_on_its_own(tmp_path):
    path = tmp_path / "store.jsonl"
    path.write_text('{"a": 1}\n{"a": ')
    lines = JsonlStore(path)
    lines.add({"a": 3})
    assert lines.stored == ({"a": 1},)
    assert JsonlStore(path).stored == ({"a": 1}, {"a": 3})


@pytest.mark.parametrize("line", ["no json\n", "[1]\n", "3\n", "a line without an end"])
def test_a_file_of_something_else_is_refused_and_left_alone(line, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text(line)
    with pytest.raises(ValueError, match=r"notes.txt has a line that is not an entry of a study; choose another file"):
        JsonlStore(path)
    assert path.read_text() == line


def test_rows_of_another_plan_are_refused(tmp_path):
    path, entry = tmp_path / "store.jsonl", {"row": "r", "method": "exact", "what": "measures"}
    MeasurementStore({"seed": 0}, path).add(entry)
    assert MeasurementStore({"seed": 0}, path).entries == {("r", "exact", "measures"): entry}
    with pytest.raises(ValueError, match=r"store.jsonl belongs to a different run, \{'seed': 0\}"):
        MeasurementStore({"seed": 1}, path)


def test_a_file_without_attributions_is_refused(tmp_path):
    path = tmp_path / "store.jsonl"
    MeasurementStore({"seed": 0}, path)
    with pytest.raises(ValueError, match=r"store.jsonl has entries that are not attributions"):
        AttributionStore(None, path=path)


def test_without_a_file_entries_are_kept_in_memory():
    rows = MeasurementStore({})
    rows.add({"row": "r", "method": "exact", "what": "measures"})
    assert list(rows.entries) == [("r", "exact", "measures")]

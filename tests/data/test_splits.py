import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dualroute.data.batches import encode_examples
from dualroute.data.splits import (
    hash_split,
    held_out_limit,
    known_labels,
    limited,
    load_splits,
    read_rows,
    split_file,
    with_pool,
    without_empty,
)
from dualroute.evaluation.row_choice import without_trained_on
from dualroute.families.dual_route.backbone import load_backbone
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.tasks import Example, get_task
from dualroute.tasks.base import custom_task

ROWS = [Example(f"title {i}", f"body {i}", "sea" if i % 2 else "sky") for i in range(1000)]


def test_about_a_tenth_is_held_out_and_nothing_is_lost():
    splits = hash_split(ROWS)
    assert 70 <= len(splits.validation) <= 130
    assert sorted(splits.train + splits.validation, key=str) == sorted(ROWS, key=str)
    assert splits.labels == ("sea", "sky")


def test_a_row_falls_by_its_content_alone():
    validation = hash_split(ROWS).validation
    assert hash_split(ROWS[::-1]).validation == validation[::-1]
    assert hash_split(ROWS[:500]).validation == [row for row in validation if row in ROWS[:500]]
    twice = hash_split(ROWS + ROWS)
    assert not set(twice.train) & set(twice.validation)
    assert hash_split(ROWS, seed=1).validation != validation


HELD_OUT = [set(hash_split(ROWS, seed).validation) for seed in range(3)]


@settings(deadline=None, max_examples=40)
@given(st.integers(20, 300), st.integers(16, 400), st.integers(0, 2), st.integers(0, 20))
def test_a_limit_of_one_file_leaves_rows_to_train_on_and_to_hold_out(count, most, seed, repeated):
    rows = ROWS[:count] + ROWS[:repeated]
    held_out = [row for row in rows if row in HELD_OUT[seed]]
    assume(held_out)
    part = split_file(rows, seed, most)
    assert len(part.train) == min(most, len(rows) - len(held_out))
    assert len(part.validation) == min(most // 8, len(held_out))
    assert set(part.validation) <= set(held_out)
    assert set(part.train) <= set(rows) - set(held_out)


def test_a_smaller_limit_keeps_a_part_of_the_rows_of_a_larger_one():
    small, large = split_file(ROWS, 0, 80), split_file(ROWS, 0, 400)
    assert set(small.train) < set(large.train)
    assert set(small.validation) < set(large.validation)
    assert split_file(ROWS, 1) == hash_split(ROWS, 1)


def test_a_limit_holds_for_one_file_as_for_a_folder(tmp_path):
    text = "x,h,y\n" + "".join(f"title {i},body {i},{'abc'[i % 3]}\n" for i in range(3000))
    for name in ("big", "train", "validation"):
        (tmp_path / f"{name}.csv").write_text(text)
    task = custom_task("x", "h", "y")
    for most in (1600, 400, 160, 8):
        for data in (tmp_path / "big.csv", tmp_path):
            splits = load_splits(task, data, seed=1, max_rows=most)
            assert (len(splits.train), len(splits.validation)) == (most, most // 8)


def test_a_limit_below_eight_still_limits_the_held_out_rows(tmp_path):
    assert [held_out_limit(most) for most in (0, 1, 7, 8, 17)] == [0, 1, 1, 1, 2]
    (tmp_path / "more").mkdir()
    for name in ("train", "validation"):
        (tmp_path / "more" / f"{name}.csv").write_text("x,h,y\n" + "".join(f"a{i},b,c\n" for i in range(30)))
    pooled = with_pool(hash_split(ROWS), custom_task("x", "h", "y"), tmp_path / "here", ("more",), most=4)
    assert len([row for row in pooled.validation if row.source]) == 1


def test_too_few_rows_and_a_single_label_are_reported():
    with pytest.raises(ValueError, match="the file has too few rows: "):
        hash_split(ROWS[:1])
    with pytest.raises(ValueError, match="have the label 'sea'"):
        hash_split([row for row in ROWS if row.label == "sea"])


def test_own_columns_of_a_csv(tmp_path):
    path = tmp_path / "mail.csv"
    path.write_text("subject,text,queue\n Hello ,a world,sales\nNothing,,\nOnly subject,,support\n")
    assert read_rows(custom_task("subject", "text", "queue"), path) == [
        Example("Hello", "a world", "sales", "row 1"),
        Example("Only subject", "", "support", "row 3"),
    ]


def test_a_list_of_texts_is_one_context(tmp_path):
    path = tmp_path / "talk.jsonl"
    path.write_text('{"x": "yes", "h": ["Are you there?", "Hello?"], "y": 1}\n')
    assert read_rows(custom_task("x", "h", "y"), path) == [Example("yes", "Are you there?\nHello?", "1", "row 1")]


def test_rows_without_a_label_are_counted(tmp_path, caplog):
    path = tmp_path / "mine.jsonl"
    path.write_text('{"x": "a", "h": "b", "y": 1}\n{"x": "c", "y": null}\n{"x": "d", "h": "", "y": " "}\n')
    assert read_rows(custom_task("x", "h", "y"), path) == [Example("a", "b", "1", "row 1")]
    assert "mine.jsonl: 2 of 3 rows have no label and are left out" in caplog.text


def test_what_was_guessed_is_in_the_log(tmp_path, caplog):
    path = tmp_path / "mine.csv"
    path.write_bytes(",x;h;y\n0;Caf\xe9;b;c\n".replace(",x", ";x").encode("latin-1"))
    assert read_rows(custom_task("x", "h", "y"), path) == [Example("Café", "b", "c", "row 1")]
    assert "mine.csv: the file is not UTF-8 and was read as cp1252" in caplog.text
    assert "mine.csv: a column without a name" in caplog.text


def test_no_cell_takes_the_place_of_another(tmp_path):
    path, task = tmp_path / "s.csv", custom_task("message", "reply", "intent")
    head = "id,message,reply,intent,lang\n"
    path.write_text(head + "".join(f"{i},late {i},we look,{'ab'[i % 2]},en,\n" for i in range(4)))
    assert read_rows(task, path)[1] == Example("late 1", "we look", "b", "row 2")
    path.write_text(head + "0,late,we look,a,en\n1,late, again,we look,b,en\n")
    with pytest.raises(ValueError, match=r"^s\.csv: row 2 \(line 3\) has 6 cells, but the first line names 5 columns"):
        read_rows(task, path)
    path.write_text(head + "0,late,we look,a\n1,late,we look\n")
    with pytest.raises(ValueError, match=r"^s\.csv: row 2 \(line 3\) has 3 of 5 cells: its 'intent' is missing"):
        read_rows(task, path)


def test_files_that_do_not_fit_are_named(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("title,body\na,b\n")
    with pytest.raises(ValueError, match=r"mine\.csv: no column 'x'"):
        read_rows(get_task("news"), path)
    with pytest.raises(ValueError, match=r"mine\.csv: no column 'topic'; there are 'title', 'body'"):
        read_rows(custom_task("title", "body", "topic"), path)
    with pytest.raises(ValueError, match=r"mine\.csv: no column 'Title' \(did you mean 'title'\?\)"):
        read_rows(custom_task("Title", "body", "topic"), path)
    path = tmp_path / "mine.jsonl"
    path.write_text('{"x": "a", "h": {"b": 1}, "label": "World"}')
    with pytest.raises(ValueError, match=r"mine\.jsonl: row 1: h holds an object"):
        read_rows(get_task("news"), path)
    with pytest.raises(FileNotFoundError, match="no train file"):
        load_splits(custom_task("title", "body", "topic"), tmp_path)


def test_rows_with_nothing_to_route_are_counted(caplog):
    rows = [Example(x, "", "a") for x in ("\x00 ", "\u200b\u0301", "x", "?", "🐟", "طقس")]
    assert without_empty(rows, "mine.csv") == rows[2:]
    assert "mine.csv: 2 of 6 rows" in caplog.text


def test_extra_rows_get_their_first_words_as_x(tmp_path, caplog):
    header = "x,h,label\n"
    (tmp_path / "train.csv").write_text(header + "a title,its text,World\n")
    (tmp_path / "validation.csv").write_text(header + "another,text,Sports\n")
    (tmp_path / "more.csv").write_text(
        header + ",one two three four five six seven eight nine ten eleven,World\n,,World\n"
    )
    splits = load_splits(get_task("news"), tmp_path, extra=("more", "absent"))
    assert [row.x for row in splits.train] == ["a title", "one two three four five six seven eight nine ten"]
    assert "no extra training rows: no absent file" in caplog.text


def test_whole_rows_of_an_extra_file_are_trained_on_or_measured_on(tmp_path):
    header = "x,h,label\n"
    for name in ("train", "validation"):
        (tmp_path / f"{name}.csv").write_text(f"{header}a title of {name},,World\nanother,,Sports\n")
    (tmp_path / "more.csv").write_text(header + "".join(f"title {i},,World\n" for i in range(200)))
    trained = load_splits(get_task("news"), tmp_path, extra=("more",)).train[2:]
    rows = read_rows(get_task("news"), tmp_path / "more.csv")
    record = {"settings": {"extra": ["more"]}}
    evaluated, note = without_trained_on(rows, tmp_path / "more.csv", record)
    assert {row.x for row in trained} | {row.x for row in evaluated} == {row.x for row in rows}
    assert len(trained) + len(evaluated) == 200
    assert 20 < len(evaluated) < 60
    assert note == f"the {len(evaluated)} of 200 rows that were kept back; the others were trained on"
    assert without_trained_on(rows, tmp_path / "test.csv", record) == (rows, "")


def test_no_row_without_a_token_gets_through(backbone, tmp_path):
    """`has_content` knows no tokenizer; the tokenizer has the last word."""
    encoder = load_backbone(backbone)
    config = DualRouteConfig(id2label={0: "a"}, label2id={"a": 0}, x_name="title")
    with pytest.raises(ValueError, match=r"^1 of 2 rows of mine have no token in their title, first row number 2;"):
        encode_examples(encoder, [Example("ship", "", "a"), Example("\u200b", "", "a")], config, tmp_path, "mine")


def test_rows_are_limited_by_a_hash_of_their_content():
    rows = [Example(x=f"title {i}", h="", label="a") for i in range(50)]
    sample = limited(rows, 10, seed=3)
    assert len(sample) == 10
    assert set(limited(rows[::-1], 10, seed=3)) == set(sample)
    assert set(limited(rows, 10, seed=4)) != set(sample)
    assert limited(rows, 0) is rows


def test_labels_no_classifier_can_name_are_left_out(caplog):
    rows = [Example("x", "", "a"), Example("y", "", "b")]
    assert known_labels(rows, {"a"}, "mine") == rows[:1]
    assert "1 of 2 rows" in caplog.text

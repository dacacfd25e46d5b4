import pytest

from dualroute.data.batches import encode_examples
from dualroute.data.splits import hash_split, known_labels, limited, load_splits, read_rows, without_empty
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


def test_too_few_rows_and_a_single_label_are_reported():
    with pytest.raises(ValueError, match="too few rows in 1 rows: "):
        hash_split(ROWS[:1])
    with pytest.raises(ValueError, match="the same label, 'sea'"):
        hash_split([row for row in ROWS if row.label == "sea"])


def test_own_columns_of_a_csv(tmp_path):
    path = tmp_path / "mail.csv"
    path.write_text("subject,text,queue\n Hello ,a world,sales\nNothing,,\nOnly subject,,support\n")
    assert read_rows(custom_task("subject", "text", "queue"), path) == [
        Example("Hello", "a world", "sales"),
        Example("Only subject", "", "support"),
    ]


def test_a_list_of_texts_is_one_context(tmp_path):
    path = tmp_path / "talk.jsonl"
    path.write_text('{"x": "yes", "h": ["Are you there?", "Hello?"], "y": 1}\n')
    assert read_rows(custom_task("x", "h", "y"), path) == [Example("yes", "Are you there?\nHello?", "1")]


def test_files_that_do_not_fit_are_named(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("title,body\na,b\n")
    with pytest.raises(ValueError, match=r"mine\.csv: no column 'x'"):
        read_rows(get_task("news"), path)
    with pytest.raises(ValueError, match=r"mine\.csv: no column 'topic'; there are 'title', 'body'"):
        read_rows(custom_task("title", "body", "topic"), path)
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

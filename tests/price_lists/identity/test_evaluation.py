"""The command `evaluate_matching`: its files, its figures, its refusals; and floors on real sets where they are."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from benchmarks import identity_inputs
from price_lists.identity.evaluation import minor
from tests.parts import require_part

LEFT = """id,title,brand,price
1,Олія соняшникова Олейна 0.5 л,Олейна,55.90
2,Тонер-картридж Kyocera TK-3400,Kyocera,2500
3,Чай Lipton жовтий 25 пак,Lipton,64
"""
RIGHT = """id,title
a,Олія соняшникова Олейна 500 мл
b,Тонер картридж Kyocera ТК-3400
c,Чай Lipton жовтий 25пак
d,Степлер Axent 24/6
"""
TRUTH = "left_id,right_id\n1,a\n2,b\n3,c\n"


def run(folder: Path, left: bytes | str, right: bytes | str, truth: bytes | str) -> dict[str, Any]:
    paths = []
    for name, content in (("left", left), ("right", right), ("truth", truth)):
        path = folder / f"{name}.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        paths.append(str(path))
    out = StringIO()
    call_command("evaluate_matching", *paths, stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def refusal(folder: Path, capsys: pytest.CaptureFixture[str], *files: bytes | str) -> str:
    paths = []
    for name, content in zip(("left", "right", "truth"), files, strict=True):
        (folder / f"{name}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        paths.append(str(folder / f"{name}.csv"))
    with pytest.raises(SystemExit) as stop:
        call_command("evaluate_matching", *paths)
    assert stop.value.code == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "bad_table"
    return str(error["message"])


def test_figures_end_to_end(tmp_path: Path) -> None:
    answer = run(tmp_path, LEFT, RIGHT, TRUTH)
    assert (answer["accuracy_at_1"], answer["recall_at_10"], answer["scored"]) == (1.0, 1.0, "end to end")
    assert set(answer) >= {"precision", "recall", "f1", "threshold", "counts"}
    assert answer["counts"] == {"left": 3, "right": 4, "truth": 3, "scored_pairs": 3, "unknown_ids": 0}


def test_with_labels_only_listed_pairs_are_scored(tmp_path: Path) -> None:
    answer = run(tmp_path, LEFT, RIGHT, "left_id,right_id,label\n1,a,1\n2,d,0\n")
    assert answer["scored"] == "listed pairs"
    assert answer["counts"]["scored_pairs"] == 2
    assert answer["precision"] in (0.0, 1.0)


def test_mark_delimiter_order_and_further_columns_do_not_matter(tmp_path: Path) -> None:
    plain = run(tmp_path, LEFT, RIGHT, TRUTH)
    rows = [line.split(",") for line in LEFT.splitlines()]
    turned = "\n".join(";".join([row[3], "x", row[1], row[2], row[0]]) for row in rows).replace(
        "x;title", "X;TITLE"
    )
    other = run(tmp_path, b"\xef\xbb\xbf" + turned.encode(), RIGHT.encode("utf-16"), TRUTH.replace(",", "\t"))
    assert other == plain


def test_empty_titles_join_nothing(tmp_path: Path) -> None:
    answer = run(tmp_path, "id,title\n1,\n2,Чай\n", "id,title\na,\nb,Чай\n", "left_id,right_id\n2,b\n")
    assert answer["counts"]["left"] == 2
    assert answer["recall_at_10"] == 1.0


def test_ids_of_both_tables_may_be_equal(tmp_path: Path) -> None:
    right = RIGHT.replace("\na,", "\n1,").replace("\nb,", "\n2,").replace("\nc,", "\n3,")
    answer = run(tmp_path, LEFT, right, "left_id,right_id\n1,1\n2,2\n3,3\n")
    assert answer["accuracy_at_1"] == 1.0


def test_rows_that_repeat_a_record_under_other_ids_share_its_pairs(tmp_path: Path) -> None:
    again = LEFT + "4,Чай Lipton жовтий 25 пак,Lipton,64\n"
    answer = run(tmp_path, again, RIGHT, TRUTH + "4,c\n")
    assert (answer["accuracy_at_1"], answer["counts"]["left"]) == (1.0, 4)


def test_pairs_of_unknown_ids_are_counted(tmp_path: Path) -> None:
    assert run(tmp_path, LEFT, RIGHT, TRUTH + "9,a\n")["counts"]["unknown_ids"] == 1


@pytest.mark.parametrize(
    ("left", "truth", "said"),
    [
        ("", TRUTH, "left.csv: the file is empty"),
        ("id,name\n1,x\n", TRUTH, "must name the columns id, title"),
        ("id,title\n", TRUTH, "no row below the header"),
        ("id,title\n,x\n", TRUTH, "row 2: the id is empty"),
        ("id,title\n1,x\n1,y\n", TRUTH, "row 3: the id 1 stands for two different records"),
        ('id,title\n1,"' + "x" * 200_000, TRUTH, "check the quotes there"),
        (LEFT, "left_id,right_id,label\n1,a,maybe\n", "row 2: the label is «maybe», it must be 1 or 0"),
        (LEFT, "left_id,right_id\n8,a\n", "(1 pairs name ids that are in neither table)"),
        (LEFT, "a,b\n1,a\n", "must name the columns left_id, right_id"),
    ],
)
def test_refusals_name_the_file_and_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], left: str, truth: str, said: str
) -> None:
    assert said in refusal(tmp_path, capsys, left, RIGHT, truth)


def test_a_missing_file_is_a_refusal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("evaluate_matching", str(tmp_path / "none.csv"), "b", "c")
    assert "cannot be read" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("12.99", 1299),
        ("$1,234.56", 123456),
        ("1 234,56 грн", 123456),
        ("1.234,56", 123456),
        ("1,234", 123400),
        ("99", 9900),
        ("0", None),
        ("договірна", None),
        ("", None),
    ],
)
def test_prices_as_they_are_written(written: str, amount: int | None) -> None:
    assert minor(written) == amount


@pytest.mark.parametrize(
    ("name", "figure", "least"),
    [("beer", "f1", 0.78), ("abt_buy", "f1", 0.84), ("amazon_google", "f1", 0.65)],
)
def test_held_back_pairs_of_public_sets(tmp_path: Path, name: str, figure: str, least: float) -> None:
    require_part("shared_data")
    paths = identity_inputs.write(identity_inputs.magellan(name, "valid"), tmp_path)
    out = StringIO()
    call_command("evaluate_matching", *paths, stdout=out)
    assert json.loads(out.getvalue())[figure] >= least


def test_automatic_joins_of_names_in_two_shops_are_right(tmp_path: Path) -> None:
    require_part("shared_data")
    found = identity_inputs.plu("valid")
    kept = {one.id for one in found.left[:600]} | {two.id for two in found.right[:600]}
    small = found._replace(
        left=found.left[:600],
        right=found.right[:600],
        truth={pair: 1 for pair in found.truth if kept.issuperset(pair)},
    )
    out = StringIO()
    call_command("evaluate_matching", *identity_inputs.write(small, tmp_path), stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["accuracy_at_1"] >= 0.95
    assert answer["automatic"]["precision"] >= 0.98

"""The tables of the README and of docs/measurements.md, made from the JSON of the checkpoints."""

import pytest

from model.data.drawings import DEVELOPMENT_DATA, dataset_title
from model.errors import UserError
from model.evaluation import readme_tables
from model.inference import checkpoint
from tests.helpers.paths import ROOT


def readme(*parts: str) -> str:
    """Return the text of a README. parts: the table of the recipes, and the table of the evaluation."""
    marks = zip((readme_tables.RECIPES_MARKS, readme_tables.EVALUATION_MARKS), parts, strict=True)
    return "before\n" + "between\n".join(f"{begins}\n\n{part}\n\n{ends}\n" for (begins, ends), part in marks)


def test_the_readme_gets_both_tables(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(readme("old", "older"))
    readme_tables.write(path)
    assert path.read_text() == readme(readme_tables.recipes(), readme_tables.evaluation(checkpoint.DEFAULT_CHECKPOINT))


def test_the_tables_of_this_project_are_up_to_date():
    recipes, evaluation = readme_tables.recipes(), readme_tables.evaluation(checkpoint.DEFAULT_CHECKPOINT)
    for document, (begins, ends), table in (
        ("README.md", readme_tables.RECIPES_MARKS, recipes),
        ("docs/measurements.md", readme_tables.EVALUATION_MARKS, evaluation),
    ):
        assert f"{begins}\n\n{table}\n\n{ends}" in (ROOT / document).read_text()


def test_the_table_has_all_measurements_or_states_that_there_are_none():
    table = readme_tables.evaluation(checkpoint.DEFAULT_CHECKPOINT)
    for text in ("AUROC", "calibration error", "rotation", "gaps", "MNIST test"):
        assert text in table
    assert readme_tables.evaluation(checkpoint.FOLDER / "softmax.keras") == "Not evaluated yet."


def test_a_readme_without_marks_is_not_changed(tmp_path):
    path = tmp_path / "README.md"
    path.write_text("nothing to replace")
    with pytest.raises(UserError, match="lacks the lines"):
        readme_tables.write(path)
    assert path.read_text() == "nothing to replace"


def test_development_data_is_marked_wherever_it_is_named():
    assert "unipen_digits" in DEVELOPMENT_DATA and "unipen_other" in DEVELOPMENT_DATA
    assert "accuracy on unipen_digits (development data)" in readme_tables.recipes()
    for name in ("unipen_digits", "unipen_other"):
        assert f"| `{name}` (development data) |" in readme_tables.evaluation(checkpoint.DEFAULT_CHECKPOINT)
    assert dataset_title("mine") == "mine"

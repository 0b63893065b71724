"""The model card: metrics from the JSON of a checkpoint, and figures from the folder of the checkpoint."""

from model.evaluation import model_card
from model.inference import checkpoint


def test_figures_of_an_earlier_checkpoint_are_not_shown(tmp_path):
    for name in model_card.PICTURES:
        (tmp_path / f"digits-{name}.svg").write_text("<svg/>")
    notes = checkpoint.load_notes(checkpoint.FOLDER / "digits.json")
    path = tmp_path / "digits.keras"
    assert model_card.model_card(path, notes).pictures.keys() == model_card.PICTURES.keys()
    fresh = {name: part for name, part in notes.items() if name not in ("mnist", "drawings", "rejection")}
    assert model_card.model_card(path, fresh).pictures.keys() == {"curves"}
    assert model_card.model_card(path, fresh | {"drawings": {}}).pictures.keys() == {
        "curves",
        "drawings",
        "reliability",
    }

"""docs/own-model.md: three commands lead from a Keras script to the page with the model."""

import re
import shlex

import pytest
from playwright.sync_api import expect

from tests.helpers.browser import draw
from tests.helpers.documents import block
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.paths import ROOT
from tests.helpers.server import Server, free_port

IMAGES = 10_000


@pytest.mark.slow
def test_three_commands_lead_from_a_keras_script_to_the_page(mnist, open_page, tmp_path, monkeypatch, capsys):
    text = (ROOT / "docs" / "own-model.md").read_text()
    script, imports, serves = (
        shlex.split(line)[1:] for line in re.findall(r"^    (python .*my_model.*)$", text, re.MULTILINE)[:3]
    )
    monkeypatch.chdir(tmp_path)

    from model.inference import backend

    backend.load_tensorflow()

    import keras

    import train

    some = mnist.train.images[:IMAGES], mnist.train.labels[:IMAGES]
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: (some, some))
    assert script == ["my_model.py"] and imports[0] == "train.py" and serves[0] == "demo.py"
    exec(block("docs/own-model.md", "import keras"), {})
    capsys.readouterr()
    train.main(imports[1:])
    detected, measured, following = capsys.readouterr().out.splitlines()
    assert detected == "my_model.keras: inputs 28×28 with values from 0 to 1, outputs are probabilities."
    assert following == f"Next: {shlex.join(['python', *serves])}"
    server = Server(free_port())
    server.launch(serves[1], str(tmp_path / serves[2]))
    try:
        server.wait_until_ready()
        page = open_page(address=server.address)
        draw(page, DIGIT_DRAWINGS[7])
        expect(page.locator("#answer .digit")).to_have_text("7")
        page.locator("#compare summary").click()
        own = page.locator("#compare tr.own")
        expect(own.locator("td").first).to_have_text("my_model", timeout=30_000)
        expect(own.locator(".says")).to_have_text("7")
        accuracy = re.search(r"MNIST ([\d.]+)%", measured)[1]
        expect(own.locator("td").nth(3)).to_contain_text(accuracy)
    finally:
        server.stop()

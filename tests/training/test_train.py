import pytest, json
from dualroute.training.train import train
from dualroute.training.settings import TrainingSettings
from conftest import TASK


@pytest.mark.parametrize(("lr", "ep", "h"), [(1e-2, 10, 16), (2e-2, 6, 32), (1e-2, 6, 32), (5e-3, 10, 32)])
def test_x(backbone, data, tmp_path, lr, ep, h):
    train(
        TASK,
        data,
        tmp_path,
        TrainingSettings(epochs=ep, batch_size=16, learning_rate=lr, budget=0.05),
        dict(hidden_size=h, num_heads=2, router_size=8),
        backbone,
    )
    r = json.loads((tmp_path / "training.json").read_text())
    print(
        "\nZZ",
        lr,
        ep,
        h,
        [(round(e["eval_routed"], 2), round(e["eval_direct"], 2), round(e["eval_merged"], 2)) for e in r["validation"]],
        r["threshold"],
    )

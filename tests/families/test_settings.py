"""Numbers of settings are refused before any work, in one sentence that names the option; numpy's are taken."""

import dataclasses

import numpy as np
import pytest

from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.training.settings import TrainingSettings

WRONG = {
    "max_length": (0, -3, 1.5, float("nan"), True, "9"),
    "context_max_length": (0, -1),
    "router_size": (0,),
    "hidden_size": (0, -4),
    "lora_rank": (0,),
    "tuned_layers": (-1,),
    "dropout": (1, 1.5, -0.1, float("nan")),
    "left_out_layers": (-1,),
    "num_heads": (0, -1),
    "patches": (0, 65),
    "image_size": (0,),
    "recurrent_size": (0,),
    "max_answer_length": (0,),
    "max_new_tokens": (0,),
    "num_beams": (0,),
    "vocabulary_size": (-1,),
    "threshold": (-0.1, 1.1, float("nan")),
}
WRONG_TRAINING = {
    "epochs": (0, -1, 1.5, True),
    "batch_size": (0,),
    "learning_rate": (0, -1e-3, float("nan"), float("inf")),
    "weight_decay": (-0.1, float("nan")),
    "budget": (-0.1, float("nan"), float("inf")),
    "flow_loss": (-1, float("nan")),
    "hard_share": (-0.1, 1.1, float("nan")),
    "context_dropout": (1.1,),
    "largest_share": (-0.1, float("nan")),
    "seed": (-1, 2**32, 0.5),
    "max_rows": (-1, 1.5),
    "pool_rows": (-1,),
    "frozen_epochs": (-1,),
    "easy_epochs": (-1,),
}
WITH_OPTION = {"max_length", "context_max_length", "router_size", "hidden_size", "lora_rank", "tuned_layers", "dropout"}
WITH_OPTION |= set(WRONG_TRAINING) - {"pool_rows", "frozen_epochs", "easy_epochs"}


def cases(table):
    return [(name, value) for name, values in table.items() for value in values]


@pytest.mark.parametrize(("name", "value"), cases(WRONG))
def test_a_wrong_number_of_a_model_is_refused(name, value):
    with pytest.raises(ValueError, match=name if isinstance(value, bool | str | float) else _shown(name)):
        DualRouteConfig(**{name: value})


@pytest.mark.parametrize(("name", "value"), cases(WRONG_TRAINING))
def test_a_wrong_number_of_a_training_is_refused(name, value):
    with pytest.raises(ValueError, match=f"^{_shown(name)} must "):
        TrainingSettings(**{name: value})


def _shown(name: str) -> str:
    return f"--{name.replace('_', '-')}" if name in WITH_OPTION else name


def test_numbers_of_numpy_are_taken_as_pythons_own():
    settings = TrainingSettings(epochs=np.int64(3), budget=np.float32(0.5), seed=np.int32(7), max_rows=np.uint8(9))
    assert settings == TrainingSettings(epochs=3, budget=0.5, seed=7, max_rows=9)
    assert {type(value) for value in dataclasses.asdict(settings).values()} <= {int, float, bool, str, tuple}
    config = DualRouteConfig(
        max_length=np.int64(9), dropout=np.float64(0.25), hidden_size=np.int32(8), early=np.bool_(True)
    )
    assert (config.max_length, config.dropout, config.hidden_size, config.early) == (9, 0.25, 8, True)
    assert type(config.max_length) is int
    assert '"max_length": 9' in config.to_json_string()
    config.threshold = np.float32(0.5)
    assert type(config.threshold) is float

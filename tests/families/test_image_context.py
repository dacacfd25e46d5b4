"""Pictures in traces and attributions: the same by every way in, and complete."""

import io

import numpy as np
import pytest
import torch
from factories.tiny import make_model
from PIL import Image

from dualroute.api import DualRouter
from dualroute.attribute import quadrature
from dualroute.attribute.engine import attribute, attribute_many
from dualroute.families.dual_route.interpolation import make_interpolation_path
from dualroute.inputs import to_url
from dualroute.trace.record import Trace

X = "the striker scored"


@pytest.fixture(scope="module")
def router() -> DualRouter:
    return DualRouter(make_model(context="image", image_size=32, patches=4, reader="bilinear"), "pictures")


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    made = Image.new("RGB", (32, 32), (240, 250, 255))
    made.paste((200, 30, 30), (8, 8, 24, 16))
    return made


@pytest.fixture(scope="module")
def trace(router, picture) -> Trace:
    return router.trace(X, image=picture, policy="soft")


def png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_patches_are_named_by_their_place(trace):
    assert len(trace.context_tokens) == 16
    assert trace.context_tokens[:5] == (*(f"row 1, column {i}" for i in range(1, 5)), "row 2, column 1")
    assert trace.spec.context == "image"
    assert trace.h == ""


def test_every_way_in_gives_the_same_trace(router, picture, trace, tmp_path):
    path = tmp_path / "made.png"
    path.write_bytes(png(picture))
    ways = ({"image": png(picture)}, {"image": path}, {"image": str(path)}, {"h": to_url(np.asarray(picture))})
    for way in (*ways, {"h": trace.image}, {"image": trace.image}):
        again = router.trace(X, policy="soft", **way)
        assert again.image == trace.image
        np.testing.assert_array_equal(again.context_contributions, trace.context_contributions)


def test_without_a_picture_there_is_no_context(router):
    for h in ("", None, "  "):
        empty = router.trace(X, h)
        assert (empty.context_tokens, empty.image) == ((), "")
        assert empty.context_contributions is None


def test_what_is_no_picture_is_refused(router):
    for h in ("a red square", "/etc/hostname"):
        with pytest.raises(ValueError, match="the context must be a picture, or a data: URL"):
            router.trace(X, h)
    with pytest.raises(ValueError, match="the context is not a picture"):
        router.trace(X, image=b"hello")


def test_a_text_model_takes_no_picture(tiny_router, picture):
    with pytest.raises(ValueError, match="takes no picture"):
        tiny_router.trace(X, image=picture)


def test_what_was_changed_is_reported(router, picture):
    assert router.trace(X, image=picture).notes == ()
    wide = router.trace(X, "a caption", image=picture.resize((64, 48)))
    assert wide.notes[0] == "The context of 64 × 48 pixels was read at 32 × 32, with white bands at two sides."
    assert wide.notes[1] == "A text beside the context was not read."


def test_the_record_comes_back(trace):
    again = Trace.from_json(trace.to_json())
    assert again.image == trace.image
    np.testing.assert_array_equal(again.replay("merged").logits, trace.replay("merged").logits)


def test_scores_add_up_to_what_the_input_changes(router, trace):
    for found in attribute_many(router, trace, ("prediction", "prediction:Business", "gate", "gate:1")):
        change = found.value - found.baseline_value
        assert found.converged
        size = np.linalg.norm([*found.scores, *found.context_scores]) / 2
        assert abs(found.convergence_delta) <= quadrature.TOLERANCE * max(abs(change), size, quadrature.FLOOR)
        total = float(found.scores.sum() + found.context_scores.sum())
        assert total == pytest.approx(change + found.convergence_delta, abs=1e-6)
        assert found.context_scores.shape == (16,)


@torch.no_grad()
def test_presence_leads_from_white_to_the_picture(router, trace, picture):
    side = make_interpolation_path(router.model, trace, ()).varied[1]
    presence = torch.zeros(3, 16)
    presence[1], presence[2, 5] = 1, 0.5  # row 2, column 2: pixels 8 to 16
    pixels = side.inputs(presence)["pixel_values"]
    whole = torch.from_numpy(np.array(picture)).permute(2, 0, 1) / 255
    assert (pixels[0] == 1).all()
    torch.testing.assert_close(pixels[1], whole)
    torch.testing.assert_close(pixels[2, :, 8:16, 8:16], (whole[:, 8:16, 8:16] + 1) / 2)
    assert (pixels[2, :, 16:] == 1).all()


def test_a_white_picture_has_no_say(router):
    trace = router.trace(X, image=Image.new("RGB", (32, 32), "white"), policy="soft")
    assert not attribute(router, trace).context_scores.any()


def test_ablation_is_the_loss_of_one_patch(router, trace, picture):
    found = attribute(router, trace, method="feature_ablation")
    blanked = picture.copy()
    blanked.paste("white", (8, 8, 16, 16))
    index = trace.replay().label_index
    lost = trace.logits[index] - router.trace(X, image=blanked, policy="soft").logits[index]
    assert found.context_scores[5] == pytest.approx(lost, abs=1e-4)

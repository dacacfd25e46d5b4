"""x and h are texts, encoded by the same backbone."""

from dualroute.model.backbone import keep_words
from dualroute.model.encoders.base import PairEncoder
from dualroute.model.inputs import Encoded, ModelInput


class TextEncoder(PairEncoder):
    """Hidden states of the words of both texts; special tokens are encoded with them and then left behind.

    Where `config.tuned_layers` is not 0, states that are given are those below the layers that are tuned, special
    tokens among them, and the backbone is asked for no more than those.
    """

    def __init__(self, config):
        super().__init__(config)
        self.tuned = None
        if config.tuned_layers:
            from dualroute.model.encoders.tuned import TunedLayers  # loads peft, which most models do without

            self.tuned = TunedLayers(config)
        self.without_top = config.tuned_layers or config.left_out_layers

    @property
    def goes_on_from_states(self):
        return self.tuned is not None

    def encode_x(self, backbone, x):
        return self.encode_text(backbone, x)

    def encode_h(self, backbone, h, x):
        return self.encode_text(backbone, h)

    def encode_text(self, backbone, text: ModelInput) -> Encoded:
        """(B,n,D_f) and (B,n) of the words of a text that is given as ids, embeddings or states."""
        states, mask = text.hidden_states, text.attention_mask
        if states is None:
            given = {"input_ids": text.input_ids, "inputs_embeds": text.inputs_embeds}
            states = backbone(mask, **given, without_top=self.without_top)
        if self.tuned is not None:
            states = self.tuned(backbone, states, mask)
        if text.special_tokens_mask is None:
            return Encoded(states, mask)
        return Encoded(*keep_words(states, mask, text.special_tokens_mask))

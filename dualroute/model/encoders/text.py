"""x and h are texts, encoded by the same backbone."""

from dualroute.model.backbone import keep_words
from dualroute.model.encoders.base import PairEncoder
from dualroute.model.inputs import Encoded, ModelInput


class TextEncoder(PairEncoder):
    """Hidden states of the words of both texts; special tokens are encoded with them and then left behind."""

    def encode_x(self, backbone, x):
        return self.encode_text(backbone, x)

    def encode_h(self, backbone, h, x):
        return self.encode_text(backbone, h)

    def encode_text(self, backbone, text: ModelInput) -> Encoded:
        """(B,n,D_f) and (B,n) of the words of a text that is given as ids, embeddings or states."""
        states = text.hidden_states
        if states is None:
            states = backbone(text.attention_mask, input_ids=text.input_ids, inputs_embeds=text.inputs_embeds)
        if text.special_tokens_mask is None:
            return Encoded(states, text.attention_mask)
        return Encoded(*keep_words(states, text.attention_mask, text.special_tokens_mask))

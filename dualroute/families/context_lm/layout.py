"""How a prompt and a passage stand before an answer: the model's chat template, or plain text.

What people type is tokenized apart from the frame around it, so a control token that somebody typed is text. The frame
is the same for both flows; the merged flow has the passage and an empty line before the prompt.
"""

from dataclasses import dataclass

import numpy as np

from dualroute.families.dual_route.encoding import EncodedText, encode_text
from dualroute.values import known

CHAT, PLAIN = "chat", "plain"
TEMPLATES = (CHAT, PLAIN)
BETWEEN = "\n\n"  # passages, and the last of them and the prompt
MARK = "\u2983prompt\u2984"  # stands for the prompt while the chat template is filled in
NO_CUT = 10**9  # tokens: texts that are too long are refused, not cut


@dataclass(frozen=True, eq=False)
class Before:
    """The tokens before an answer.

    ids              n token ids
    prompt, passage  [start, end) of the tokens of each among them; None for an absent passage
    """

    ids: tuple[int, ...]
    prompt: tuple[int, int]
    passage: tuple[int, int] | None = None

    def __len__(self) -> int:
        return len(self.ids)


class Layout:
    """The frame around prompt and passage, by the chat template of the tokenizer or as plain text.

    In plain text the answer begins on a line of its own. A start token stands first where the tokenizer has one.
    instruction  a sentence that stands on a line of its own after every prompt, in both flows; empty for none
    Raises ValueError for an unknown template, and for a chat template that the tokenizer lacks or that changes texts.
    """

    def __init__(self, tokenizer, template: str | None = None, instruction: str = ""):
        self.tokenizer, self.instruction = tokenizer, instruction
        self.template = known(template, TEMPLATES, "template") if template else _default(tokenizer)
        opening, closing = _chat_frame(tokenizer) if self.template == CHAT else ("", "\n")
        start = _start_ids(tokenizer) if self.template == PLAIN else ()
        closing = f"\n{instruction}{closing}" if instruction else closing
        self._opening, self._closing = start + _frame_ids(tokenizer, opening), _frame_ids(tokenizer, closing)
        self._between = _between_ids(tokenizer)
        self._after = _frame_ids(tokenizer, _after_answer(tokenizer)) if self.template == CHAT else ()

    def encode(self, text: str, name: str) -> EncodedText:
        """Return a typed text as tokens. Raises ValueError for a text without any."""
        encoded = encode_text(self.tokenizer, text, NO_CUT, name)
        if not encoded.tokens:
            raise ValueError(f"the {name} is empty: write something into it")
        return encoded

    def end(self, ends: tuple[int, ...]) -> int | None:
        """Return which of the tokens that end a text ends an answer: the chat template's, or else the first."""
        if self._after and self._after[0] in ends:
            return self._after[0]
        return ends[0] if ends else None

    def before(self, prompt: EncodedText | None, passage: EncodedText | None = None) -> Before:
        """Return the tokens before the answer, of the merged flow where there is a passage; None is an empty text."""
        ids, place = list(self._opening), None
        if passage is not None:
            place = len(ids), len(ids) + len(word_ids(passage))
            ids += [*word_ids(passage), *(self._between if prompt is not None else ())]
        start = len(ids)
        ids += () if prompt is None else word_ids(prompt)
        return Before((*ids, *self._closing), (start, len(ids)), place)


def word_ids(text: EncodedText) -> tuple[int, ...]:
    """Return the token ids of a text, without special ones."""
    ids: np.ndarray = text.ids[~text.special]
    return tuple(ids.tolist())


def _default(tokenizer) -> str:
    return CHAT if getattr(tokenizer, "chat_template", None) else PLAIN


def _chat_frame(tokenizer) -> tuple[str, str]:
    """What the chat template writes before and after a message of the user's, up to the answer."""
    if not getattr(tokenizer, "chat_template", None):
        raise ValueError("this tokenizer has no chat template: choose template='plain'")
    message = [{"role": "user", "content": MARK}]
    try:
        written = tokenizer.apply_chat_template(message, tokenize=False, add_generation_prompt=True)
    except Exception as error:  # a template may raise whatever its author thought of
        raise ValueError(f"the chat template cannot be used ({error}): choose template='plain'") from error
    if written.count(MARK) != 1:
        raise ValueError("the chat template does not hold a message once and as it is: choose template='plain'")
    opening, _, closing = written.partition(MARK)
    return opening, closing


def _after_answer(tokenizer) -> str:
    """What the chat template writes after an answer; empty for one that wants other messages."""
    messages = [{"role": "user", "content": "a"}, {"role": "assistant", "content": MARK}]
    try:
        return tokenizer.apply_chat_template(messages, tokenize=False).partition(MARK)[2]
    except Exception:  # a template may raise whatever its author thought of
        return ""


def _frame_ids(tokenizer, text: str) -> tuple[int, ...]:
    return tuple(tokenizer(text, add_special_tokens=False)["input_ids"]) if text else ()


def _between_ids(tokenizer) -> tuple[int, ...]:
    """The tokens of an empty line as they are amid words, where some tokenizers split it in another way."""
    ids = tokenizer(f"a{BETWEEN}a", add_special_tokens=False)["input_ids"]
    inner = ids[1:-1]
    return tuple(inner) if tokenizer.decode(inner).strip(" ") == BETWEEN else _frame_ids(tokenizer, BETWEEN)


def _start_ids(tokenizer) -> tuple[int, ...]:
    """The start token, where the tokenizer puts it before a text."""
    start, written = tokenizer.bos_token_id, tokenizer("a")["input_ids"]
    return (start,) if start is not None and written and written[0] == start else ()

"""A planted task: it is known of every token whether it needs the context.

x is a row of symbols, an odd number of them, each of which votes + or -; the label is the majority's. The votes of
*plain* symbols are their own. The vote of an *ambiguous* symbol is its sense in this row, which only the context tells:
h lists every ambiguous symbol with its sense, between fillers that say nothing. Senses are drawn anew for each row, and
x does not depend on them. A row has one ambiguous symbol or none; where it has one, the plain votes are tied:

* without the context the label can be computed if and only if no token is ambiguous; else it is even odds;
* the ambiguous token, once it has read its sense, decides it;
* a plain token has nothing to read: what h says of a symbol is that symbol's to add.

So the truth (which token needs the context) is the ambiguity of its symbol, and an additive readout with a cost of
reading has one cheapest way to be right. Not more than one: of several ambiguous tokens in a row, a router that sees
what all of them would read (conv, recurrent, attention) need open only those that still change the majority; sensible,
but another question.

The gated multimodal unit was tested in this manner (Arevalo et al. 2017, "Gated Multimodal Units for Information
Fusion", arXiv 1702.01992, synthetic data: a hidden variable says which modality carries the class, and the gates are
compared with it); here the hidden variable is per token.

Any decision layer can find it. A symbol's state is a random vector, fixed for the data set, with a little noise; there
are fewer symbols than dimensions, so that plain and ambiguous ones are separated by a hyperplane: the linear router
suffices, the wider views of conv, recurrent and attention routers contain it, and f(x) alone tells, so that early
routers can know it as well. That the gates differ from the truth is then the training's doing, not the task's.
"""

from dataclasses import dataclass

import numpy as np

PLAIN = 8  # symbols 0 to 7; the even ones vote +1, the odd ones -1
AMBIGUOUS = 4  # symbols 8 to 11
LENGTHS = (3, 5, 7)  # tokens of x; odd, so that there is no tie
ASKING = 0.75  # share of the rows with an ambiguous symbol
FILLERS = 2  # context tokens that say nothing
SIZE = 32  # D_f
NOISE = 0.1  # standard deviation; that of the states' coordinates is 1
LABELS = ("negative", "positive")


@dataclass(frozen=True, eq=False)
class PlantedRows:
    """N rows with M tokens of x in all, one row's tokens after another's.

    states, starts                  (M,D_f) float32 f(x); (N+1,) row i has tokens starts[i] to starts[i+1]
    context_states, context_starts  likewise f(h)
    labels                          N indices into `LABELS`
    truth                           (M,) bool, whether the token needs the context
    symbols, senses                 (M,) the symbols of x; (N,AMBIGUOUS) ±1, what the context says
    """

    states: np.ndarray
    starts: np.ndarray
    context_states: np.ndarray
    context_starts: np.ndarray
    labels: list[int]
    truth: np.ndarray
    symbols: np.ndarray
    senses: np.ndarray


def make_rows(count: int, seed: int, world: int = 0) -> PlantedRows:
    """`count` rows drawn with `seed`. Rows of one `world` share the symbols' vectors, whatever their seed.

    Raises ValueError for a count below 1.
    """
    if count < 1:
        raise ValueError(f"count must be positive, not {count}")
    draw = np.random.default_rng(seed)
    xs = [draw_symbols(draw) for _ in range(count)]
    senses = draw.choice([-1, 1], size=(count, AMBIGUOUS))
    symbols = np.concatenate(xs)
    names, meanings, filler = _vectors(world)
    entries = names[PLAIN:] + meanings[(senses > 0).astype(int)]  # (N,AMBIGUOUS,D_f)
    context = np.concatenate([entries, np.broadcast_to(filler, (count, FILLERS, SIZE))], axis=1)
    order = draw.permuted(np.tile(np.arange(context.shape[1]), (count, 1)), axis=1)
    context = np.take_along_axis(context, order[..., None], axis=1).reshape(-1, SIZE)
    return PlantedRows(
        states=_noisy(names[symbols], draw),
        starts=np.cumsum([0, *map(len, xs)]),
        context_states=_noisy(context, draw),
        context_starts=np.arange(count + 1) * (AMBIGUOUS + FILLERS),
        labels=[label_of(x, told) for x, told in zip(xs, senses, strict=True)],
        truth=is_ambiguous(symbols),
        symbols=symbols,
        senses=senses,
    )


def draw_symbols(draw: np.random.Generator) -> np.ndarray:
    """(T,) the symbols of one row; the plain ones are tied where there is an ambiguous one."""
    length, asking = draw.choice(LENGTHS), draw.random() < ASKING
    plain = length - asking
    positive = plain // 2 if asking else draw.integers(plain + 1)
    symbols = 2 * draw.integers(PLAIN // 2, size=plain) + (np.arange(plain) >= positive)
    return draw.permutation(np.append(symbols, PLAIN + draw.integers(AMBIGUOUS, size=int(asking))))


def is_ambiguous(symbols: np.ndarray) -> np.ndarray:
    """(T,) bool, which of the symbols (T,) need the context."""
    return np.asarray(symbols) >= PLAIN


def votes(symbols: np.ndarray, senses: np.ndarray) -> np.ndarray:
    """(T,) ±1, the votes of symbols (T,) where the context gives the senses (AMBIGUOUS,)."""
    return np.append(np.resize([1, -1], PLAIN), senses)[np.asarray(symbols)]


def label_of(symbols: np.ndarray, senses: np.ndarray) -> int:
    """Index into `LABELS`: whether the votes of symbols (T,) with T odd sum to more than 0."""
    return int(votes(symbols, senses).sum() > 0)


def _vectors(world: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Names of the symbols (PLAIN + AMBIGUOUS, D_f), the two senses (2,D_f) and the filler (D_f,)."""
    vectors = np.random.default_rng([world, SIZE]).normal(size=(PLAIN + AMBIGUOUS + 3, SIZE))
    return vectors[:-3], vectors[-3:-1], vectors[-1]


def _noisy(states: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    return (states + NOISE * draw.normal(size=states.shape)).astype(np.float32)

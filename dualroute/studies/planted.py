"""A planted task, in which it is known for every token whether it needs the context.

x is an odd number of symbols, each of which votes + or -; the label is the majority. A *plain* symbol always votes the
same. An *ambiguous* symbol votes its sense in this row, which only the context h tells: h lists every ambiguous symbol
with its sense, between fillers without meaning. Senses are drawn anew for each row, independently of x. A row has at
most one ambiguous symbol; if it has one, the plain votes are tied. Therefore:

* without the context, the label is determined if no token is ambiguous, and is a coin toss otherwise;
* the ambiguous token decides the label once it has read its sense;
* a plain token has nothing to read, since h says nothing about its symbol.

So a token needs the context if and only if its symbol is ambiguous, and an additive readout with a cost of reading has
one cheapest correct solution. With several ambiguous tokens in a row there would be more: a router that sees what every
token would read (conv, recurrent, attention) could open only those gates that still change the majority.

Arevalo et al. 2017 ("Gated Multimodal Units for Information Fusion", arXiv 1702.01992) test their unit in the same way
on synthetic data: a hidden variable says which modality determines the class, and the gates are compared with it. Here
the hidden variable is per token.

Every decision layer can represent the solution. A symbol's state is a random vector, fixed for the data set, with a
little noise. There are fewer symbols than dimensions, so a hyperplane separates plain and ambiguous ones: the linear
router suffices, the conv, recurrent and attention routers include it, and since f(x) alone is enough, early routers can
represent it too. Any difference of the gates from the truth then comes from training, not from the task.
"""

from dataclasses import dataclass

import numpy as np

PLAIN = 8  # symbols 0 to 7; the even ones vote +1, the odd ones -1
AMBIGUOUS = 4  # symbols 8 to 11
LENGTHS = (3, 5, 7)  # tokens of x; odd, so that there is no tie
AMBIGUOUS_ROWS = 0.75  # share of the rows with an ambiguous symbol
FILLERS = 2  # context tokens without meaning
SIZE = 32  # D_f
NOISE = 0.1  # standard deviation; that of the coordinates of the states is 1
LABELS = ("negative", "positive")


@dataclass(frozen=True, eq=False)
class PlantedRows:
    """N rows with M tokens of x in total, the tokens of one row after those of another.

    states, starts                  (M,D_f) float32 f(x); (N+1,) row i has tokens starts[i] to starts[i+1]
    context_states, context_starts  the same for f(h)
    labels                          N indices into `LABELS`
    truth                           (M,) bool, whether the token needs the context
    symbols, senses                 (M,) the symbols of x; (N,AMBIGUOUS) ±1, the senses in the context
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
    """Return `count` random rows. Rows of one `world` share the vectors of the symbols, whatever their seed.

    Raises ValueError for a count below 1.
    """
    if count < 1:
        raise ValueError(f"count must be positive, not {count}")
    generator = np.random.default_rng(seed)
    xs = [draw_symbols(generator) for _ in range(count)]
    senses = generator.choice([-1, 1], size=(count, AMBIGUOUS))
    symbols = np.concatenate(xs)
    names, meanings, filler = _vectors(world)
    entries = names[PLAIN:] + meanings[(senses > 0).astype(int)]  # (N,AMBIGUOUS,D_f)
    context = np.concatenate([entries, np.broadcast_to(filler, (count, FILLERS, SIZE))], axis=1)
    order = generator.permuted(np.tile(np.arange(context.shape[1]), (count, 1)), axis=1)
    context = np.take_along_axis(context, order[..., None], axis=1).reshape(-1, SIZE)
    return PlantedRows(
        states=_noisy(names[symbols], generator),
        starts=np.cumsum([0, *map(len, xs)]),
        context_states=_noisy(context, generator),
        context_starts=np.arange(count + 1) * (AMBIGUOUS + FILLERS),
        labels=[label_of(x, row_senses) for x, row_senses in zip(xs, senses, strict=True)],
        truth=is_ambiguous(symbols),
        symbols=symbols,
        senses=senses,
    )


def draw_symbols(generator: np.random.Generator) -> np.ndarray:
    """Return the symbols (T,) of one row; if one is ambiguous, the votes of the plain ones are tied."""
    length, has_ambiguous = generator.choice(LENGTHS), generator.random() < AMBIGUOUS_ROWS
    plain = length - has_ambiguous
    positive = plain // 2 if has_ambiguous else generator.integers(plain + 1)
    symbols = 2 * generator.integers(PLAIN // 2, size=plain) + (np.arange(plain) >= positive)
    return generator.permutation(np.append(symbols, PLAIN + generator.integers(AMBIGUOUS, size=int(has_ambiguous))))


def is_ambiguous(symbols: np.ndarray) -> np.ndarray:
    """Return (T,) bool: which of the symbols (T,) need the context."""
    return np.asarray(symbols) >= PLAIN


def votes(symbols: np.ndarray, senses: np.ndarray) -> np.ndarray:
    """Return the votes (T,) ±1 of symbols (T,) for senses (AMBIGUOUS,) in the context."""
    return np.append(np.resize([1, -1], PLAIN), senses)[np.asarray(symbols)]


def label_of(symbols: np.ndarray, senses: np.ndarray) -> int:
    """Return the index into `LABELS` of the majority of the votes of symbols (T,), T odd."""
    return int(votes(symbols, senses).sum() > 0)


def _vectors(world: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the vectors of the symbols (PLAIN + AMBIGUOUS, D_f), the two senses (2,D_f) and the filler (D_f,)."""
    vectors = np.random.default_rng([world, SIZE]).normal(size=(PLAIN + AMBIGUOUS + 3, SIZE))
    return vectors[:-3], vectors[-3:-1], vectors[-1]


def _noisy(states: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    return (states + NOISE * generator.normal(size=states.shape)).astype(np.float32)

"""Customer service: does a message say what the customer wants, or must the dialogue so far be read?"""

from dualroute.tables import cell_items, cell_text
from dualroute.tasks.base import Demo, Example, Task

HISTORY_WORDS = 80


def to_example(record: dict) -> Example:
    """Return a row of Schema-Guided Dialogue: x a customer's turn, h earlier turns, label the active intent.

    h is a list, or a text with a turn a line.
    """
    return Example(
        x=cell_text(record["x"], "x"),
        h=recent(cell_items(record["h"], "h")),
        label=cell_text(record["label"], "label"),
        id=cell_text(record.get("id"), "id"),
        group=cell_text(record.get("service"), "service"),
    )


def recent(turns: list[str], words: int = HISTORY_WORDS) -> str:
    """Return the last complete turns that fit into `words` words, at least one turn."""
    latest, left = [], words
    for turn in reversed(turns):
        left -= len(turn.split())
        if left < 0 and latest:
            break
        latest.append(turn)
    return " ".join(reversed(latest))


DEMOS = (
    Demo(
        "Yes, that works for me.",
        "U: I need a table for two tonight. S: Which city are you in? U: I am in San Jose. "
        "S: Please confirm: a table for two at Olive Garden in San Jose at 7 pm today.",
        ("ReserveRestaurant",),
    ),
    Demo(
        "Yes, that works for me.",
        "U: I have a dentist's visit to arrange. S: What day suits you? U: Monday in the morning. "
        "S: I will book an appointment with Dr. Lee at 10 am next Monday. Is that right?",
        ("BookAppointment",),
    ),
    Demo(
        "What is the address?",
        "U: Can you help me find a hair salon? S: In which city? U: In Berkeley. "
        "S: I found a nice place called Bay Cuts.",
        ("FindProvider",),
    ),
    Demo("I would like to find a comedy movie to watch tonight.", "", ("FindMovies",)),
    Demo(
        "Please book me two tickets for it.",
        "U: Are there any concerts in Seattle this weekend? S: There is a concert by Lady Gaga at Key Arena on "
        "Saturday.",
        ("BuyEventTickets",),
    ),
    Demo(
        "Make it three people instead.",
        "U: I need a ride to the airport. S: What kind of ride and for how many people? U: A regular one for two "
        "people. S: Confirming a regular ride to the airport for two people.",
        ("GetRide",),
    ),
)

TASK = Task(
    name="support",
    title="Customer service",
    x_name="message",
    h_name="dialogue so far",
    question="Which words of the message need the dialogue so far?",
    labels=(),
    group_name="service",
    to_example=to_example,
    columns=("x", "h", "label"),
    demos=DEMOS,
    config={"dropout": 0.3, "context_max_length": 160, "content_layer": 3},
    training={
        "max_rows": 12_000,
        "epochs": 6,
        "budget": 0.15,
        "idle_cost": 0.1,
        "gate_epochs": 5,
        "gate_router": "recurrent",
        "gate_router_size": 256,
    },
    data="Schema-Guided Dialogue (Rastogi et al. 2020): 12,000 of its training turns, with the last turns before them, "
    "up to 80 words, as the context. The label is the active intent.",
    licence="CC BY-SA 4.0 for the dialogues; their texts are not shipped.",
    limits="Knows the 37 intents of its training services and no other. The dialogues were simulated by machine and "
    "paraphrased by people: a customer writes less tidily. English only.",
    command="python -m dualroute train support --data DATA/dialogue_sgd --out runs/support",
)

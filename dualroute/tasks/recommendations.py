"""Recommendations: does the film say whether this reader will like it, or must the reader's history be read?"""

from dualroute.tables import cell_items, cell_text
from dualroute.tasks.base import Demo, Example, Task

LABELS = ("dislike", "like")
LIKED, DISLIKED = 4.0, 3.0  # at least, at most; ratings between have no label
FEWEST = 5  # films rated before a film of a history that becomes a row of its own


def to_example(record: dict) -> Example:
    """Return a row of MovieLens: x the film, h the reader's last ratings as a list of lines, oldest first."""
    x = cell_text(record["x"], "x")
    return Example(
        x=x,
        h="\n".join(cell_items(record["h"], "h")),
        label=cell_text(record["label"], "label"),
        id=cell_text(record.get("id"), "id"),
        group=title(x),
    )


def title(x: str) -> str:
    """Return `Title (year)` of `Title (year) | genres | tags`."""
    return x.split(" | ")[0].strip()


def more_records(records: list[dict]) -> list[dict]:
    """Return records made from the histories of training readers: a rated film, with the ratings before it as history.

    Only films with a record of their own are used, since only their descriptions are known. No pair of reader and film
    occurs twice.
    """
    if not all("user" in record for record in records):
        return []  # without readers it is not known which pairs are new
    descriptions = {title(record["x"]): record["x"] for record in records}
    pairs = {(record["user"], title(record["x"])) for record in records}
    further = []
    for record in records:
        history = cell_items(record["h"], "h")
        for place in range(FEWEST, len(history)):
            film, _, rating = history[place].rpartition(": ")
            label = label_of(float(rating))
            if film in descriptions and label and (record["user"], film) not in pairs:
                pairs.add((record["user"], film))
                further.append({"x": descriptions[film], "h": history[:place], "label": label})
    return further


def label_of(rating: float) -> str:
    """Return `like`, `dislike`, or an empty text for a rating between the two."""
    return "like" if rating >= LIKED else "dislike" if rating <= DISLIKED else ""


# Readers invented for this page, none from the data set; the films are real.
DEMOS = (
    Demo(
        "Alien (1979) | Horror, Sci-Fi",
        "Blade Runner (1982): 5\nThe Terminator (1984): 4.5\nThe Thing (1982): 5\nThe Notebook (2004): 2\n"
        "Pretty Woman (1990): 1.5\nRoboCop (1987): 4",
    ),
    Demo(
        "Alien (1979) | Horror, Sci-Fi",
        "The Notebook (2004): 3.5\nPretty Woman (1990): 3\nScream (1996): 1.5\nThe Shining (1980): 1\n"
        "Notting Hill (1999): 4\nSaw (2004): 0.5",
    ),
    Demo(
        "The Godfather (1972) | Crime, Drama",
        "Dumb & Dumber (1994): 3\nGoodfellas (1990): 4\nJurassic Park (1993): 3\nCasino (1995): 4.5\n"
        "The Lion King (1994): 3",
    ),
    Demo(
        "Batman & Robin (1997) | Action, Adventure, Fantasy, Thriller",
        "Titanic (1997): 5\nIndependence Day (1996): 5\nMen in Black (1997): 4.5\nGodzilla (1998): 4\n"
        "Twister (1996): 5\nSpeed (1994): 4.5",
    ),
    Demo(
        "Shrek (2001) | Adventure, Animation, Children, Comedy, Fantasy, Romance",
        "Toy Story (1995): 2\nMonsters, Inc. (2001): 2.5\nFinding Nemo (2003): 2\nPulp Fiction (1994): 3\n"
        "Fargo (1996): 3\nSe7en (1995): 2.5",
    ),
    Demo("Finding Nemo (2003) | Adventure, Animation, Children, Comedy", ""),
)

TASK = Task(
    name="recommendations",
    title="Recommendation",
    x_name="film",
    h_name="history",
    question="Which parts of the film description depend on what this viewer rated before?",
    labels=LABELS,
    metric="auc",
    group_name="film",
    to_example=to_example,
    columns=("x", "h", "label"),
    more_records=more_records,
    baselines=("majority", "majority_of_x", "tfidf_x", "tfidf_h", "tfidf_xh", "factorisation"),
    demos=DEMOS,
    config={
        "context": "items",
        "reader": "bilinear",
        "hidden_size": 128,
        "router_size": 64,
        "dropout": 0.4,
        "max_length": 64,
        "context_max_length": 15,
        "content_layer": 0,
    },
    training={"epochs": 3, "learning_rate": 1e-3, "budget": 0.015, "largest_share": 0.5, "idle_cost": 0.1},
    data="MovieLens, ml-latest-small (Harper & Konstan 2015, The MovieLens Datasets: History and Context, ACM TiiS): "
    "films as title, genres and tags; the last 15 ratings of the reader before that moment as the context, one context "
    "token for each. Liked is a rating of 4 or more, not liked one of 3 or less. 16,324 rows of 375 training readers, "
    "and 22,140 more that their histories hold.",
    licence="MovieLens: for research, not for commercial use; the data set has to be acknowledged; the ratings are not "
    "shipped. No endorsement by the University of Minnesota or the GroupLens group.",
    limits="Reads how kindly a reader rates, hardly what: with the ratings of each history dealt out anew among its "
    "films the area on the validation rows stays 0.785, with all ratings alike it is 0.683. Readers of "
    "the test are all new, no reader is in two files; most of their films are not. Intervals take rows for "
    "independent, though up to 60 are of one reader. The ratings are of one site, until 2018, by people who "
    "rate a lot.",
    command="python -m dualroute train recommendations --data DATA/recsys_movielens --out runs/recommendations",
)

"""The README's results tables, made from the stored results: a table by hand would sooner or later lie."""

import re
from pathlib import Path

from dualroute.figures.faithfulness import faithfulness_table
from dualroute.figures.plausibility import plausibility_summary
from dualroute.figures.recovery import recovery_table
from dualroute.figures.results import EVALUATION, kind, load_all, load_results
from dualroute.figures.search import search_table
from dualroute.figures.tables import overview_table, result_table

__all__ = ["load_results", "markdown", "write_tables"]

OVERVIEW = "overview"
OTHER_TABLES = {
    "faithfulness": faithfulness_table,
    "search": search_table,
    "gate_recovery": recovery_table,
    "plausibility": plausibility_summary,
}  # by the kind of results
_SECTION = re.compile(r"(<!-- results:([\w-]+) -->\n)(.*?)(<!-- /results:\2 -->)", re.DOTALL)


def write_tables(readme: Path, results: Path, check: bool = False) -> bool:
    """Put the tables of `results/<name>.json` between their markers in `readme`; whether that changes the file.

    Between `<!-- results:overview -->` and its end goes one row per results. With `check` nothing is written. Raises
    FileNotFoundError for a missing file, ValueError for a README without markers or a results file that is none.
    """
    if not readme.is_file():
        raise FileNotFoundError(f"no file {readme}")
    before = readme.read_text(encoding="utf-8")
    if not _SECTION.search(before):
        raise ValueError(f"{readme} has no section <!-- results:TASK --> … <!-- /results:TASK -->")
    after = _SECTION.sub(lambda found: found[1] + _table(found[2], results) + found[4], before)
    if after != before and not check:
        readme.write_text(after, encoding="utf-8")
    return after != before


def markdown(results: dict) -> str:
    """The table of one task and the sentences that say how to read it."""
    return result_table(results).markdown()


def _table(name: str, folder: Path) -> str:
    if name != OVERVIEW:
        found = load_all(folder).get(name, {})
        make = OTHER_TABLES.get(kind(found))
        return make(found).markdown() if make else markdown(load_results(folder / f"{name}.json"))
    return overview_table(found for found in load_all(folder).values() if kind(found) == EVALUATION).markdown()

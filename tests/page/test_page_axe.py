"""axe-core on the whole document of every tab, light and dark: nothing of impact serious or critical."""

from pathlib import Path

import pytest

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """() => axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(
  ({ id, impact, nodes }) => [id, impact, nodes.map(({ target }) => target.join(' '))]))"""
TABS = {
    "Inspect": ".dr[data-ready]",
    "Language model": ".lm[data-ready]",
    "Attribute": ".wb[data-tracks]",
    "Compare": ".cmp",
    "Thresholds": ".th[data-interval]",
    "Results": ".rp[data-shown]",
    "Help": "#help, .prose",
}
BLOCKING = ("serious", "critical")


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core comes with `npm ci` in frontend/")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tab", TABS)
def test_no_tab_has_serious_findings(visit, tab, theme):
    visitor = visit(theme=theme)
    visitor.open(tab)
    visitor.page.wait_for_selector(f":is({TABS[tab]}):visible")
    visitor.page.add_script_tag(path=AXE)
    found = {(name, at) for name, impact, where in visitor.page.evaluate(RUN) if impact in BLOCKING for at in where}
    assert found == set()

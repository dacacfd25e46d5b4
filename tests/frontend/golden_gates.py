"""Rows of a language model's gate at several θs, as Python measures them."""

from factories.gate_studies import make_gate_study

from dualroute.evaluation.gate_study import evaluate_study
from dualroute.export.thresholds_payload import gate_payload

THETAS = (0.0, 0.25, 0.5, 0.77, 1.0)


def gates() -> dict:
    study = make_gate_study()
    cases = []
    for theta in THETAS:
        for group, results in evaluate_study(study, theta)["groups"].items():
            figures = {name: results[name]["nll"] for name in ("direct", "merged", "soft")}
            cases.append({"group": group, "reading": study.reading_rows(theta, group)} | figures | results["chosen"])
    return {"payload": gate_payload(study, "made"), "at": cases}

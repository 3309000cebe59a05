"""PHQ-9 scoring as it is commonly written with pandas: total with the published prorating, state, band and flag of item 9.

    python3 tests/load/phq9_pandas.py answers.jsonl > scores.jsonl

The other side of the comparison in docs/performance.md; `tests/load/scoring` runs both on the same file.
"""

import sys

import numpy as np
import pandas as pd


def score(lines: pd.DataFrame) -> pd.DataFrame:
    answers = pd.DataFrame(lines["answers"].tolist(), index=lines.index, dtype="float64")
    answered = answers.notna().sum(axis=1)
    exact = answers.sum(axis=1) * 9 / answered
    exact = exact.where(answered >= 7)
    total = np.floor(exact + 0.5)
    state = np.select([answered == 9, answered >= 7], ["valid", "prorated"], "invalid")
    edges = [-1, 4, 9, 14, 19, 27]
    band = pd.cut(total, edges, labels=["minimal", "mild", "moderate", "moderately_severe", "severe"])
    return pd.DataFrame(
        {"id": lines["id"], "state": state, "total": total, "total_exact": exact, "band": band, "flag_item9": answers[8] > 0}
    )


for chunk in pd.read_json(sys.argv[1], lines=True, chunksize=200_000):
    score(chunk).to_json(sys.stdout, orient="records", lines=True)

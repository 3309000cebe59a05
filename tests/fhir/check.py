"""Two more judges, from another language: the expressions of the exported Questionnaires are evaluated by a second FHIRPath
engine (PyPI `fhirpathpy`), and the totals of the PHQ-9, PHQ-2, GAD-7 and GAD-2 are compared with those of a package that scores
them by itself (PyPI `hippocrates`). Reads what `cargo run -p exchange --example questionnaires` writes.

    python3 tests/fhir/check.py questionnaires.jsonl
"""

import json
import sys

import fhirpathpy
from fhirpathpy.engine.util import get_data
from fhirpathpy.models import models
from hippocrates.questionnaires import GAD2Assessment, GAD7Assessment, PHQ2Assessment, PHQ9Assessment

SCORERS = {"phq-9": PHQ9Assessment, "phq-2": PHQ2Assessment, "gad-7": GAD7Assessment, "gad-2": GAD2Assessment}


def functions(questionnaire):
    """What this engine leaves to its caller: `weight()` of Structured Data Capture, the points of the chosen options; and a `sum()`
    that takes answers out of their wrapping first."""
    known = {
        (coding["system"], coding["code"]): option["extension"][0]["valueDecimal"]
        for item in questionnaire["item"]
        for option in item.get("answerOption", [])
        for coding in [option["valueCoding"]]
    }

    def weight(inputs):
        return [known[(one["system"], one["code"])] for one in map(get_data, inputs)]

    def total(inputs):
        return sum(map(get_data, inputs))

    table = {"weight": {"fn": weight, "arity": {0: []}}, "sum": {"fn": total, "arity": {0: []}}}
    return {"userInvocationTable": table}


def evaluated(questionnaire, item, response):
    """What the other engine makes of a score's expression."""
    expression = next(
        one["valueExpression"]["expression"]
        for one in item["extension"]
        if one["url"].endswith("calculatedExpression")
    )
    around = {"resource": response, "questionnaire": questionnaire}
    found = fhirpathpy.evaluate(response, expression, around, models["r4"], functions(questionnaire))
    return float(found[0]) if found else None


def points(questionnaire, answer):
    """The points of a chosen option, by its code."""
    item = next(one for one in questionnaire["item"] if one["linkId"] == answer["linkId"])
    code = answer["answer"][0]["valueCoding"]["code"]
    option = next(one for one in item["answerOption"] if one["valueCoding"]["code"] == code)
    return int(option["extension"][0]["valueDecimal"])


def scored_elsewhere(scorer, questionnaire, response):
    """The total and the band that the other package gives."""
    assessment = scorer()
    values = [points(questionnaire, answer) for answer in response["item"] if "answer" in answer]
    assert len(values) == len(assessment.question_set), "the other package asks as many questions"
    for question, value in zip(assessment.question_set, values):
        question.answer = next(one for one in question.answer_options if one.value == value)
    return assessment.total_score()


def main():
    counts = {"expressions": 0, "totals": 0}
    wrong = []
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            one = json.loads(line)
            questionnaire, name = one["questionnaire"], one["questionnaire"]["id"]
            for number, case in enumerate(one["cases"]):
                for item in questionnaire["item"]:
                    if not item["linkId"].startswith("score-"):
                        continue
                    ours = case["scores"][item["linkId"].removeprefix("score-")]
                    theirs = evaluated(questionnaire, item, case["response"])
                    counts["expressions"] += 1
                    if (ours is None) != (theirs is None) or (ours is not None and abs(ours - theirs) > 1e-6):
                        wrong.append(f"{name} {item['linkId']} case {number}: {theirs} instead of {ours}")
                if name in SCORERS:
                    theirs = scored_elsewhere(SCORERS[name], questionnaire, case["response"])
                    counts["totals"] += 1
                    if theirs != case["scores"]["total"]:
                        wrong.append(f"{name} case {number}: {theirs} instead of {case['scores']['total']}")
    print(f"{counts['expressions']} evaluations, {counts['totals']} totals, {len(wrong)} wrong")
    for one in wrong[:40]:
        print(f"  {one}")
    # Seven cases of each of four questionnaires at least.
    sys.exit(1 if wrong or counts["totals"] < 28 or not counts["expressions"] else 0)


if __name__ == "__main__":
    main()

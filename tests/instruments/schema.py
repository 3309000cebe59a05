"""Every instrument file against the JSON Schema that is checked in, by a validator of others (PyPI `jsonschema`); and files with a
mistake, which the schema must refuse.

    python3 tests/instruments/schema.py
"""

import copy
import json
import pathlib
import sys
import tomllib

from jsonschema import Draft202012Validator

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "instruments"


def main():
    schema = json.loads((FOLDER / "instrument.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    wrong, seen = [], 0
    for path in sorted(FOLDER.glob("*/*.toml")):
        # The wording in one language has a file of its own, and the schema is that of a version.
        if path.name.count(".") > 1:
            continue
        seen += 1
        file = tomllib.loads(path.read_text(encoding="utf-8"))
        for error in validator.iter_errors(file):
            wrong.append(f"{path.relative_to(FOLDER)}: {error.json_path}: {error.message[:200]}")

    sound = tomllib.loads((FOLDER / "phq-9" / "1.toml").read_text(encoding="utf-8"))
    mistakes = {
        "a key that is not known": lambda file: file.update(citatoin="x"),
        "no licence": lambda file: file.pop("licence"),
        "another format": lambda file: file.update(format="two"),
        "a kind that is not known": lambda file: file["item"][0].update(kind="essay"),
        "evidence that is not known": lambda file: file["scale"][0]["missing"]["source"].update(evidence="sure"),
        "a scale without a rule for missing answers": lambda file: file["scale"][0].pop("missing"),
    }
    for name, spoil in mistakes.items():
        file = copy.deepcopy(sound)
        spoil(file)
        if validator.is_valid(file):
            wrong.append(f"not refused: {name}")
    print(f"{seen} files, {len(mistakes)} mistakes, {len(wrong)} wrong")
    for one in wrong[:40]:
        print(f"  {one}")
    sys.exit(1 if wrong or seen < 45 else 0)


if __name__ == "__main__":
    main()

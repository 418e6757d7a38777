#!/usr/bin/env python3
"""The lexicon beside medspaCy's ConText on the same labelled lines, in one run.

    python3 tests/signs/peer.py [LINES]

LINES is `tests/signs/held.jsonl` when none is given; `tests/signs/fresh.jsonl` goes the same way. ConText is given
the head words of each indicator (`indicators.toml`) as targets, in its own sentences and with its own English rules. What it marks negated or
hypothetical is not raised. What it marks historical is, since most indicators here count the past, and so is what it
marks as of the family, who are the matter here. It is scored as the lexicon is (README.md). Only totals are printed,
never a line.

medspaCy is installed on the first run, in a virtual environment under `target/`.
"""

import json
import pathlib
import subprocess
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VENV = ROOT / "target" / "signs-peer"
MEDSPACY = "medspacy==1.3.1"


def in_venv():
    """Goes on in the environment that has medspaCy, making it first where it is missing."""
    python = VENV / "bin" / "python"
    if pathlib.Path(sys.prefix).resolve() == VENV.resolve():
        return
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    if subprocess.run([python, "-c", "import medspacy"], capture_output=True).returncode != 0:
        subprocess.run([python, "-m", "pip", "install", "-q", MEDSPACY], check=True)
    sys.exit(subprocess.run([python, __file__, *sys.argv[1:]]).returncode)


def peer(heads):
    """ConText with the head words of one indicator as targets: its targets may not overlap, two indicators' may."""
    import medspacy
    from loguru import logger
    from medspacy.ner import TargetRule

    # Its sentence splitter tells of every word that it reads.
    logger.remove()

    nlp = medspacy.load(medspacy_enable=["medspacy_pyrush", "medspacy_target_matcher", "medspacy_context"])
    nlp.get_pipe("medspacy_target_matcher").add([TargetRule(word, "SIGN") for word in heads])
    return nlp


def score(lines, names, found_in):
    """signs, found, false and traps raised of each indicator."""
    counts = {label: [0, 0, 0, 0] for label in names}
    for line in lines:
        found = found_in(line["line"])
        for label, name in names.items():
            spans = [span for span in found if span[2] == label]
            count = counts[label]
            meant = [sign for sign in line["signs"] if sign["is"] == label]
            neither = [sign for sign in line["signs"] if sign["is"] in name.get("also", [])]
            overlaps = lambda span, sign: span[0] < sign["end"] and sign["start"] < span[1]
            count[0] += len(meant)
            count[1] += sum(any(overlaps(span, sign) for span in spans) for sign in meant)
            count[2] += sum(not any(overlaps(span, sign) for sign in meant + neither) for span in spans)
            count[3] += label in line["not"] and bool(spans)
    return counts


def lexicon(lines_file):
    """The lexicon's own counts, by the scorer that its tests use."""
    run = ["cargo", "run", "-q", "-p", "alongside-desk", "--example", "signs", "--", str(lines_file)]
    table = subprocess.run(run, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()[1:]
    rows = [line.split() for line in table]
    return {row[0]: [int(row[1]), int(row[2]), int(row[3]), int(row[7].split("/")[0])] for row in rows}


def share(part, whole):
    return f"{part / whole:.3f}" if whole else "-"


def main():
    in_venv()
    lines_file = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE / "held.jsonl"
    lines = [json.loads(line) for line in lines_file.read_text().splitlines() if line.strip()]
    names = tomllib.loads((HERE / "indicators.toml").read_text())["indicator"]
    peers = {label: peer(name["heads"]) for label, name in names.items()}

    def found_in(text):
        # The labels count bytes, spaCy counts characters.
        byte = lambda at: len(text[:at].encode())
        for label, nlp in peers.items():
            for entity in nlp(text).ents:
                if not (entity._.is_negated or entity._.is_hypothetical):
                    yield byte(entity.start_char), byte(entity.end_char), label

    theirs = score(lines, names, lambda text: list(found_in(text)))
    ours = lexicon(lines_file)
    theirs["all"] = [sum(count[place] for count in theirs.values()) for place in range(4)]
    print(f"{'':<20}{'signs':>6}   {'the lexicon':^32}   {'medspaCy ConText':^32}")
    print(f"{'indicator':<20}{'':>6}   " + f"{'found':>6}{'false':>6}{'precision':>11}{'recall':>9}   " * 2)
    for label in sorted(names) + ["all"]:
        row = f"{label:<20}{ours[label][0]:>6}   "
        for signs, found, false, _ in (ours[label], theirs[label]):
            row += f"{found:>6}{false:>6}{share(found, found + false):>11}{share(found, signs):>9}   "
        print(row)
    print(f"traps raised: {ours['all'][3]} by the lexicon, {theirs['all'][3]} by ConText")


if __name__ == "__main__":
    main()

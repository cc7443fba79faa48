"""Every sample says what is expected of it, and where it is from. They are Quayside's, as a merchant keeps them."""

from __future__ import annotations

import tomllib

import pytest
from quayside import PARTNERS, codebook

from hub.sdk.mapped.samples import Sample, as_json, find_samples, parsed_sample, written_sample

FOLDER = PARTNERS / "quayside"
SAMPLES = find_samples([FOLDER])


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample.name))
def test_sample_says_what_is_expected(sample: Sample) -> None:
    mapping = codebook().mappings[sample.stream]
    if mapping.file.reads:
        found = as_json(parsed_sample(sample, mapping, codebook())[1])
    else:
        found = written_sample(sample, mapping, codebook())
    assert sample.expected.read_text().splitlines() == found.decode().splitlines()


def test_every_mapping_has_a_sample() -> None:
    assert set(codebook().mappings) == {sample.stream for sample in SAMPLES}


def test_every_sample_says_where_it_is_from() -> None:
    sources = tomllib.loads((FOLDER / "samples" / "SOURCES.toml").read_text())
    assert {each.name for each in SAMPLES} == set(sources)
    assert {"written-by-us"} == {each["provenance"] for each in sources.values()}

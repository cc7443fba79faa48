"""The tests of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_answering_channels import *  # noqa: F403

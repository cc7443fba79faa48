"""Tests of the hub; what several share is in ``tests.builders`` and ``tests.fakes``."""

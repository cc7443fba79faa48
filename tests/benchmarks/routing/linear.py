"""HiGHS as the linear program that shadow prices are made with."""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np


class HighsProgram:
    """On one thread and from a fixed seed: the same program always gets the same duals."""

    def __init__(self) -> None:
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 0), ("parallel", "off")):
            self._highs.setOptionValue(option, value)
        self._rows = 0

    def add_row(self, least: float, most: float) -> int:
        """Its number, from 0 on."""
        self._highs.addRow(least, most, 0, np.array([], np.int32), np.array([], np.float64))
        self._rows += 1
        return self._rows - 1

    def add_column(self, cost: float, entries: Sequence[tuple[int, int]]) -> None:
        """From 0 upwards."""
        rows = np.array([row for row, _ in entries], np.int32)
        values = np.array([value for _, value in entries], np.float64)
        self._highs.addCol(cost, 0.0, highspy.kHighsInf, len(entries), rows, values)

    def duals(self) -> Sequence[float]:
        """Solve what there is, from the last basis on."""
        self._highs.run()
        assert self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal, self._highs.getModelStatus()
        return list(self._highs.getSolution().row_dual)

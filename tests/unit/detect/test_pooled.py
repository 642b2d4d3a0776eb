"""Several processes find what one finds, in runs of about equal length."""

from deid.detect import build_detector
from deid.detect.pooled import RUN, PooledDetector, _runs
from deid.model import Known


def test_runs_hold_every_job_once_in_order_and_are_about_equally_long() -> None:
    jobs = [("x" * (17 * number % 900), (Known("mrn", str(number)),)) for number in range(200)]
    runs = list(_runs(jobs))
    assert [job for run in runs for job in run] == jobs
    assert all(RUN <= sum(len(text) for text, _ in run) < RUN + 900 for run in runs[:-1])
    assert list(_runs([])) == []
    assert [len(run) for run in _runs([("y" * 3 * RUN, ())] * 3)] == [1, 1, 1]


def test_several_processes_find_what_one_finds() -> None:
    detector = build_detector({"ner": False})
    texts = [f"Dr. Okonkwo saw her on {day}/03/2021." for day in range(1, 20)] * 30
    pooled = PooledDetector.open(detector, 2)
    try:
        assert pooled.find_all(texts, [()] * len(texts)) == detector.find_all(texts, [()] * len(texts))
    finally:
        pooled.close()
